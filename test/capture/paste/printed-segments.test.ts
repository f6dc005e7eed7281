import { describe, expect, it } from 'vitest';
import { PrintedTextReader } from '../../../src/capture/paste/printed-text-reader.ts';
import { read } from '../collect.ts';

function text(printed: string) {
  return read(PrintedTextReader, Buffer.from(printed));
}

/** Ports, numbers and flags of a packet that was made of a line; what is known of its payload, and how long that is. */
function made({ data, originalLength }: { data: string; originalLength: number }) {
  const bytes = Buffer.from(data, 'hex');
  const at = bytes[0]! >> 4 === 6 ? 40 : 20;
  return {
    ports: [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)],
    sequence: bytes.readUInt32BE(at + 4),
    acknowledgement: bytes.readUInt32BE(at + 8),
    flags: bytes[at + 13],
    payload: bytes.subarray(at + 20).toString('latin1'),
    payloadLength: originalLength - at - 20,
  };
}

const HEADERS = `\
22:13:20.000000 IP 10.0.0.2.50000 > 10.0.0.1.8080: Flags [S], seq 1000, win 502, length 0
22:13:20.000200 IP 10.0.0.1.8080 > 10.0.0.2.50000: Flags [S.], seq 9000, ack 1001, win 502, length 0
22:13:20.000600 IP 10.0.0.2.50000 > 10.0.0.1.8080: Flags [P.], seq 1:159, ack 1, win 502, length 158: HTTP: GET /ws HTTP/1.1
22:13:20.001000 IP 10.0.0.1.8080 > 10.0.0.2.50000: Flags [P.], seq 1:130, ack 159, win 502, length 129: HTTP: HTTP/1.1 101 Switching Protocols
22:13:21.202200 IP 10.0.0.1.8080 > 10.0.0.2.50000: Flags [F.], seq 130, ack 159, win 502, length 0
`;

const LIST = `\
    1   0.000000     10.0.0.2 → 10.0.0.1     TCP 40 50000 → 8080 [SYN] Seq=0 Win=502 Len=0
    2   0.000200     10.0.0.1 → 10.0.0.2     TCP 40 8080 → 50000 [SYN, ACK] Seq=0 Ack=1 Win=502 Len=0
    3   0.000400     10.0.0.2 → 10.0.0.1     TCP 40 50000 → 8080 [ACK] Seq=1 Ack=1 Win=502 Len=0
    4   0.000600     10.0.0.2 → 10.0.0.1     HTTP 198 GET /ws HTTP/1.1 
    5   0.001000     10.0.0.1 → 10.0.0.2     HTTP 169 HTTP/1.1 101 Switching Protocols 
    6   0.301400     10.0.0.2 → 10.0.0.1     WebSocket 51 WebSocket Text [FIN] [MASKED]
    7   1.202200     10.0.0.1 → 10.0.0.2     TCP 40 8080 → 50000 [FIN, ACK] Seq=130 Ack=170 Win=502 Len=0
`;

