/**
 * What every capture reader calls: one method per packet, with numbers only.
 *
 * HOT: called once per packet, several million times a second. No object, view or string is made for a packet.
 */
import type { CaptureNote } from './capture-note.ts';

export interface PacketHandler {
  /**
   * One captured record, in file order.
   *
   * @param data a buffer that holds the record; valid only until this method returns, or, between keepBytes and
   *   freeBytes, until freeBytes
   * @param start index of the record's first byte (link-layer header) in `data`
   * @param end index after the record's last captured byte
   * @param originalLength bytes that the packet had on the wire, at least `end - start`
   * @param seconds whole seconds since 1970-01-01T00:00:00Z (may be negative)
   * @param nanoseconds 0 to 999,999,999
   * @param linkType LINKTYPE_ value (https://www.tcpdump.org/linktypes.html) of the record's interface
   * @param interfaceId the interface that captured it, if the file says so; default 0
   */
  packet(
    data: Uint8Array,
    start: number,
    end: number,
    originalLength: number,
    seconds: number,
    nanoseconds: number,
    linkType: number,
    interfaceId?: number,
  ): void;

  /** Until {@link freeBytes}, records whose `data` is this buffer stay valid: the handler may process them later. */
  keepBytes?(bytes: Uint8Array): void;
  freeBytes?(): void;

  /** Something limits what the capture can show. It was met after the packets delivered so far. */
  note(note: CaptureNote): void;
}
