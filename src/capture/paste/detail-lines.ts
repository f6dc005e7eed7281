/**
 * The details that `tshark -V` and Wireshark's export print of each packet. Only its number, its length and its time are read; the
 * rest is text about the bytes, which come below (`-x`) or not at all.
 */
import { NO_TIME, type PacketLine, type PrintedTime } from './printed-packet.ts';
import { parsePrintedTime } from './printed-time.ts';

const FRAME = /^Frame (\d{1,10}): (?:Packet, )?(\d{1,7}) bytes on wire/;
const TIME = /^(?:Epoch (?:Arrival )?Time|(?:UTC )?Arrival Time): (.{1,60})$/;
/** The names of layers and of fields: "    Time to Live: 64", "Internet Protocol Version 4, Src: …", "    [Checksum Status: …]". */
const FIELD =
  /^(?:\[.{1,200}\]|[.01]{4}[ .01]{0,40} = .{1,200}|[A-Z][\w .()/'-]{1,80}[:,=] ?.{0,400}|(?:Section number|Interface).{1,200})$/;

export class DetailLines {
  /** The lines are those of a packet's details. */
  isInside = false;
  number: number | null = null;
  #frameLength: number | undefined;

  /** @returns what the line says; null where it is not one of details */
  line(line: string): 'frame' | 'text' | PrintedTime | null {
    const frame = FRAME.exec(line);
    if (frame !== null) {
      this.isInside = true;
      this.number = Number(frame[1]);
      this.#frameLength = Number(frame[2]);
      return 'frame';
    }
    if (!this.isInside) return null;
    const printed = TIME.exec(line)?.[1];
    if (printed !== undefined) {
      const { time, length } = parsePrintedTime(printed);
      return length === 0 ? 'text' : time;
    }
    return FIELD.test(line) ? 'text' : null;
  }

  /** The line of the packet whose details began last. It is certain, for the number is printed; its segment is not. */
  packetLine(): PacketLine {
    return {
      ...NO_TIME,
      ipVersion: 0,
      frameLength: this.#frameLength,
      isCertain: true,
      segment: null,
      number: this.number,
    };
  }
}
