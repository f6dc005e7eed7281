/** Writes a conversation in the format that was asked for. */
import type { ConversationEnd, ConversationEntry, ConversationStart } from '../../report/conversation.ts';
import { conversationHead, conversationTail, entryItem, entryLine } from '../../report/conversation-json.ts';
import { endText, entryText, startText } from '../../report/conversation-text.ts';
import { createTheme } from '../../report/theme.ts';
import { wantsAscii, wantsColor } from '../color-support.ts';
import type { FollowRequest } from './request.ts';

export interface Printer {
  start(start: ConversationStart): void;
  entry(entry: ConversationEntry): void;
  /** null: the rest of the capture was not read. */
  end(end: ConversationEnd | null): void;
}

type Write = (text: string) => void;

export function createPrinter(request: FollowRequest, write: Write): Printer {
  switch (request.format) {
    case 'text':
      return textPrinter(request, write);
    case 'json':
      return jsonPrinter(write);
    case 'ndjson':
      return {
        start: () => undefined,
        entry(entry) {
          write(entryLine(entry));
        },
        end: () => undefined,
      };
  }
}

function textPrinter({ color, ascii, time, hex, pretty }: FollowRequest, write: Write): Printer {
  const { isTTY, columns } = process.stdout;
  const theme = createTheme({
    color: wantsColor(color, isTTY, process.env),
    ascii: wantsAscii(ascii, process.env),
  });
  const options = { theme, columns: isTTY ? columns : undefined, absolute: time === 'absolute', hex, pretty };
  return {
    start(start) {
      write(startText(start, options));
    },
    entry(entry) {
      write(entryText(entry, options));
    },
    end(end) {
      write(end === null ? `${theme.faint(theme.own('… (--limit)'))}\n` : endText(end, options));
    },
  };
}

function jsonPrinter(write: Write): Printer {
  let isFirst = true;
  return {
    start(start) {
      write(conversationHead(start));
    },
    entry(entry) {
      write(entryItem(entry, isFirst));
      isFirst = false;
    },
    end(end) {
      write(conversationTail(end));
    },
  };
}