describe('packets of lines without bytes', () => {
  it('have the numbers, the flags and the first line that are printed', () => {
    const { packets, noteCodes, facts } = text(HEADERS);
    expect(packets.map(made)).toEqual([
      { ports: [50_000, 8080], sequence: 1000, acknowledgement: 0, flags: 2, payload: '', payloadLength: 0 },
      {
        ports: [8080, 50_000],
        sequence: 9000,
        acknowledgement: 1001,
        flags: 18,
        payload: '',
        payloadLength: 0,
      },
      {
        ports: [50_000, 8080],
        sequence: 1001,
        acknowledgement: 9001,
        flags: 24,
        payload: 'GET /ws HTTP/1.1\r\n',
        payloadLength: 158,
      },
      {
        ports: [8080, 50_000],
        sequence: 9001,
        acknowledgement: 1159,
        flags: 24,
        payload: 'HTTP/1.1 101 Switching Protocols\r\n',
        payloadLength: 129,
      },
      {
        ports: [8080, 50_000],
        sequence: 9130,
        acknowledgement: 1159,
        flags: 17,
        payload: '',
        payloadLength: 0,
      },
    ]);
    expect(facts.format).toBe('tcpdump-text');
    expect(noteCodes).toEqual(['no-date', 'no-packet-bytes']);
  });

  it('stand between packets whose bytes are printed, with the same numbers', () => {
    const dump =
      '\t0x0000:  4500 0028 0000 4000 4006 0000 0a00 0001  E\n\t0x0010:  0a00 0002 1f90 c350 0000 2328 0000 03e9  .\n\t0x0020:  5012 01f6 0000 0000  P\n';
    const lines = HEADERS.split('\n');
    const { packets } = text([lines[0], lines[1], dump + lines.slice(2).join('\n')].join('\n'));
    expect(packets.map(made)[3]).toMatchObject({ sequence: 9001, acknowledgement: 1159 });
  });

  it('have ports and lengths of lists from the lines around them', () => {
    const { packets, noteCodes, facts } = text(LIST);
    const all = packets.map(made);
    const [syn, synAck] = all;
    expect(all.map(({ ports }) => ports[0])).toEqual([50_000, 8080, 50_000, 50_000, 8080, 50_000, 8080]);
    expect(all.map(({ payloadLength }) => payloadLength)).toEqual([0, 0, 0, 158, 129, 11, 0]);
    expect(all[3]!.sequence).toBe(syn!.sequence + 1);
    expect(all[6]!.sequence).toBe(synAck!.sequence + 130);
    expect(all[4]!.payload).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n\0{91}\r\n\r\n$/);
    expect(all[5]!.payload).toBe('\x81\x85\0\0\0\0');
    expect(facts.format).toBe('packet-list');
    expect(noteCodes).toEqual(['relative-time', 'no-packet-bytes']);
  });

  it('are not made of a line without ports that fits two connections', () => {
    const other = LIST.replaceAll('50000', '50001');
    const both = LIST.split('\n').slice(0, 3).join('\n') + '\n' + other;
    const { packets, notes } = text(both);
    expect(packets).toHaveLength(10);
    expect(notes.find(({ code }) => code === 'no-ports')?.message).toMatch(/^3 of 10 lines show no ports/);
  });

  it('are told apart by role where both ends are one host', () => {
    const { packets } = text(LIST.replaceAll('10.0.0.2', '127.0.0.1').replaceAll('10.0.0.1', '127.0.0.1'));
    expect(packets.map((packet) => made(packet).ports[0])).toEqual([
      50_000, 8080, 50_000, 50_000, 8080, 50_000, 8080,
    ]);
  });

  it('begin anew where the ports are used again', () => {
    const twice = LIST + LIST.replaceAll(/^ +\d+/gm, (number) => String(Number(number) + 7));
    const all = text(twice).packets.map(made);
    expect(all[7]!.sequence).not.toBe(all[0]!.sequence);
  });

  it('keep names of hosts apart, and it is said what stands for them', () => {
    const { packets, notes } = text(HEADERS.replaceAll('10.0.0.1.8080', 'chat.example.http-alt'));
    expect(made(packets[0]!).ports).toEqual([50_000, 8080]);
    expect(notes.map(({ code }) => code)).toContain('names-for-addresses');
    expect(notes.find(({ code }) => code === 'names-for-addresses')!.message).toContain(
      'chat.example is 192.0.2.1',
    );
  });

  it('are not made of another numbering without saying so', () => {
    const filtered = LIST.split('\n').slice(1).join('\n');
    expect(text(filtered).noteCodes).toContain('renumbered');
  });

  it('quotes the first line that is on no packet', () => {
    const { notes } = text(`Hello, this is what I see:\n\`\`\`\n${HEADERS}\`\`\`\n`);
    expect(notes.find(({ code }) => code === 'text-not-read')?.message).toBe(
      '1 line of the text on no packet, the first: "Hello, this is what I see:"',
    );
  });
});
