/**
 * Says what a file is, by its first bytes. For anything but a capture that wscap reads: a sentence about what it
 * looks like and what to do. File names and extensions don't matter.
 */
import { hex, latin1 } from '#platform/text';
import { pcapMagic } from './pcap-file-header.ts';

/** With this many bytes (or the whole file, if shorter) the answer is final. */
export const RECOGNISE_LENGTH = 512;

export type Recognised =
  | { readonly kind: 'pcap' | 'pcapng' | 'gzip' | 'text' }
  | { readonly kind: 'other'; readonly message: string };

interface Signature {
  /** Latin-1, so that one character is one byte. */
  readonly magic: string;
  readonly at?: number;
  /** A clause after "<path>: ", with FILE for the path in a command. */
  readonly message: string;
}

const CONVERT = 'convert it with `editcap -F pcapng FILE out.pcapng`';
const PRINT_AGAIN =
  'give the capture that it was made from, or print that with its bytes and times: `tshark -P -x -r dump.pcap`';
const UNPACK_7Z = 'unpack it first and give the capture that is in it';

const SIGNATURES: readonly Signature[] = [
  { magic: '\x28\xb5\x2f\xfd', message: 'is zstd-compressed: run `zstd -dc FILE | wscap analyze -`' },
  { magic: '\xfd7zXZ\0', message: 'is xz-compressed: run `xz -dc FILE | wscap analyze -`' },
  { magic: 'BZh', message: 'is bzip2-compressed: run `bzip2 -dc FILE | wscap analyze -`' },
  { magic: '\x04\x22\x4d\x18', message: 'is lz4-compressed: run `lz4 -dc FILE | wscap analyze -`' },
  { magic: '\x1f\x9d', message: 'is compressed with compress: run `gzip -dc FILE | wscap analyze -`' },
  { magic: 'PK\x03\x04', message: 'is a zip archive: run `unzip -p FILE | wscap analyze -`' },
  { magic: '7z\xbc\xaf\x27\x1c', message: `is a 7z archive: ${UNPACK_7Z}` },
  { magic: 'Rar!\x1a\x07', message: `is a rar archive: ${UNPACK_7Z}` },
  { magic: 'ustar', at: 257, message: 'is a tar archive: run `tar -xOf FILE | wscap analyze -`' },
  { magic: 'snoop\0\0\0', message: `is a snoop capture: ${CONVERT}` },
  { magic: 'GMBU', message: `is a Microsoft Network Monitor capture: ${CONVERT}` },
  { magic: 'RTSS', message: `is a Microsoft Network Monitor capture: ${CONVERT}` },
  { magic: 'TRSNIFF data', message: `is a Sniffer capture: ${CONVERT}` },
  { magic: 'XCP\0', message: `is a NetXray capture: ${CONVERT}` },
  { magic: 'iptrace ', message: `is an AIX iptrace capture: ${CONVERT}` },
  { magic: '\x7fver', message: `is an OmniPeek capture: ${CONVERT}` },
  { magic: 'btsnoop\0', message: 'is a Bluetooth capture, which holds no TCP' },
  { magic: '\x7fELF', message: 'is an ELF program, not a capture' },
  { magic: '\x89PNG', message: 'is a PNG picture, not a capture: a screenshot holds no packets' },
  { magic: '\xff\xd8\xff', message: 'is a JPEG picture, not a capture: a screenshot holds no packets' },
  { magic: '%PDF-', message: 'is a PDF document, not a capture' },
  { magic: 'SQLite format 3\0', message: 'is an SQLite database, not a capture' },
  { magic: 'MZ', message: 'is a Windows program, not a capture' },
  {
    magic: 'version https://git-lfs',
    message: 'is a Git LFS pointer, not the capture itself: run `git lfs pull`',
  },
];

/** The magic numbers of other patched versions of libpcap; Wireshark reads such files. */
const OTHER_PCAP_MAGICS: readonly string[] = ['a1e2cb12', '12cbe2a1', 'a1b234cd', 'cd34b2a1', '0a0d0d0d'];

const PCAPNG_MAGIC = '\x0a\x0d\x0d\x0a';
const GZIP_MAGIC = '\x1f\x8b';

