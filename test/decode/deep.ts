/** Decodes as the program does, tunnels and pieces included: what came of a packet, in words and plain values. */
import { tunnelOf } from '../../src/decode/capture-route.ts';
import { decodePacket, NOT_TCP, DECODED } from '../../src/decode/decode-packet.ts';
import { DeepDecoder } from '../../src/decode/deep-decoder.ts';
import { Segment } from '../../src/decode/segment.ts';
import { guarded, LEAD, RESULTS, type Decoded } from './collect.ts';

export interface DeepDecoded extends Decoded {
  /** "vxlan 42 203.0.113.1 203.0.113.2", outermost first. */
  readonly tunnels: readonly string[];
}

export class DeepDecoding {
  readonly decoder: DeepDecoder = new DeepDecoder();
  #packet = 0;

  /** @param time in seconds */
  decode(packet: Uint8Array, linkType = 1, originalLength: number = packet.length, time = 0): DeepDecoded {
    const buffer = new Uint8Array(LEAD + packet.length + 64).fill(0xff);
    buffer.set(packet, LEAD);
    const end = LEAD + packet.length;
    const data = guarded(buffer, LEAD, end);
    const segment = new Segment();
    segment.packet = ++this.#packet;
    segment.seconds = Math.floor(time);
    segment.nanoseconds = Math.round((time - Math.floor(time)) * 1e9);
    const found = decodePacket(data, LEAD, end, originalLength, linkType, segment);
    const result =
      found === DECODED || found === NOT_TCP
        ? found
        : this.decoder.decode(found, data, LEAD, end, originalLength, linkType, segment);
    const whole = segment.data === data ? buffer : segment.data;
    const payload = Buffer.from(whole.subarray(segment.payloadStart, segment.payloadEnd)).toString('latin1');
    const tunnels = this.decoder.tunnels
      .layers(tunnelOf(segment.route))
      .map(({ type, id, source, destination }) =>
        [type, id, source, destination].filter((part) => part !== null).join(' '),
      );
    return { result: RESULTS[result] ?? `result ${result}`, segment, payload, tunnels };
  }
}

export function decodeDeep(packet: Uint8Array, linkType = 1, originalLength?: number): DeepDecoded {
  return new DeepDecoding().decode(packet, linkType, originalLength ?? packet.length);
}
