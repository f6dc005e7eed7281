/** `wscap follow --format json|ndjson`: the conversation for programs. Texts as strings, everything else in base64. */
import { base64 } from '#platform/text';
import type { ConversationEnd, ConversationEntry, ConversationStart } from './conversation.ts';
import { escapeJson } from './escape.ts';
import { VERSION } from '../basics/version.ts';

/** One object per line. */
export function entryLine(entry: ConversationEntry): string {
  return `${escapeJson(JSON.stringify(entryObject(entry)))}\n`;
}

/**
 * The beginning of the single object of `--format json`; entries follow, each preceded by what {@link entryItem} puts
 * there.
 */
export function conversationHead(start: ConversationStart): string {
  const format = { schema: 'wscap/follow@1', tool: { name: 'wscap', version: VERSION } };
  const fields = JSON.stringify({ ...format, ...start }, null, 2);
  return `${escapeJson(fields.slice(0, -2))},\n  "messages": [`;
}

export function entryItem(entry: ConversationEntry, isFirst: boolean): string {
  const text = escapeJson(JSON.stringify(entryObject(entry), null, 2)).replaceAll('\n', '\n    ');
  return `${isFirst ? '' : ','}\n    ${text}`;
}

/** `end` is null where the rest of the capture was not read. */
export function conversationTail(end: ConversationEnd | null): string {
  const text = escapeJson(JSON.stringify(end, null, 2)).replaceAll('\n', '\n  ');
  return `\n  ],\n  "end": ${text}\n}\n`;
}

/** Fields in the order of docs/follow.schema.json. */
function entryObject(entry: ConversationEntry): object {
  const { number, at, offsetMs, packet, firstPacket, from, type, payload, code, reason, problem } = entry;
  return {
    number,
    at,
    offsetMs,
    packet,
    firstPacket,
    from,
    type,
    frames: entry.frames,
    compressed: entry.compressed,
    wireBytes: entry.wireBytes,
    bytes: entry.bytes,
    ...(problem === null ? {} : { problem }),
    ...(type === 'close' ? { code, reason } : {}),
    ...(payload === null || type === 'close' ? {} : payloadFields(entry, payload)),
  };
}

function payloadFields({ type, bytes, problem }: ConversationEntry, payload: Uint8Array): object {
  const isCut = bytes !== null && payload.length < bytes;
  return {
    ...(type === 'text' && problem === null ? { text: textOf(payload, isCut) } : { base64: base64(payload) }),
    ...(isCut ? { cut: true } : {}),
  };
}

/** If a text was cut inside a character, that character is left out. */
function textOf(bytes: Uint8Array, isCut: boolean): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder.decode(bytes, { stream: isCut });
}
