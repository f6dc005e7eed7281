/**
 * Wraps the npm package pcap-parser in the same interface as our own reader: an independent second opinion on classic
 * pcap (`--reader pcap-parser`). It knows neither nanoseconds nor pcapng, and is many times slower.
 */
import { EventEmitter } from 'node:events';
import type { PcapParserInput } from 'pcap-parser';
import { CaptureError } from '../../capture/capture-error.ts';
import { NO_PACKETS } from '../../capture/capture-note.ts';
import type { CaptureFacts, CaptureReader } from '../../capture/capture-reader.ts';
import type { ReaderConstructor } from '../../capture/detecting-reader.ts';
import type { PacketHandler } from '../../capture/packet-handler.ts';
import { pcapMagic, PCAP_MAGIC_MICROSECONDS } from '../../capture/pcap-file-header.ts';
import { PcapRecordGate } from './pcap-record-gate.ts';

/** The rest of the field holds the FCS length and flags. */
const LINK_TYPE_MASK = 0xffff;
const MICROSECONDS_PER_SECOND = 1_000_000;

class Input extends EventEmitter implements PcapParserInput {
  pause(): void {
    // We push whole records and pcap-parser takes them at once: there is nothing to hold back.
  }
  resume(): void {
    // As above.
  }
}

/** Loads the package pcap-parser, so call this only if the user asked for that reader. */
export async function loadPcapParserReader(): Promise<ReaderConstructor> {
  const { parse } = await import('pcap-parser');

  return class PcapParserReader implements CaptureReader {
    private readonly handler: PacketHandler;
    private readonly path: string;
    private readonly gate = new PcapRecordGate();
    private readonly input = new Input();
    private linkType: number | undefined;
    private packets = 0;
    private magicIsChecked = false;

    constructor(handler: PacketHandler, path: string) {
      this.handler = handler;
      this.path = path;
      const parser = parse(this.input);
      parser.on('error', (error) => {
        throw new CaptureError(
          path,
          `can't be read by pcap-parser (${error.message}): leave out --reader`,
          0,
        );
      });
      parser.on('globalHeader', (header) => {
        this.linkType = header.linkLayerType & LINK_TYPE_MASK;
      });
      parser.on('packet', ({ header, data }) => {
        const carry = Math.floor(header.timestampMicroseconds / MICROSECONDS_PER_SECOND);
        this.packets++;
        handler.packet(
          data,
          0,
          data.length,
          Math.max(header.originalLength, data.length),
          header.timestampSeconds + carry,
          (header.timestampMicroseconds - carry * MICROSECONDS_PER_SECOND) * 1000,
          this.linkType ?? 0,
        );
      });
    }

    get finished(): boolean {
      return this.gate.problem !== undefined;
    }

    get facts(): CaptureFacts {
      return {
        format: 'pcap',
        linkTypes: this.linkType === undefined ? [] : [this.linkType],
        timestampResolution: 'us',
      };
    }

    write(chunk: Uint8Array): void {
      const records = this.gate.pass(chunk);
      if (records === undefined) return;
      if (!this.magicIsChecked) {
        this.magicIsChecked = true;
        if (pcapMagic(records)?.magic !== PCAP_MAGIC_MICROSECONDS) {
          throw new CaptureError(
            this.path,
            'is not microsecond pcap, and pcap-parser reads nothing else: leave out --reader',
            0,
          );
        }
      }
      this.input.emit('data', records);
    }

    end(): void {
      this.gate.end();
      if (this.linkType === undefined) {
        throw new CaptureError(this.path, 'is cut short: the file ends inside the header of a pcap file');
      }
      if (this.gate.problem !== undefined) this.handler.note(this.gate.problem);
      else if (this.packets === 0) this.handler.note(NO_PACKETS);
    }
  };
}