/**
 * @param prefix the file's first RECOGNISE_LENGTH bytes, or the whole file, or fewer if more may come
 * @param path named in the commands that the messages suggest
 * @param isComplete whether no more bytes will come
 * @returns undefined if more bytes are needed
 */
export function recognise(prefix: Uint8Array, path: string, isComplete: boolean): Recognised | undefined {
  const bytes = prefix.length > RECOGNISE_LENGTH ? prefix.subarray(0, RECOGNISE_LENGTH) : prefix;
  const head = latin1(bytes);
  // Two bytes are enough for gzip, four for pcap and pcapng. Don't wait for more: a live pipe may deliver them much
  // later.
  if (head.startsWith(GZIP_MAGIC)) return { kind: 'gzip' };
  if (pcapMagic(bytes) !== undefined) return { kind: 'pcap' };
  if (head.startsWith(PCAPNG_MAGIC)) return { kind: 'pcapng' };
  if (!isComplete && bytes.length < RECOGNISE_LENGTH) return undefined;
  const message = otherFormat(bytes, head);
  if (message !== undefined) {
    // On standard input, FILE is left out and the user pipes into the command: `zstd -dc | wscap analyze -`.
    const inCommand = path === '-' ? '' : ` ${shellWord(path)}`;
    return { kind: 'other', message: message.replaceAll(' FILE', () => inCommand) };
  }
  return { kind: 'text' };
}

function otherFormat(bytes: Uint8Array, head: string): string | undefined {
  for (const { magic, at = 0, message } of SIGNATURES) {
    if (head.startsWith(magic, at)) return message;
  }
  const magic = hex(bytes.subarray(0, 4));
  if (OTHER_PCAP_MAGICS.includes(magic)) return `is a variant of pcap that is not read here: ${CONVERT}`;
  if (!looksLikeText(bytes)) {
    if (bytes.every((byte) => byte === 0)) {
      return 'is not a capture: it begins with nothing but zero bytes, as after a crash or a failed download';
    }
    const shown = hex(bytes.subarray(0, 8)).replace(/..(?=.)/g, '$& ');
    return `is not a capture of a known format: it begins with ${shown}. Wireshark may know the format: ${CONVERT}`;
  }
  return otherText(
    head
      .replace(/^\xef\xbb\xbf/, '')
      .trimStart()
      .toLowerCase(),
  );
}

function otherText(text: string): string | undefined {
  if (text.startsWith('<!doctype html') || text.startsWith('<html')) {
    return 'is an HTML page, not a capture: a login or error page that was saved in its place?';
  }
  // tshark's and Wireshark's own XML, a list of packets, is read as text.
  if (text.startsWith('<psml') || (text.startsWith('<?xml') && text.includes('<psml'))) return undefined;
  if (text.startsWith('<pdml') || (text.startsWith('<?xml') && text.includes('<pdml'))) {
    return `is PDML, which wscap does not read: ${PRINT_AGAIN}`;
  }
  if (text.startsWith('<?xml')) {
    return 'is XML, not a capture: give the pcap file that it was made from';
  }
  // `tshark -T json` and `-T ek`.
  if (/^\[?\s*\{\s*"(?:_index|index|timestamp)"/.test(text) && /"_index"|"layers"/.test(text)) {
    return `is JSON of tshark, which wscap does not read: ${PRINT_AGAIN}`;
  }
  if (text.startsWith('{') || /^\[\s*[[{"]/.test(text)) {
    return 'is JSON, not a capture: a HAR file or a report holds no packets; record with `tcpdump -w dump.pcap`';
  }
  return undefined;
}

/**
 * Text is UTF-16 with its byte order mark; or bytes that are mostly ASCII, with no control characters but white space
 * and those of coloured output. tcpdump's output is mostly ASCII, whatever the language of the text around it.
 */
function looksLikeText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  let ascii = 0;
  for (const byte of bytes) {
    const isControl = byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b;
    if (isControl) return false;
    if (byte < 0x80) ascii++;
  }
  return ascii * 2 > bytes.length;
}

function shellWord(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
