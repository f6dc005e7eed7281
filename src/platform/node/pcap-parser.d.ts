/** What is used of pcap-parser 0.2.1, which has no types of its own. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';

  /** The stream that is parsed: 'data' events with Buffers; it need be no more than this. */
  export interface PcapParserInput extends EventEmitter {
    pause(): unknown;
    resume(): unknown;
  }

  export interface PcapParserGlobalHeader {
    linkLayerType: number;
  }

  export interface PcapParserPacket {
    header: {
      timestampSeconds: number;
      timestampMicroseconds: number;
      capturedLength: number;
      originalLength: number;
    };
    data: Buffer;
  }

  export interface PcapParser extends EventEmitter {
    on(event: 'globalHeader', listener: (header: PcapParserGlobalHeader) => void): this;
    on(event: 'packet', listener: (packet: PcapParserPacket) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export function parse(input: PcapParserInput): PcapParser;
}
