/** Writes a conversation in the format that was asked for. */
import type { ConversationEnd, ConversationEntry, ConversationStart } from '../../report/conversation.ts';
import { conversationHead, conversationTail, entryItem, entryLine } from '../../report/conversation-json.ts';
import {
  endText,
  entryText,
  interruptedText,
  startText,
  stoppedText,
  type ConversationTextOptions,
} from '../../report/terminal/conversation-text.ts';
import { createTheme } from '../../report/terminal/theme.ts';
import { wantsAscii, wantsColor } from '../color-support.ts';
import type { Io } from '../io.ts';
import type { FollowRequest } from './follow-request.ts';

/** How much people see of a message, unless they ask for more; JSON that is indented is shown up to a larger size. */
const TEXT_BYTES = 2048;
const HEXDUMP_BYTES = 256;
const PRETTY_BYTES = 64 * 1024;
/** How much programs see. */
const JSON_BYTES = 1024 * 1024;

export interface Printer {
  start(start: ConversationStart): void;
  entry(entry: ConversationEntry): void;
  /**
   * @param end null: the rest of the capture was not read
   * @param shown entries printed
   */
  end(end: ConversationEnd | null, shown: number): void;
  /** Called instead of `end` where Ctrl-C ended the reading. */
  interrupted(shown: number): void;
}

type Write = (text: string) => void;

/** How many bytes of each message are kept. */
export function bytesToKeep({ format, maxBytes, pretty }: FollowRequest): number {
  if (maxBytes !== undefined) return maxBytes;
  if (format !== 'text') return JSON_BYTES;
  return pretty ? PRETTY_BYTES : TEXT_BYTES;
}

export function createPrinter(request: FollowRequest, write: Write, io: Pick<Io, 'stdout' | 'env'>): Printer {
  switch (request.format) {
    case 'text':
      return textPrinter(textOptions(request, io), write);
    case 'json':
      return jsonPrinter(write);
    case 'ndjson':
      return {
        start: () => undefined,
        entry(entry) {
          write(entryLine(entry));
        },
        end: () => undefined,
        interrupted: () => undefined,
      };
  }
}

function textOptions(
  { color, ascii, time, hex, pretty, maxBytes }: FollowRequest,
  { stdout: { isTTY, columns }, env }: Pick<Io, 'stdout' | 'env'>,
): ConversationTextOptions {
  return {
    theme: createTheme({
      color: wantsColor(color, isTTY, env),
      ascii: wantsAscii(ascii, env),
    }),
    columns: isTTY ? columns : undefined,
    absolute: time === 'absolute',
    hex,
    pretty,
    hexdumpBytes: maxBytes ?? HEXDUMP_BYTES,
    textBytes: maxBytes ?? TEXT_BYTES,
  };
}

function textPrinter(options: ConversationTextOptions, write: Write): Printer {
  let inferred = false;
  return {
    start(start) {
      ({ inferred } = start);
      write(startText(start, options));
    },
    entry(entry) {
      write(entryText(entry, options));
    },
    end(end, shown) {
      write(end === null ? stoppedText(shown, options) : endText(end, options, { inferred, shown }));
    },
    interrupted(shown) {
      write(interruptedText(shown, options));
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
    interrupted() {
      write(conversationTail(null));
    },
  };
}
