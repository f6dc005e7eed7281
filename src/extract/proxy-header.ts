/**
 * Rewrites a PROXY protocol header (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt) in as many bytes.
 * In the text form there is no room for an address of another length, so the new address has as many digits.
 */
import type { AddressMap } from '../redact/address-map.ts';
import type { PortMap } from './port-map.ts';
import type { Pseudonyms } from './pseudonyms.ts';

export interface Endpoints {
  readonly addresses: AddressMap;
  readonly ports: PortMap;
  readonly pseudonyms: Pseudonyms;
}

const V2_HEADER = 16;
const V2_FAMILY = 13;
const TCP4 = 0x11;
const TCP6 = 0x21;
const TLV_HEADER = 3;

export function rewriteProxyHeader(header: Uint8Array, endpoints: Endpoints): Uint8Array {
  return header[0] === 0x0d ? rewriteBinary(header, endpoints) : rewriteText(header, endpoints);
}

function rewriteText(header: Uint8Array, { pseudonyms, ports }: Endpoints): Uint8Array {
  const line = Buffer.from(header).toString('latin1');
  const match = /^(PROXY TCP[46] )(\S+)( )(\S+)( )(\d{1,5})( )(\d{1,5})(\r?\n)$/.exec(line);
  if (match === null) {
    const [start = ''] = /^PROXY (?:UNKNOWN)?/.exec(line) ?? [];
    return Buffer.from(start + line.slice(start.length).replaceAll(/[^\r\n ]/g, 'x'), 'latin1');
  }
  const [, start = '', source = '', , destination = '', , sourcePort = '', , destinationPort = '', end = ''] =
    match;
  const newPort = String(ports.map(Number(sourcePort)));
  // A port of another length would change the length of the line.
  const fitting =
    newPort.length === sourcePort.length
      ? newPort
      : '9'.repeat(sourcePort.length).slice(-4).padStart(sourcePort.length, '1');
  const text = `${start}${digitsFor(source, pseudonyms)} ${digitsFor(destination, pseudonyms)} ${fitting} ${destinationPort}${end}`;
  return Buffer.from(text, 'latin1');
}

/** Groups of as many digits; no group is too large or begins with 0. */
function digitsFor(address: string, pseudonyms: Pseudonyms): string {
  const noise = pseudonyms.word(address);
  let at = 0;
  const next = (choices: string) => choices[noise.charCodeAt(at++ % noise.length) % choices.length]!;
  if (address.includes(':')) {
    return address.replaceAll(/[0-9a-fA-F]+/g, (group) =>
      Array.from(group, (_, index) => next(index === 0 ? '123456789abcdef' : '0123456789abcdef')).join(''),
    );
  }
  return address.replaceAll(/\d+/g, (group) => {
    if (group.length > 3) return '1'.repeat(group.length);
    return Array.from(group, (_, index) =>
      next(index > 0 ? '0123456789' : group.length === 3 ? '1' : '123456789'),
    ).join('');
  });
}

function rewriteBinary(header: Uint8Array, { addresses, ports }: Endpoints): Uint8Array {
  const result = header.slice();
  const view = new DataView(result.buffer, result.byteOffset);
  const width = header[V2_FAMILY] === TCP4 ? 4 : header[V2_FAMILY] === TCP6 ? 16 : 0;
  const end = V2_HEADER + 2 * width + (width === 0 ? 0 : 4);
  if (width === 0 || end > result.length) {
    result.fill(0, V2_HEADER);
    return result;
  }
  for (const at of [V2_HEADER, V2_HEADER + width]) {
    result.set(addresses.mapBytes(header.slice(at, at + width)), at);
  }
  for (const at of [end - 4, end - 2]) view.setUint16(at, ports.map(view.getUint16(at)));
  // Further fields hold names and certificates: type and length stay.
  for (let at = end; at + TLV_HEADER <= result.length;) {
    const next = at + TLV_HEADER + view.getUint16(at + 1);
    result.fill(0, at + TLV_HEADER, next);
    at = next;
  }
  return result;
}
