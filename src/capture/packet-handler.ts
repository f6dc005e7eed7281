/**
 * What every capture reader calls: one method per packet, with numbers only.
 *
 * HOT: called once per packet, several million times a second. No object, view or string is made for a packet.
 */
import type { CaptureNote } from './capture-note.ts';

/**
 * Bytes of secrets that are taken from one block; a block with more is passed over.
 * @bound secrets block of a pcapng: {bytes}
 */
export const MAX_SECRETS_LENGTH: number = 16 * 1024 * 1024;

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

  /**
   * Keys that the file carries for what is encrypted in it (pcapng's Decryption Secrets Block), before the packets that come
   * after it. `type` says of what kind they are (0x544c534b: TLS key log lines). The view is valid until the call returns.
   * Files with more than {@link MAX_SECRETS_LENGTH} bytes in one block are read without that block.
   */
  secrets?(type: number, bytes: Uint8Array): void;

  /** Something limits what the capture can show. It was met after the packets delivered so far. */
  note(note: CaptureNote): void;
}
