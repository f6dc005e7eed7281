// test/fuzz/fuzz-run.ts
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join as join2, relative as relative2 } from 'node:path';

// test/helpers/captures.ts
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
var REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
var FIXTURES = join(REPOSITORY, 'fixtures');
var FOREIGN_CAPTURES = join(REPOSITORY, '..', 'shared', 'captures');

// src/capture/capture-error.ts
var CaptureError = class extends Error {
  name = 'CaptureError';
  /** The file as the user named it. */
  path;
  /** Byte offset in the (uncompressed) file, where it matters. */
  offset;
  /** The file holds nothing at all: beside others that do, no reason to refuse them all. */
  isEmptyFile;
  /** @param message a clause that follows "<path>: " and says what is wrong and what to do */
  constructor(path, message, offset, isEmptyFile = false) {
    super(message);
    this.path = path;
    this.offset = offset;
    this.isEmptyFile = isEmptyFile;
  }
};

// src/capture/file-digest.ts
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
var CHUNK_LENGTH = 1024 * 1024;
async function fileDigest(path, signal) {
  if (path === '-') return null;
  const hash2 = createHash('sha256');
  try {
    if (!(await stat(path)).isFile()) return null;
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_LENGTH })) {
      signal?.throwIfAborted();
      hash2.update(chunk);
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return null;
    throw error;
  }
  return hash2.digest('hex');
}

// src/capture/bounded-notes.ts
var MAX_NOTES_PER_CODE = 8;
var BoundedNotes = class {
  handler;
  counts = /* @__PURE__ */ new Map();
  constructor(handler) {
    this.handler = handler;
  }
  add(code, message) {
    const count2 = (this.counts.get(code) ?? 0) + 1;
    this.counts.set(code, count2);
    if (count2 <= MAX_NOTES_PER_CODE) this.handler.note({ code, message });
  }
  /** Call once, at the end of the file. */
  flush() {
    for (const [code, count2] of this.counts) {
      const more = count2 - MAX_NOTES_PER_CODE;
      if (more > 0) this.handler.note({ code, message: `${more} more of the same kind` });
    }
    this.counts.clear();
  }
};

// src/capture/capture-note.ts
var NO_PACKETS = {
  code: 'no-packets',
  message: 'the capture holds no packets: a capture filter that matches nothing, or the wrong interface',
};

// src/capture/capture-limits.ts
var DEFAULT_MAX_CAPTURED = 256 * 1024;
var ABSOLUTE_MAX_CAPTURED = 128 * 1024 * 1024;
function maxCapturedLength(snaplen) {
  return Math.min(Math.max(DEFAULT_MAX_CAPTURED, snaplen), ABSOLUTE_MAX_CAPTURED);
}

// src/capture/read-integers.ts
function readUint16(data, at2, littleEndian) {
  return littleEndian ? data[at2] | (data[at2 + 1] << 8) : (data[at2] << 8) | data[at2 + 1];
}
function readUint32(data, at2, littleEndian) {
  return littleEndian
    ? (data[at2] | (data[at2 + 1] << 8) | (data[at2 + 2] << 16) | (data[at2 + 3] << 24)) >>> 0
    : ((data[at2] << 24) | (data[at2 + 1] << 16) | (data[at2 + 2] << 8) | data[at2 + 3]) >>> 0;
}

// src/capture/pcap-file-header.ts
var PCAP_FILE_HEADER_LENGTH = 24;
var PCAP_MAGIC_MICROSECONDS = 2712847316;
var PCAP_MAGIC_NANOSECONDS = 2712812621;
var PCAP_MAGIC_MODIFIED = 2712849716;
var VERSION_MAJOR_AT = 4;
var VERSION_MINOR_AT = 6;
var SNAPLEN_AT = 16;
var LINK_TYPE_AT = 20;
var LINK_TYPE_MASK = 65535;
var RECORD_HEADER_LENGTH = 16;
var MODIFIED_RECORD_HEADER_LENGTH = 24;
var DGUX_VERSION_MAJOR = 543;
function pcapMagic(bytes2) {
  if (bytes2.length < 4) return void 0;
  for (const littleEndian of [true, false]) {
    const magic = readUint32(bytes2, 0, littleEndian);
    if (
      magic === PCAP_MAGIC_MICROSECONDS ||
      magic === PCAP_MAGIC_NANOSECONDS ||
      magic === PCAP_MAGIC_MODIFIED
    ) {
      return { littleEndian, magic };
    }
  }
  return void 0;
}
function parsePcapFileHeader(bytes2, path) {
  const found = pcapMagic(bytes2);
  if (found === void 0) throw new CaptureError(path, 'is not a pcap file', 0);
  const { littleEndian, magic } = found;
  const major = readUint16(bytes2, VERSION_MAJOR_AT, littleEndian);
  const minor = readUint16(bytes2, VERSION_MINOR_AT, littleEndian);
  if (major !== 2 && !(major === DGUX_VERSION_MAJOR && minor === 0)) {
    throw new CaptureError(
      path,
      `is a pcap file of version ${major}.${minor}, and only 2.x is known: its header is damaged, or convert it with editcap -F pcap`,
      VERSION_MAJOR_AT,
    );
  }
  return {
    littleEndian,
    nanoseconds: magic === PCAP_MAGIC_NANOSECONDS,
    recordHeaderLength: magic === PCAP_MAGIC_MODIFIED ? MODIFIED_RECORD_HEADER_LENGTH : RECORD_HEADER_LENGTH,
    maxCaptured: maxCapturedLength(readUint32(bytes2, SNAPLEN_AT, littleEndian)),
    linkType: readUint32(bytes2, LINK_TYPE_AT, littleEndian) & LINK_TYPE_MASK,
    lengthOrder:
      major === DGUX_VERSION_MAJOR || minor < 3
        ? 'original-first'
        : minor === 3
          ? 'either'
          : 'captured-first',
  };
}

// src/capture/pending-bytes.ts
var INITIAL_CAPACITY = 4096;
var SMALL_COPY = 32;
var PendingBytes = class {
  bytes = new Uint8Array(INITIAL_CAPACITY);
  length = 0;
  /** Takes bytes of `chunk` from `at` until `target` bytes are held; returns the index of the first not taken. */
  fill(chunk, at2, target2) {
    const count2 = Math.min(target2 - this.length, chunk.length - at2);
    if (count2 <= 0) return at2;
    const length = this.length + count2;
    if (length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    if (count2 < SMALL_COPY) {
      for (let i = 0; i < count2; i++) this.bytes[this.length + i] = chunk[at2 + i];
    } else {
      this.bytes.set(chunk.subarray(at2, at2 + count2), this.length);
    }
    this.length = length;
    return at2 + count2;
  }
  clear() {
    this.length = 0;
  }
};

// src/capture/pcap-reader.ts
var SECONDS_AT = 0;
var FRACTION_AT = 4;
var CAPTURED_LENGTH_AT = 8;
var ORIGINAL_LENGTH_AT = 12;
var NANOSECONDS_PER_SECOND = 1e9;
var STOPPED = -1;
var PcapReader = class {
  finished = false;
  handler;
  path;
  notes;
  pending = new PendingBytes();
  header;
  packets = 0;
  /** Offset in the file of the first record that has not been delivered. */
  position = PCAP_FILE_HEADER_LENGTH;
  constructor(handler, path) {
    this.handler = handler;
    this.path = path;
    this.notes = new BoundedNotes(handler);
  }
  get facts() {
    return {
      format: 'pcap',
      linkTypes: this.header === void 0 ? [] : [this.header.linkType],
      timestampResolution: this.header?.nanoseconds === true ? 'ns' : 'us',
    };
  }
  write(chunk) {
    if (this.finished) return;
    let at2 = 0;
    if (this.header === void 0) {
      at2 = this.pending.fill(chunk, at2, PCAP_FILE_HEADER_LENGTH);
      if (this.pending.length < PCAP_FILE_HEADER_LENGTH) return;
      this.header = parsePcapFileHeader(this.pending.bytes, this.path);
      this.pending.clear();
    }
    const header = this.header;
    if (this.pending.length > 0) {
      at2 = this.pending.fill(chunk, at2, header.recordHeaderLength);
      if (this.pending.length < header.recordHeaderLength) return;
      const captured = this.capturedLength(this.pending.bytes, header);
      if (captured <= header.maxCaptured) {
        const recordLength = header.recordHeaderLength + captured;
        at2 = this.pending.fill(chunk, at2, recordLength);
        if (this.pending.length < recordLength) return;
      }
      const stoppedAt = this.walk(this.pending.bytes, 0, this.pending.length, header);
      this.pending.clear();
      if (stoppedAt === STOPPED) return;
    }
    at2 = this.walk(chunk, at2, chunk.length, header);
    if (at2 !== STOPPED) this.pending.fill(chunk, at2, chunk.length - at2);
  }
  end() {
    if (this.header === void 0) {
      throw new CaptureError(
        this.path,
        `is cut short: ${this.pending.length} bytes, where the header of a pcap file alone has ${PCAP_FILE_HEADER_LENGTH}`,
      );
    }
    if (this.pending.length > 0) this.noteCutRecord(this.header);
    if (this.packets === 0 && !this.finished && this.pending.length === 0) {
      this.handler.note(NO_PACKETS);
    }
    this.finished = true;
    this.notes.flush();
  }
  /** Delivers the whole records of `data[at, end)`; returns the index of the first that is not whole, or STOPPED. */
  walk(data, at2, end, header) {
    const { littleEndian, recordHeaderLength, maxCaptured, linkType, nanoseconds: inNanoseconds } = header;
    const plainOrder = header.lengthOrder === 'captured-first';
    const handler = this.handler;
    const walkStart = at2;
    while (end - at2 >= recordHeaderLength) {
      let captured = readUint32(data, at2 + CAPTURED_LENGTH_AT, littleEndian);
      let original = readUint32(data, at2 + ORIGINAL_LENGTH_AT, littleEndian);
      if (!plainOrder && (header.lengthOrder === 'original-first' || captured > original)) {
        const first = captured;
        captured = original;
        original = first;
      }
      if (captured > maxCaptured) {
        this.stopAtCorruptLength(this.position + (at2 - walkStart), captured, maxCaptured);
        return STOPPED;
      }
      const start = at2 + recordHeaderLength;
      const stop = start + captured;
      if (stop > end) break;
      let seconds2 = readUint32(data, at2 + SECONDS_AT, littleEndian);
      let nanoseconds = readUint32(data, at2 + FRACTION_AT, littleEndian);
      if (!inNanoseconds) nanoseconds *= 1e3;
      if (nanoseconds >= NANOSECONDS_PER_SECOND) {
        seconds2 += Math.floor(nanoseconds / NANOSECONDS_PER_SECOND);
        nanoseconds %= NANOSECONDS_PER_SECOND;
      }
      this.packets++;
      handler.packet(
        data,
        start,
        stop,
        original < captured ? captured : original,
        seconds2,
        nanoseconds,
        linkType,
      );
      at2 = stop;
    }
    this.position += at2 - walkStart;
    return at2;
  }
  capturedLength(record, header) {
    const first = readUint32(record, CAPTURED_LENGTH_AT, header.littleEndian);
    if (header.lengthOrder === 'captured-first') return first;
    const second = readUint32(record, ORIGINAL_LENGTH_AT, header.littleEndian);
    return header.lengthOrder === 'original-first' ? second : Math.min(first, second);
  }
  stopAtCorruptLength(offset, captured, maxCaptured) {
    this.notes.add(
      'corrupt-record',
      `packet ${this.packets + 1} at byte ${offset} claims ${captured} captured bytes, where at most ${maxCaptured} are possible: the file is damaged there and was read no further (pcapfix may find the packets behind it)`,
    );
    this.finished = true;
  }
  noteCutRecord(header) {
    const { length } = this.pending;
    const missing =
      length < header.recordHeaderLength
        ? `${header.recordHeaderLength - length} bytes of its record header are`
        : `${header.recordHeaderLength + this.capturedLength(this.pending.bytes, header) - length} of its bytes are`;
    this.notes.add(
      'truncated-file',
      `the file ends inside packet ${this.packets + 1} at byte ${this.position}: ${missing} missing, and it was left out`,
    );
  }
};

// src/capture/pcapng-time.ts
var BINARY_RESOLUTION_FLAG = 128;
var EXPONENT_MASK = 127;
var DEFAULT_DECIMAL_EXPONENT = 6;
var MAX_FAST_DECIMAL_EXPONENT = 9;
var TWO_32 = 4294967296;
var TWO_16 = 65536;
var NANOSECONDS_PER_SECOND2 = 1e9;
var DECIMAL_LABELS = /* @__PURE__ */ new Map([
  [0, 's'],
  [3, 'ms'],
  [6, 'us'],
  [9, 'ns'],
]);
function timestampResolution(tsresol) {
  const value = tsresol ?? DEFAULT_DECIMAL_EXPONENT;
  const exponent = value & EXPONENT_MASK;
  if ((value & BINARY_RESOLUTION_FLAG) !== 0) {
    return {
      fastUnits: 0,
      nanosecondsPerUnit: 0,
      exactUnits: 2n ** BigInt(exponent),
      label: `2^-${exponent} s`,
      fineness: exponent * Math.log10(2),
    };
  }
  const isFast = exponent <= MAX_FAST_DECIMAL_EXPONENT;
  return {
    fastUnits: isFast ? 10 ** exponent : 0,
    nanosecondsPerUnit: isFast ? 10 ** (MAX_FAST_DECIMAL_EXPONENT - exponent) : 0,
    exactUnits: isFast ? 0n : 10n ** BigInt(exponent),
    label: DECIMAL_LABELS.get(exponent) ?? `10^-${exponent} s`,
    fineness: exponent,
  };
}
function wholeSeconds(high, low, units) {
  const rest = high % units;
  const upper = rest * TWO_16 + (low >>> 16);
  const upperQuotient = Math.floor(upper / units);
  const lower = (upper - upperQuotient * units) * TWO_16 + (low & 65535);
  return ((high - rest) / units) * TWO_32 + upperQuotient * TWO_16 + Math.floor(lower / units);
}
function remainingUnits(high, low, units) {
  const upper = ((high % units) * TWO_16 + (low >>> 16)) % units;
  return (upper * TWO_16 + (low & 65535)) % units;
}
function exactTime(high, low, units) {
  const count2 = (BigInt(high) << 32n) | BigInt(low);
  const seconds2 = count2 / units;
  return [Number(seconds2), Number(((count2 - seconds2 * units) * BigInt(NANOSECONDS_PER_SECOND2)) / units)];
}

// src/capture/pcapng-interface.ts
var LINK_TYPE_AT2 = 8;
var SNAPLEN_AT2 = 12;
var OPTIONS_AT = 16;
var TRAILER_LENGTH = 4;
var MIN_INTERFACE_BLOCK_LENGTH = OPTIONS_AT + TRAILER_LENGTH;
var OPTION_HEADER_LENGTH = 4;
var OPT_ENDOFOPT = 0;
var OPT_IF_TSRESOL = 9;
var OPT_IF_TSOFFSET = 14;
var TSRESOL_LENGTH = 1;
var TSOFFSET_LENGTH = 8;
var TWO_322 = 4294967296;
function parseInterfaceBlock(data, start, end, littleEndian) {
  let tsresol;
  let offsetSeconds = 0;
  const optionsEnd = end - TRAILER_LENGTH;
  let at2 = start + OPTIONS_AT;
  while (optionsEnd - at2 >= OPTION_HEADER_LENGTH) {
    const code = readUint16(data, at2, littleEndian);
    const length = readUint16(data, at2 + 2, littleEndian);
    const value = at2 + OPTION_HEADER_LENGTH;
    if (code === OPT_ENDOFOPT || value + length > optionsEnd) break;
    if (code === OPT_IF_TSRESOL && length === TSRESOL_LENGTH) {
      tsresol = data[value];
    } else if (code === OPT_IF_TSOFFSET && length === TSOFFSET_LENGTH) {
      offsetSeconds = readInt64(data, value, littleEndian);
    }
    at2 = value + ((length + 3) & ~3);
  }
  return {
    linkType: readUint16(data, start + LINK_TYPE_AT2, littleEndian),
    snaplen: readUint32(data, start + SNAPLEN_AT2, littleEndian),
    resolution: timestampResolution(tsresol),
    offsetSeconds,
  };
}
function readInt64(data, at2, littleEndian) {
  const high = readUint32(data, littleEndian ? at2 + 4 : at2, littleEndian) | 0;
  const low = readUint32(data, littleEndian ? at2 : at2 + 4, littleEndian);
  return high * TWO_322 + low;
}

// src/capture/pcapng-section.ts
var SECTION_HEADER_BLOCK = 168627466;
var INTERFACE_BLOCK = 1;
var OBSOLETE_PACKET_BLOCK = 2;
var SIMPLE_PACKET_BLOCK = 3;
var ENHANCED_PACKET_BLOCK = 6;
var TRAILER_LENGTH2 = 4;
var VERSION_MAJOR_AT2 = 12;
var VERSION_MINOR_AT2 = 14;
var MIN_SECTION_HEADER_LENGTH = 28;
var INTERFACE_ID_AT = 8;
var TIMESTAMP_HIGH_AT = 12;
var TIMESTAMP_LOW_AT = 16;
var CAPTURED_LENGTH_AT2 = 20;
var ORIGINAL_LENGTH_AT2 = 24;
var PACKET_DATA_AT = 28;
var SIMPLE_ORIGINAL_LENGTH_AT = 8;
var SIMPLE_PACKET_DATA_AT = 12;
var MAX_INTERFACES = 65536;
function isReadBlock(type) {
  return (
    type === ENHANCED_PACKET_BLOCK ||
    type === SECTION_HEADER_BLOCK ||
    type === INTERFACE_BLOCK ||
    type === SIMPLE_PACKET_BLOCK ||
    type === OBSOLETE_PACKET_BLOCK
  );
}
var PcapngSection = class {
  /** Of the whole file, in the order in which they were declared. */
  linkTypes = /* @__PURE__ */ new Set();
  resolutionLabel = 'us';
  packets = 0;
  handler;
  notes;
  path;
  interfaces = [];
  fineness = -1;
  lastSeconds = 0;
  lastNanoseconds = 0;
  packetsWithoutTime = 0;
  constructor(handler, notes, path) {
    this.handler = handler;
    this.notes = notes;
    this.path = path;
  }
  /**
   * A whole block, its two lengths checked.
   *
   * @param position of the block in the file
   * @returns what makes the rest of the file unreadable, undefined where nothing does
   */
  readBlock(type, data, start, end, littleEndian, position) {
    switch (type) {
      case ENHANCED_PACKET_BLOCK:
      case OBSOLETE_PACKET_BLOCK:
        this.readPacket(type, data, start, end, littleEndian, position);
        return void 0;
      case SIMPLE_PACKET_BLOCK:
        this.readSimplePacket(data, start, end, littleEndian, position);
        return void 0;
      case INTERFACE_BLOCK:
        return this.readInterface(data, start, end, littleEndian);
      case SECTION_HEADER_BLOCK:
        return this.beginSection(data, start, end, littleEndian, position);
      default:
        return void 0;
    }
  }
  end() {
    if (this.packetsWithoutTime > 0) {
      this.notes.add(
        'no-timestamp',
        `${this.packetsWithoutTime} packets carry no time (simple packet blocks) and were given that of the packet before`,
      );
    }
  }
  readPacket(type, data, start, end, littleEndian, position) {
    if (end - start < PACKET_DATA_AT + TRAILER_LENGTH2) {
      this.noteBadPacket(position, 'it is shorter than its fixed fields');
      return;
    }
    const interfaceId =
      type === ENHANCED_PACKET_BLOCK
        ? readUint32(data, start + INTERFACE_ID_AT, littleEndian)
        : readUint16(data, start + INTERFACE_ID_AT, littleEndian);
    const from = this.interfaces[interfaceId];
    if (from === void 0) {
      this.noteUndeclared(position, interfaceId);
      return;
    }
    const captured = readUint32(data, start + CAPTURED_LENGTH_AT2, littleEndian);
    const original = readUint32(data, start + ORIGINAL_LENGTH_AT2, littleEndian);
    const packetStart = start + PACKET_DATA_AT;
    if (captured > end - TRAILER_LENGTH2 - packetStart) {
      this.noteBadPacket(position, `it claims ${captured} captured bytes, more than fit into it`);
      return;
    }
    const high = readUint32(data, start + TIMESTAMP_HIGH_AT, littleEndian);
    const low = readUint32(data, start + TIMESTAMP_LOW_AT, littleEndian);
    const { resolution, offsetSeconds } = from;
    const { fastUnits } = resolution;
    if (fastUnits !== 0) {
      this.lastSeconds = wholeSeconds(high, low, fastUnits) + offsetSeconds;
      this.lastNanoseconds = remainingUnits(high, low, fastUnits) * resolution.nanosecondsPerUnit;
    } else {
      const [seconds2, nanoseconds] = exactTime(high, low, resolution.exactUnits);
      this.lastSeconds = seconds2 + offsetSeconds;
      this.lastNanoseconds = nanoseconds;
    }
    this.packets++;
    this.handler.packet(
      data,
      packetStart,
      packetStart + captured,
      original < captured ? captured : original,
      this.lastSeconds,
      this.lastNanoseconds,
      from.linkType,
    );
  }
  readSimplePacket(data, start, end, littleEndian, position) {
    const room2 = end - TRAILER_LENGTH2 - (start + SIMPLE_PACKET_DATA_AT);
    if (room2 < 0) {
      this.noteBadPacket(position, 'it is shorter than its fixed fields');
      return;
    }
    const from = this.interfaces[0];
    if (from === void 0) {
      this.noteUndeclared(position, 0);
      return;
    }
    const original = readUint32(data, start + SIMPLE_ORIGINAL_LENGTH_AT, littleEndian);
    const wanted = from.snaplen === 0 ? original : Math.min(original, from.snaplen);
    const captured = Math.min(wanted, room2);
    this.packetsWithoutTime++;
    this.packets++;
    this.handler.packet(
      data,
      start + SIMPLE_PACKET_DATA_AT,
      start + SIMPLE_PACKET_DATA_AT + captured,
      original,
      this.lastSeconds,
      this.lastNanoseconds,
      from.linkType,
    );
  }
  readInterface(data, start, end, littleEndian) {
    if (end - start < MIN_INTERFACE_BLOCK_LENGTH) return 'an interface description is too short';
    if (this.interfaces.length >= MAX_INTERFACES) return void 0;
    const declared = parseInterfaceBlock(data, start, end, littleEndian);
    this.interfaces.push(declared);
    this.linkTypes.add(declared.linkType);
    if (declared.resolution.fineness > this.fineness) {
      this.fineness = declared.resolution.fineness;
      this.resolutionLabel = declared.resolution.label;
    }
    return void 0;
  }
  beginSection(data, start, end, littleEndian, position) {
    if (end - start < MIN_SECTION_HEADER_LENGTH) return 'a section header is too short';
    const major = readUint16(data, start + VERSION_MAJOR_AT2, littleEndian);
    const minor = readUint16(data, start + VERSION_MINOR_AT2, littleEndian);
    if (major !== 1 || (minor !== 0 && minor !== 2)) {
      const version = `pcapng version ${major}.${minor} is unknown, only 1.0 is`;
      if (position === 0) throw new CaptureError(this.path, `can't be read: ${version}`, VERSION_MAJOR_AT2);
      return version;
    }
    this.interfaces = [];
    return void 0;
  }
  noteBadPacket(position, problem) {
    this.notes.add(
      'corrupt-block',
      `the packet block at byte ${position} (after packet ${this.packets}) is damaged: ${problem}; it was left out`,
    );
  }
  noteUndeclared(position, interfaceId) {
    this.notes.add(
      'undeclared-interface',
      `the packet block at byte ${position} (after packet ${this.packets}) is of interface ${interfaceId}, which the file does not declare; it was left out`,
    );
  }
};

// src/capture/pcapng-reader.ts
var BLOCK_LENGTH_AT = 4;
var BYTE_ORDER_MAGIC_AT = 8;
var BYTE_ORDER_MAGIC = 439041101;
var TRAILER_LENGTH3 = 4;
var MIN_BLOCK_LENGTH = 12;
var MAX_READ_BLOCK_LENGTH = ABSOLUTE_MAX_CAPTURED + 1024 * 1024;
var STOPPED2 = -1;
var PcapngReader = class {
  finished = false;
  handler;
  path;
  notes;
  section;
  pending = new PendingBytes();
  littleEndian = true;
  /** Length of the block whose head is in `pending`; 0 until that is known. */
  blockLength = 0;
  /** The pending block is of a kind that is not read: its body is passed over. */
  isSkipped = false;
  /** Bytes of that body still to come. */
  toSkip = 0;
  /** Offset in the file of the block at which the walk stands. */
  position = 0;
  constructor(handler, path) {
    this.handler = handler;
    this.path = path;
    this.notes = new BoundedNotes(handler);
    this.section = new PcapngSection(handler, this.notes, path);
  }
  get facts() {
    return {
      format: 'pcapng',
      linkTypes: [...this.section.linkTypes],
      timestampResolution: this.section.resolutionLabel,
    };
  }
  write(chunk) {
    let at2 = 0;
    while (at2 < chunk.length && !this.finished) {
      if (this.toSkip > 0) {
        const skipped = Math.min(this.toSkip, chunk.length - at2);
        this.toSkip -= skipped;
        at2 += skipped;
      } else if (this.pending.length > 0) {
        at2 = this.completeBlock(chunk, at2);
      } else {
        at2 = this.walk(chunk, at2);
        if (at2 !== STOPPED2) at2 = this.pending.fill(chunk, at2, MIN_BLOCK_LENGTH);
      }
    }
  }
  end() {
    if (!this.finished && this.pending.length === MIN_BLOCK_LENGTH) this.completeBlock(new Uint8Array(0), 0);
    if (this.position === 0 && !this.finished) {
      throw new CaptureError(this.path, 'is cut short: the file ends inside the header of a pcapng file', 0);
    }
    if (!this.finished && (this.pending.length > 0 || this.toSkip > 0)) this.noteCutBlock();
    else if (!this.finished && this.section.packets === 0) this.handler.note(NO_PACKETS);
    this.finished = true;
    this.section.end();
    this.notes.flush();
  }
  /** Reads the whole blocks of `data` from `at`; returns the index of the first that is not whole, or STOPPED. */
  walk(data, at2) {
    const end = data.length;
    while (end - at2 >= MIN_BLOCK_LENGTH) {
      const length = this.paddedLength(data, at2);
      if (length === STOPPED2) return STOPPED2;
      if (length > end - at2) break;
      if (!this.readBlock(data, at2, at2 + length)) return STOPPED2;
      this.position += length;
      at2 += length;
    }
    return at2;
  }
  /** Goes on with the block whose head is pending; returns the index after what was taken, or STOPPED. */
  completeBlock(chunk, at2) {
    const { pending } = this;
    at2 = pending.fill(chunk, at2, MIN_BLOCK_LENGTH);
    if (pending.length < MIN_BLOCK_LENGTH) return at2;
    if (this.blockLength === 0) {
      const length = this.paddedLength(pending.bytes, 0);
      if (length === STOPPED2) return STOPPED2;
      this.blockLength = length;
      if (length > MIN_BLOCK_LENGTH && !isReadBlock(readUint32(pending.bytes, 0, this.littleEndian))) {
        this.isSkipped = true;
        this.toSkip = length - MIN_BLOCK_LENGTH - TRAILER_LENGTH3;
        pending.length = MIN_BLOCK_LENGTH - TRAILER_LENGTH3;
        return at2;
      }
    }
    const target2 = this.isSkipped ? MIN_BLOCK_LENGTH : this.blockLength;
    at2 = pending.fill(chunk, at2, target2);
    if (pending.length < target2) return at2;
    const mayGoOn = this.readBlock(pending.bytes, 0, target2);
    this.position += this.blockLength;
    this.blockLength = 0;
    this.isSkipped = false;
    pending.clear();
    return mayGoOn ? at2 : STOPPED2;
  }
  /**
   * The length of the block at `at`, of which MIN_BLOCK_LENGTH bytes are there. A section header's byte order
   * holds from its own length on. Lengths that are no multiple of 4 are rounded up, as Wireshark does.
   */
  paddedLength(data, at2) {
    const isSectionHeader = readUint32(data, at2, true) === SECTION_HEADER_BLOCK;
    if (isSectionHeader) {
      this.littleEndian = readUint32(data, at2 + BYTE_ORDER_MAGIC_AT, true) === BYTE_ORDER_MAGIC;
      if (!this.littleEndian && readUint32(data, at2 + BYTE_ORDER_MAGIC_AT, false) !== BYTE_ORDER_MAGIC) {
        return this.stop('its byte-order magic is none');
      }
    }
    const length = readUint32(data, at2 + BLOCK_LENGTH_AT, this.littleEndian);
    if (length < MIN_BLOCK_LENGTH) return this.stop(`its length of ${length} bytes can't be`);
    if (length > MAX_READ_BLOCK_LENGTH && isReadBlock(readUint32(data, at2, this.littleEndian))) {
      return this.stop(`its length of ${length} bytes can't be`);
    }
    return roundUpTo4(length);
  }
  /** @returns false where nothing after it can be read */
  readBlock(data, start, end) {
    const { littleEndian } = this;
    const length = readUint32(data, start + BLOCK_LENGTH_AT, littleEndian);
    const closingLength = readUint32(data, end - TRAILER_LENGTH3, littleEndian);
    if (length !== closingLength && roundUpTo4(length) !== roundUpTo4(closingLength)) {
      this.stop(`its two lengths are ${length} and ${closingLength}`);
      return false;
    }
    const type = readUint32(data, start, littleEndian);
    const problem = this.section.readBlock(type, data, start, end, littleEndian, this.position);
    if (problem === void 0) return true;
    this.stop(problem);
    return false;
  }
  stop(problem) {
    if (this.position === 0) {
      throw new CaptureError(
        this.path,
        `begins like a pcapng file, but the first block is damaged: ${problem}`,
        0,
      );
    }
    this.notes.add(
      'corrupt-block',
      `the block at byte ${this.position} (after packet ${this.section.packets}) is damaged: ${problem}; the file was read no further (pcapfix may find the packets behind it)`,
    );
    this.finished = true;
    return STOPPED2;
  }
  noteCutBlock() {
    const known = this.blockLength > 0;
    const present = this.isSkipped
      ? this.blockLength - this.toSkip - (MIN_BLOCK_LENGTH - this.pending.length)
      : this.pending.length;
    this.notes.add(
      'truncated-file',
      `the file ends inside the block at byte ${this.position} (after packet ${this.section.packets}): ` +
        (known
          ? `${this.blockLength - present} of its ${this.blockLength} bytes are missing`
          : 'its head is cut') +
        ', and it was left out',
    );
  }
};
function roundUpTo4(length) {
  return length + ((4 - (length & 3)) & 3);
}

// src/capture/recognise.ts
var RECOGNISE_LENGTH = 512;
var CONVERT = 'convert it with `editcap -F pcapng FILE out.pcapng`';
var UNPACK_7Z = 'unpack it first and give the capture that is in it';
var SIGNATURES = [
  { magic: '(\xB5/\xFD', message: 'is zstd-compressed: run `zstd -dc FILE | wscap analyze -`' },
  { magic: '\xFD7zXZ\0', message: 'is xz-compressed: run `xz -dc FILE | wscap analyze -`' },
  { magic: 'BZh', message: 'is bzip2-compressed: run `bzip2 -dc FILE | wscap analyze -`' },
  { magic: '"M', message: 'is lz4-compressed: run `lz4 -dc FILE | wscap analyze -`' },
  { magic: '\x9D', message: 'is compressed with compress: run `gzip -dc FILE | wscap analyze -`' },
  { magic: 'PK', message: 'is a zip archive: run `unzip -p FILE | wscap analyze -`' },
  { magic: "7z\xBC\xAF'", message: `is a 7z archive: ${UNPACK_7Z}` },
  { magic: 'Rar!\x07', message: `is a rar archive: ${UNPACK_7Z}` },
  { magic: 'ustar', at: 257, message: 'is a tar archive: run `tar -xOf FILE | wscap analyze -`' },
  { magic: 'snoop\0\0\0', message: `is a snoop capture: ${CONVERT}` },
  { magic: 'GMBU', message: `is a Microsoft Network Monitor capture: ${CONVERT}` },
  { magic: 'RTSS', message: `is a Microsoft Network Monitor capture: ${CONVERT}` },
  { magic: 'TRSNIFF data', message: `is a Sniffer capture: ${CONVERT}` },
  { magic: 'XCP\0', message: `is a NetXray capture: ${CONVERT}` },
  { magic: 'iptrace ', message: `is an AIX iptrace capture: ${CONVERT}` },
  { magic: '\x7Fver', message: `is an OmniPeek capture: ${CONVERT}` },
  { magic: 'btsnoop\0', message: 'is a Bluetooth capture, which holds no TCP' },
  { magic: '\x7FELF', message: 'is an ELF program, not a capture' },
  { magic: '\x89PNG', message: 'is a PNG picture, not a capture: a screenshot holds no packets' },
  { magic: '\xFF\xD8\xFF', message: 'is a JPEG picture, not a capture: a screenshot holds no packets' },
  { magic: '%PDF-', message: 'is a PDF document, not a capture' },
  { magic: 'SQLite format 3\0', message: 'is an SQLite database, not a capture' },
  { magic: 'MZ', message: 'is a Windows program, not a capture' },
  {
    magic: 'version https://git-lfs',
    message: 'is a Git LFS pointer, not the capture itself: run `git lfs pull`',
  },
];
var OTHER_PCAP_MAGICS = ['a1e2cb12', '12cbe2a1', 'a1b234cd', 'cd34b2a1', '0a0d0d0d'];
var PCAPNG_MAGIC = '\n\r\r\n';
var GZIP_MAGIC = '\x8B';
function recognise(prefix, path, isComplete) {
  const bytes2 = prefix.length > RECOGNISE_LENGTH ? prefix.subarray(0, RECOGNISE_LENGTH) : prefix;
  const head = Buffer.from(bytes2).toString('latin1');
  if (head.startsWith(GZIP_MAGIC)) return { kind: 'gzip' };
  if (pcapMagic(bytes2) !== void 0) return { kind: 'pcap' };
  if (head.startsWith(PCAPNG_MAGIC)) return { kind: 'pcapng' };
  if (!isComplete && bytes2.length < RECOGNISE_LENGTH) return void 0;
  const message = otherFormat(bytes2, head);
  if (message !== void 0) {
    const inCommand = path === '-' ? '' : ` ${shellWord(path)}`;
    return { kind: 'other', message: message.replaceAll(' FILE', () => inCommand) };
  }
  return { kind: 'text' };
}
function otherFormat(bytes2, head) {
  for (const { magic, at: at2 = 0, message } of SIGNATURES) {
    if (head.startsWith(magic, at2)) return message;
  }
  const hex = Buffer.from(bytes2.subarray(0, 4)).toString('hex');
  if (OTHER_PCAP_MAGICS.includes(hex)) return `is a variant of pcap that is not read here: ${CONVERT}`;
  if (!looksLikeText(bytes2)) {
    if (bytes2.every((byte) => byte === 0)) {
      return 'is no capture: it begins with nothing but zero bytes, as after a crash or a failed download';
    }
    const shown = Buffer.from(bytes2.subarray(0, 8))
      .toString('hex')
      .replace(/..(?=.)/g, '$& ');
    return `is no capture that is known here: it begins with ${shown}. Wireshark may know it: ${CONVERT}`;
  }
  return otherText(
    head
      .replace(/^\xef\xbb\xbf/, '')
      .trimStart()
      .toLowerCase(),
  );
}
function otherText(text2) {
  if (text2.startsWith('<!doctype html') || text2.startsWith('<html')) {
    return 'is an HTML page, not a capture: a login or error page that was saved in its place?';
  }
  if (text2.startsWith('<?xml') || text2.startsWith('<pdml')) {
    return 'is XML, not a capture: give the pcap file that it was made from';
  }
  if (text2.startsWith('{') || /^\[\s*[[{"]/.test(text2)) {
    return 'is JSON, not a capture: a HAR file or a report holds no packets; record with `tcpdump -w dump.pcap`';
  }
  return void 0;
}
function looksLikeText(bytes2) {
  if ((bytes2[0] === 255 && bytes2[1] === 254) || (bytes2[0] === 254 && bytes2[1] === 255)) return true;
  let ascii = 0;
  for (const byte of bytes2) {
    const isControl = byte < 32 && !(byte >= 7 && byte <= 13) && byte !== 27;
    if (isControl) return false;
    if (byte < 128) ascii++;
  }
  return ascii * 2 > bytes2.length;
}
function shellWord(path) {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

// src/link-types.ts
var LINKTYPE_NULL = 0;
var LINKTYPE_EN10MB = 1;
var DLT_RAW_12 = 12;
var DLT_RAW_14 = 14;
var LINKTYPE_RAW = 101;
var LINKTYPE_LOOP = 108;
var LINKTYPE_LINUX_SLL = 113;
var LINKTYPE_IPV4 = 228;
var LINKTYPE_IPV6 = 229;
var LINKTYPE_LINUX_SLL2 = 276;
var NAMES = /* @__PURE__ */ new Map([
  [LINKTYPE_NULL, 'NULL'],
  [LINKTYPE_EN10MB, 'EN10MB'],
  [3, 'AX25'],
  [6, 'IEEE802'],
  [7, 'ARCNET'],
  [8, 'SLIP'],
  [9, 'PPP'],
  [10, 'FDDI'],
  [DLT_RAW_12, 'RAW'],
  [DLT_RAW_14, 'RAW'],
  [50, 'PPP_SERIAL'],
  [51, 'PPP_ETHER'],
  [100, 'ATM_RFC1483'],
  [LINKTYPE_RAW, 'RAW'],
  [104, 'C_HDLC'],
  [105, 'IEEE802_11'],
  [107, 'FRELAY'],
  [LINKTYPE_LOOP, 'LOOP'],
  [LINKTYPE_LINUX_SLL, 'LINUX_SLL'],
  [114, 'LTALK'],
  [117, 'PFLOG'],
  [119, 'PRISM_HEADER'],
  [122, 'IP_OVER_FC'],
  [127, 'IEEE802_11_RADIO'],
  [138, 'APPLE_IP_OVER_IEEE1394'],
  [144, 'LINUX_IRDA'],
  [149, 'PKTAP'],
  [163, 'IEEE802_11_RADIO_AVS'],
  [166, 'PPP_PPPD'],
  [187, 'BLUETOOTH_HCI_H4'],
  [189, 'USB_LINUX'],
  [192, 'PPI'],
  [195, 'IEEE802_15_4'],
  [201, 'BLUETOOTH_HCI_H4_WITH_PHDR'],
  [220, 'USB_LINUX_MMAPPED'],
  [227, 'CAN_SOCKETCAN'],
  [LINKTYPE_IPV4, 'IPV4'],
  [LINKTYPE_IPV6, 'IPV6'],
  [239, 'NFLOG'],
  [240, 'NETANALYZER'],
  [242, 'IPOIB'],
  [247, 'INFINIBAND'],
  [249, 'USBPCAP'],
  [252, 'WIRESHARK_UPPER_PDU'],
  [253, 'NETLINK'],
  [258, 'PKTAP'],
  [LINKTYPE_LINUX_SLL2, 'LINUX_SLL2'],
]);
function linkTypeName(linkType) {
  return NAMES.get(linkType) ?? `LINKTYPE_${linkType}`;
}
function linkTypeFromName(name) {
  if (name === 'RAW') return LINKTYPE_RAW;
  for (const [value, known] of NAMES) if (known === name) return value;
  return void 0;
}

// src/capture/text-lines.ts
import { TextDecoder as TextDecoder2 } from 'node:util';
var MAX_LINE_LENGTH = 64 * 1024;
var BYTE_ORDER_MARK_LENGTH = 2;
var TextLines = class {
  onLine;
  decoder;
  first = new Uint8Array(0);
  partial = '';
  constructor(onLine) {
    this.onLine = onLine;
  }
  write(chunk) {
    if (this.decoder === void 0) {
      this.first = Uint8Array.from([...this.first, ...chunk.subarray(0, BYTE_ORDER_MARK_LENGTH)]);
      if (this.first.length < BYTE_ORDER_MARK_LENGTH) return;
      this.decoder = new TextDecoder2(encodingOf(this.first));
      const taken = Math.min(chunk.length, BYTE_ORDER_MARK_LENGTH);
      this.split(this.decoder.decode(this.first, { stream: true }));
      chunk = chunk.subarray(taken);
    }
    this.split(this.decoder.decode(chunk, { stream: true }));
  }
  end() {
    this.split((this.decoder ?? new TextDecoder2()).decode(this.decoder === void 0 ? this.first : void 0));
    if (this.partial !== '') this.onLine(withoutPasteMarks(this.partial));
    this.partial = '';
  }
  split(text2) {
    let at2 = 0;
    for (;;) {
      const newline = text2.indexOf('\n', at2);
      const end = newline === -1 ? text2.length : newline;
      const room2 = MAX_LINE_LENGTH - this.partial.length;
      if (room2 > 0) this.partial += text2.slice(at2, Math.min(end, at2 + room2));
      if (newline === -1) return;
      const line = this.partial;
      this.partial = '';
      this.onLine(withoutPasteMarks(line));
      at2 = newline + 1;
    }
  }
};
function encodingOf(first) {
  if (first[0] === 255 && first[1] === 254) return 'utf-16le';
  if (first[0] === 254 && first[1] === 255) return 'utf-16be';
  return 'utf-8';
}
function withoutPasteMarks(line) {
  return line
    .replace(/[\t\u00a0\u2007\u202f]/g, ' ')
    .replace(/^(?: *>)+ ?/, '')
    .trim();
}

// src/capture/tcpdump-clock.ts
var SECONDS_PER_DAY = 86400;
var MIDNIGHT_JUMP_SECONDS = 43200;
var NANOSECONDS_PER_SECOND3 = 1e9;
var TcpdumpClock = class {
  seconds = 0;
  nanoseconds = 0;
  /** Are clock times to be added up (`-ttt`)? */
  accumulates = false;
  days = 0;
  lastClockSeconds;
  /** Moves `seconds` and `nanoseconds` on to this line's time. */
  advance(line) {
    if (line.style === 'none') return;
    if (line.style !== 'clock') {
      this.seconds = line.seconds;
      this.nanoseconds = line.nanoseconds;
      return;
    }
    if (this.accumulates) {
      const nanoseconds = this.nanoseconds + line.nanoseconds;
      const carry = nanoseconds >= NANOSECONDS_PER_SECOND3 ? 1 : 0;
      this.seconds += line.seconds + carry;
      this.nanoseconds = nanoseconds - carry * NANOSECONDS_PER_SECOND3;
      return;
    }
    const last = this.lastClockSeconds ?? line.seconds;
    if (last - line.seconds > MIDNIGHT_JUMP_SECONDS) this.days++;
    else if (line.seconds - last > MIDNIGHT_JUMP_SECONDS && this.days > 0) this.days--;
    this.lastClockSeconds = line.seconds;
    this.seconds = this.days * SECONDS_PER_DAY + line.seconds;
    this.nanoseconds = line.nanoseconds;
  }
};
function mayBeDeltas(first) {
  return first.style === 'clock' && first.seconds === 0;
}
function isEarlier(line, before) {
  const seconds2 = line.seconds - before.seconds;
  if (seconds2 === 0) return line.nanoseconds < before.nanoseconds;
  return seconds2 < 0 && seconds2 > -MIDNIGHT_JUMP_SECONDS;
}

// src/capture/tcpdump-header-line.ts
var PACKET_NUMBER = /^\d{1,10} {2}(?=\S)/;
var DATE = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;
var CLOCK = /^(-?)(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? /;
var EPOCH = /^(\d{1,12})\.(\d{1,9}) /;
var INTERFACE = /^(?:\S{1,32} +)?(?:In|Out|B|M|P) +(?:ifindex \d{1,10} )?/;
var PROTOCOL = /^(?:IP6?|ARP|AF IPv[46]|ethertype|(?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?=[ ,:(])/;
var FRAME_LENGTH = /(?:ethertype [^,:]{1,64}|, IPv[46]|AF IPv[46] \(\d{1,3}\)), length (\d{1,7}): /;
var UNTIMED = /^(?:IP6? \(|ARP, |.{0,200}? > )/;
function parseHeaderLine(line) {
  const numbered = line.replace(PACKET_NUMBER, '');
  const time = parseTime(numbered);
  const rest = numbered.slice(time.length);
  const protocol = rest.replace(INTERFACE, '');
  const isCertain = PROTOCOL.test(protocol);
  if (time.style === 'none' && !(isCertain && UNTIMED.test(protocol))) return void 0;
  const frameLength = FRAME_LENGTH.exec(rest)?.[1];
  return {
    style: time.style,
    seconds: time.seconds,
    nanoseconds: time.nanoseconds,
    digits: time.digits,
    ipVersion: ipVersionOf(protocol),
    frameLength: frameLength === void 0 ? void 0 : Number(frameLength),
    isCertain,
  };
}
function parseTime(line) {
  const date = DATE.exec(line);
  if (date !== null) {
    const [text2, year, month, day, hours, minutes, seconds2, fraction = ''] = date;
    const milliseconds = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hours),
      Number(minutes),
      Number(seconds2),
    );
    return printedTime('date', milliseconds / 1e3, fraction, text2.length);
  }
  const clock = CLOCK.exec(line);
  if (clock !== null) {
    const [text2, sign, hours, minutes, seconds2, fraction = ''] = clock;
    const sinceMidnight = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds2);
    const time = printedTime('clock', sinceMidnight, fraction, text2.length);
    return sign === '-' ? negated(time) : time;
  }
  const epoch = EPOCH.exec(line);
  if (epoch !== null) return printedTime('epoch', Number(epoch[1]), epoch[2], epoch[0].length);
  return printedTime('none', 0, '', 0);
}
function printedTime(style, seconds2, fraction, length) {
  return {
    style,
    seconds: seconds2,
    nanoseconds: Number(fraction.padEnd(9, '0')),
    digits: fraction.length,
    length,
  };
}
function negated(time) {
  if (time.nanoseconds === 0) return { ...time, seconds: 0 - time.seconds };
  return { ...time, seconds: -time.seconds - 1, nanoseconds: 1e9 - time.nanoseconds };
}
function ipVersionOf(protocol) {
  if (/^IP6\b|^AF IPv6|(?:ethertype|,) IPv6\b/.test(protocol)) return 6;
  if (/^IP\b|^AF IPv4|(?:ethertype|,) IPv4\b/.test(protocol)) return 4;
  return 0;
}

// src/capture/tcpdump-hex-line.ts
var BYTES_PER_HEX_LINE = 16;
var OFFSET = /^0x([0-9a-f]{4,8})(?::| {2}) */i;
var GROUP = /([0-9a-f]{2})([0-9a-f]{2})?(?: |$)/iy;
function parseHexLine(line) {
  const found = OFFSET.exec(line);
  if (found === null) return void 0;
  const bytes2 = [];
  GROUP.lastIndex = found[0].length;
  while (bytes2.length < BYTES_PER_HEX_LINE) {
    const group = GROUP.exec(line);
    if (group === null) break;
    bytes2.push(parseInt(group[1], 16));
    if (group[2] === void 0) break;
    bytes2.push(parseInt(group[2], 16));
  }
  if (bytes2.length === 0) return void 0;
  return { offset: parseInt(found[1], 16), bytes: bytes2 };
}

// src/capture/tcpdump-link-layer.ts
var ETHERTYPE_IPV4 = 2048;
var ETHERTYPE_IPV6 = 34525;
var ETHERTYPE_VLAN = 33024;
var ETHERTYPE_QINQ = 34984;
var ETHERTYPE_MPLS = 34887;
var ETHERTYPE_PPPOE = 34916;
var VLAN_TAG_LENGTH = 4;
var MPLS_LABEL_LENGTH = 4;
var MPLS_BOTTOM_AT = 2;
var MPLS_BOTTOM_FLAG = 1;
var PPPOE_HEADER_LENGTH = 8;
var NULL_HEADER_LENGTH = 4;
var ETHERNET_TYPE_AT = 12;
var ETHERNET_HEADER_LENGTH = 14;
var SLL_TYPE_AT = 14;
var SLL_HEADER_LENGTH = 16;
var SLL2_TYPE_AT = 0;
var SLL2_RESERVED_AT = 2;
var SLL2_HEADER_LENGTH = 20;
var IPV4_MIN_HEADER_LENGTH = 20;
var IPV4_TOTAL_LENGTH_AT = 2;
var IPV6_HEADER_LENGTH = 40;
var IPV6_PAYLOAD_LENGTH_AT = 4;
var IPV6_NEXT_HEADER_AT = 6;
var IPV6_NEXT_HEADERS = [0, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132];
var MIN_ETHERNET_PAYLOAD = 46;
function findDumpStart(data, length, ipVersion) {
  let best;
  let bestScore = 0;
  for (const { linkType, ipAt } of candidates(data, length)) {
    const version = ipAt < length ? data[ipAt] >> 4 : 0;
    if (ipVersion !== 0 && version !== ipVersion) continue;
    const wireLength = ipAt + ipLength(data, ipAt, length, version);
    const score = wireLength === ipAt ? 0 : plausibility(length, wireLength, ipAt) + (ipAt > 0 ? 0.5 : 0);
    if (score > bestScore) {
      bestScore = score;
      best = { linkType, wireLength };
    }
  }
  return best;
}
function candidates(data, length) {
  const found = [{ linkType: LINKTYPE_RAW, ipAt: 0 }];
  const ethernet = ipBehindType(data, ETHERNET_TYPE_AT, ETHERNET_HEADER_LENGTH, length);
  if (ethernet !== void 0) found.push({ linkType: LINKTYPE_EN10MB, ipAt: ethernet });
  const sll = ipBehindType(data, SLL_TYPE_AT, SLL_HEADER_LENGTH, length);
  if (sll !== void 0) found.push({ linkType: LINKTYPE_LINUX_SLL, ipAt: sll });
  if (length > SLL2_HEADER_LENGTH && readBigEndian(data, SLL2_RESERVED_AT) === 0) {
    const sll2 = ipBehindType(data, SLL2_TYPE_AT, SLL2_HEADER_LENGTH, length);
    if (sll2 !== void 0) found.push({ linkType: LINKTYPE_LINUX_SLL2, ipAt: sll2 });
  }
  if (length > NULL_HEADER_LENGTH && isAddressFamily(data)) {
    found.push({ linkType: LINKTYPE_NULL, ipAt: NULL_HEADER_LENGTH });
  }
  return found;
}
function ipBehindType(data, typeAt, at2, length) {
  while (at2 < length) {
    switch (readBigEndian(data, typeAt)) {
      case ETHERTYPE_IPV4:
      case ETHERTYPE_IPV6:
        return at2;
      case ETHERTYPE_VLAN:
      case ETHERTYPE_QINQ:
        at2 += VLAN_TAG_LENGTH;
        typeAt = at2 - 2;
        break;
      case ETHERTYPE_MPLS:
        while (at2 + MPLS_LABEL_LENGTH < length && (data[at2 + MPLS_BOTTOM_AT] & MPLS_BOTTOM_FLAG) === 0) {
          at2 += MPLS_LABEL_LENGTH;
        }
        return at2 + MPLS_LABEL_LENGTH;
      case ETHERTYPE_PPPOE:
        return at2 + PPPOE_HEADER_LENGTH;
      default:
        return void 0;
    }
  }
  return void 0;
}
function ipLength(data, at2, length, version) {
  if (version === 4 && length - at2 >= IPV4_MIN_HEADER_LENGTH && (data[at2] & 15) >= 5) {
    const total = readBigEndian(data, at2 + IPV4_TOTAL_LENGTH_AT);
    if (total === 0) return length - at2;
    return total >= IPV4_MIN_HEADER_LENGTH ? total : 0;
  }
  if (version === 6 && length - at2 >= IPV6_HEADER_LENGTH) {
    if (!IPV6_NEXT_HEADERS.includes(data[at2 + IPV6_NEXT_HEADER_AT])) return 0;
    return IPV6_HEADER_LENGTH + readBigEndian(data, at2 + IPV6_PAYLOAD_LENGTH_AT);
  }
  return 0;
}
function plausibility(length, wireLength, ipAt) {
  if (wireLength === length) return 4;
  if (wireLength > length) return 2;
  return length - ipAt <= MIN_ETHERNET_PAYLOAD ? 3 : 1;
}
function isAddressFamily(data) {
  const family = data[0] === 0 ? data[3] : data[0];
  const rest = data[0] === 0 ? data[1] | data[2] : data[1] | data[2] | data[3];
  return rest === 0 && (family === 2 || family === 24 || family === 28 || family === 30);
}
function readBigEndian(data, at2) {
  return (data[at2] << 8) | data[at2 + 1];
}

// src/capture/tcpdump-text-reader.ts
var MAX_FOREIGN_BYTES = 1024 * 1024;
var MAX_QUEUED_PACKETS = 256;
var MAX_QUEUED_BYTES = 1024 * 1024;
var OTHER_HEX_DUMP = /^[0-9a-f]{4,8}:? {1,3}(?:[0-9a-f]{2} ?){8}/i;
var LINK_TYPE_BANNER = /link-type (\w{1,40})/;
var BANNER = /^(?:tcpdump: )?(?:listening on|reading from file) /;
var TcpdumpTextReader = class {
  finished = false;
  handler;
  path;
  notes;
  lines;
  clock = new TcpdumpClock();
  linkTypes = /* @__PURE__ */ new Set();
  styles = /* @__PURE__ */ new Set();
  digits;
  bytesSeen = 0;
  packets = 0;
  sawOtherHexDump = false;
  /** A header line whose dump has not come yet. */
  waiting;
  /** The dump being read, and the header line above it. */
  isInDump = false;
  dumpHeader;
  dump = new Uint8Array(2048);
  dumpLength = 0;
  dumpIsCut = false;
  /** For a dump without an IP header, such as ARP's: what the one before was, or tcpdump's banner. */
  likelyLinkType = LINKTYPE_RAW;
  dumps = 0;
  packetsWithoutDump = 0;
  packetsWithoutTime = 0;
  /** Packets whose times may turn out to be deltas; undefined once that is settled. */
  queue = [];
  queuedBytes = 0;
  constructor(handler, path) {
    this.handler = handler;
    this.path = path;
    this.notes = new BoundedNotes(handler);
    this.lines = new TextLines((line) => {
      this.line(line);
    });
  }
  get facts() {
    const digits = this.digits ?? 6;
    return {
      format: 'tcpdump-text',
      linkTypes: [...this.linkTypes],
      timestampResolution: digits === 0 ? 's' : digits <= 3 ? 'ms' : digits <= 6 ? 'us' : 'ns',
    };
  }
  write(chunk) {
    this.lines.write(chunk);
    this.bytesSeen += chunk.length;
    const nothingYet = this.dumps === 0 && !this.isInDump && this.styles.size === 0;
    if (this.bytesSeen > MAX_FOREIGN_BYTES && nothingYet) {
      throw this.nothingFound();
    }
  }
  end() {
    this.lines.end();
    this.finishDump();
    this.giveUpWaiting();
    if (this.dumps === 0) throw this.nothingFound();
    this.releaseQueue(false);
    this.noteWhatIsMissing();
    this.notes.flush();
  }
  line(line) {
    const hex = parseHexLine(line);
    if (hex !== void 0) {
      this.hexLine(hex.offset, hex.bytes);
      return;
    }
    if (line === '') return;
    const header = parseHeaderLine(line);
    if (header !== void 0) this.headerLine(header);
    else if (BANNER.test(line)) {
      const name = LINK_TYPE_BANNER.exec(line)?.[1];
      this.likelyLinkType = (name === void 0 ? void 0 : linkTypeFromName(name)) ?? this.likelyLinkType;
    } else if (!this.sawOtherHexDump) this.sawOtherHexDump = OTHER_HEX_DUMP.test(line);
  }
  headerLine(header) {
    if (header.style === 'none' && this.styles.size > 0 && !this.styles.has('none')) return;
    if (!header.isCertain) {
      if (this.waiting?.isCertain !== true) this.waiting = header;
      return;
    }
    this.finishDump();
    this.giveUpWaiting();
    this.waiting = header;
    this.styles.add(header.style);
  }
  hexLine(offset, bytes2) {
    if (offset === 0) {
      this.finishDump();
      this.isInDump = true;
      this.dumpHeader = this.waiting;
      this.waiting = void 0;
      this.dumpLength = 0;
      this.dumpIsCut = false;
      if (this.dumpHeader !== void 0) this.styles.add(this.dumpHeader.style);
    }
    if (!this.isInDump || this.dumpIsCut) return;
    if (offset !== this.dumpLength || offset + BYTES_PER_HEX_LINE > DEFAULT_MAX_CAPTURED) {
      this.dumpIsCut = true;
      return;
    }
    const length = offset + bytes2.length;
    if (length > this.dump.length) {
      const larger = new Uint8Array(this.dump.length * 2);
      larger.set(this.dump);
      this.dump = larger;
    }
    this.dump.set(bytes2, offset);
    this.dumpLength = length;
  }
  finishDump() {
    if (!this.isInDump) return;
    this.isInDump = false;
    this.dumps++;
    this.packet(this.dumpHeader, this.dump.subarray(0, this.dumpLength), this.dumpIsCut);
  }
  /** Another packet's line comes, or the end: this one had no hex dump. It keeps its number all the same. */
  giveUpWaiting() {
    if (this.waiting?.isCertain === true) {
      this.packetsWithoutDump++;
      this.packet(this.waiting, new Uint8Array(0), false);
    }
    this.waiting = void 0;
  }
  packet(header, data, isCut) {
    this.packets++;
    if (isCut) {
      this.notes.add(
        'lost-lines',
        `lines of the hex dump of packet ${this.packets} are missing: what follows the gap was left out`,
      );
    }
    if (header !== void 0) this.digits = Math.max(this.digits ?? 0, header.digits);
    if (header === void 0 || header.style === 'none') this.packetsWithoutTime++;
    const { queue } = this;
    if (queue === void 0 || (queue.length === 0 && (header === void 0 || !mayBeDeltas(header)))) {
      this.queue = void 0;
      this.deliver(header, data);
      return;
    }
    const before = queue.at(-1)?.header;
    queue.push({ header, data: data.slice() });
    this.queuedBytes += data.length;
    if (header !== void 0 && before !== void 0 && isEarlier(header, before)) this.releaseQueue(true);
    else if (queue.length >= MAX_QUEUED_PACKETS || this.queuedBytes >= MAX_QUEUED_BYTES) {
      this.releaseQueue(false);
    }
  }
  releaseQueue(areDeltas) {
    const { queue } = this;
    if (queue === void 0) return;
    this.queue = void 0;
    this.clock.accumulates = areDeltas;
    for (const { header, data } of queue) this.deliver(header, data);
  }
  deliver(header, data) {
    if (header !== void 0) this.clock.advance(header);
    const start = findDumpStart(data, data.length, header?.ipVersion ?? 0);
    const linkType = start?.linkType ?? this.likelyLinkType;
    if (start !== void 0) this.likelyLinkType = linkType;
    if (data.length > 0) this.linkTypes.add(linkType);
    let originalLength = Math.max(data.length, start?.wireLength ?? 0);
    if (linkType !== LINKTYPE_RAW) originalLength = Math.max(originalLength, header?.frameLength ?? 0);
    const { seconds: seconds2, nanoseconds } = this.clock;
    this.handler.packet(data, 0, data.length, originalLength, seconds2, nanoseconds, linkType);
  }
  noteWhatIsMissing() {
    if (this.packetsWithoutDump > 0) {
      this.notes.add(
        'no-packet-bytes',
        `${this.packetsWithoutDump} of ${this.packets} packets are printed without their bytes: print again with tcpdump -X, or give the capture itself`,
      );
    }
    if (this.packetsWithoutTime > 0) {
      this.notes.add(
        'no-timestamp',
        `${this.packetsWithoutTime} of ${this.packets} packets are printed without a time (tcpdump -t) and were given that of the packet before`,
      );
    }
    if (this.clock.accumulates) {
      this.notes.add(
        'relative-time',
        'times are printed relative to the packet before (tcpdump -ttt): they were added up from 1970-01-01T00:00:00Z',
      );
    } else if (this.styles.has('clock')) {
      this.notes.add(
        'no-date',
        'times are printed without a date: they count from 1970-01-01, in the time zone of whoever printed them',
      );
    }
    if (this.styles.has('date')) {
      this.notes.add(
        'local-time',
        'times are printed in the time zone of whoever printed them (tcpdump -tttt): they were taken for UTC',
      );
    }
  }
  nothingFound() {
    if (this.styles.size > 0) {
      return new CaptureError(
        this.path,
        'is tcpdump output without the packets\u2019 bytes: print again with `tcpdump -X -r dump.pcap`, or give the capture itself',
      );
    }
    if (this.sawOtherHexDump) {
      return new CaptureError(
        this.path,
        'is a hex dump, but not of tcpdump: convert it with `text2pcap` to a capture',
      );
    }
    return new CaptureError(
      this.path,
      'is text, but not what tcpdump prints with -X: give a capture (`tcpdump -w dump.pcap`) or its printout (`tcpdump -X -r dump.pcap`)',
    );
  }
};

// src/capture/detecting-reader.ts
var DetectingReader = class {
  handler;
  path;
  /** Where given, it reads everything, or refuses it. */
  onlyReader;
  prefix = new PendingBytes();
  reader;
  constructor(handler, path, onlyReader) {
    this.handler = handler;
    this.path = path;
    this.onlyReader = onlyReader;
  }
  get finished() {
    return this.reader?.finished ?? false;
  }
  get facts() {
    return this.reader?.facts ?? { format: 'pcap', linkTypes: [], timestampResolution: 'us' };
  }
  write(chunk) {
    if (this.reader !== void 0) {
      this.reader.write(chunk);
      return;
    }
    const taken = this.prefix.fill(chunk, 0, RECOGNISE_LENGTH);
    this.reader = this.choose(this.prefix.length === RECOGNISE_LENGTH);
    if (this.reader === void 0) return;
    this.reader.write(this.prefix.bytes.subarray(0, this.prefix.length));
    if (taken < chunk.length) this.reader.write(chunk.subarray(taken));
  }
  end() {
    if (this.reader === void 0) {
      if (this.prefix.length === 0) {
        throw new CaptureError(
          this.path,
          this.path === '-'
            ? 'is empty: the command in front of the pipe wrote nothing; its own message says why'
            : 'is empty (0 bytes): did tcpdump write to it yet? It writes each packet at once with -U',
          void 0,
          true,
        );
      }
      this.reader = this.choose(true);
      this.reader?.write(this.prefix.bytes.subarray(0, this.prefix.length));
    }
    this.reader?.end();
  }
  choose(isComplete) {
    const { prefix, path, handler } = this;
    const recognised = recognise(prefix.bytes.subarray(0, prefix.length), path, isComplete);
    if (recognised === void 0) return void 0;
    switch (recognised.kind) {
      case 'other':
        throw new CaptureError(path, recognised.message, 0);
      case 'gzip':
        throw new CaptureError(path, 'is gzip in gzip: run `gzip -dc` on it and analyze what comes out', 0);
      case 'pcap':
        return new (this.onlyReader ?? PcapReader)(handler, path);
      case 'pcapng':
      case 'text':
        break;
    }
    if (this.onlyReader !== void 0) {
      const what = recognised.kind === 'pcapng' ? 'is pcapng' : 'is text';
      throw new CaptureError(path, `${what}, and pcap-parser reads classic pcap only: leave out --reader`, 0);
    }
    return recognised.kind === 'pcapng'
      ? new PcapngReader(handler, path)
      : new TcpdumpTextReader(handler, path);
  }
};

// src/capture/file-chunks.ts
import { constants, openSync } from 'node:fs';
import { open, stat as stat2 } from 'node:fs/promises';
var CHUNK_LENGTH2 = 2 * 1024 * 1024;
async function* readChunks(path) {
  try {
    yield* path === '-' ? standardInputChunks(path) : fileChunks(path);
  } catch (error) {
    throw asCaptureError(error, path);
  }
}
async function* fileChunks(path) {
  if ((await stat2(path)).isFIFO()) {
    yield* fifoChunks(path);
    return;
  }
  const file = await open(path, 'r');
  let pending;
  try {
    const facts = await file.stat();
    if (facts.isDirectory()) {
      throw new CaptureError(
        path,
        'is a directory: name the captures in it, as in `wscap analyze dir/*.pcap`',
      );
    }
    const totalBytes = facts.isFile() ? facts.size : void 0;
    let current = new Uint8Array(CHUNK_LENGTH2);
    let other = new Uint8Array(CHUNK_LENGTH2);
    pending = readInto(file, current);
    for (;;) {
      const length = await pending;
      if (length === 0) return;
      pending = readInto(file, other);
      pending.catch(ignore);
      yield { bytes: current.subarray(0, length), totalBytes };
      [current, other] = [other, current];
    }
  } finally {
    await pending?.catch(ignore);
    await file.close();
  }
}
async function* fifoChunks(path) {
  const { Socket } = await import('node:net');
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const socket = new Socket({ fd, readable: true, writable: false });
  try {
    for await (const chunk of socket) yield asChunk(chunk);
  } finally {
    socket.destroy();
  }
}
function asChunk(chunk) {
  return { bytes: new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length), totalBytes: void 0 };
}
async function readInto(file, buffer) {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
  return bytesRead;
}
async function* standardInputChunks(path) {
  if (process.stdin.isTTY) {
    throw new CaptureError(
      path,
      'is a terminal: pipe a capture into it, as in `tcpdump -w - port 80 | wscap analyze -`',
    );
  }
  for await (const chunk of process.stdin) yield asChunk(chunk);
}
function ignore() {}
var REASONS = /* @__PURE__ */ new Map([
  ['ENOENT', 'no such file'],
  ['ENOTDIR', 'no such file: a part of the path is not a directory'],
  ['EISDIR', 'is a directory: name the captures in it, as in `wscap analyze dir/*.pcap`'],
  [
    'EACCES',
    'no permission to read it: a capture made with sudo belongs to root, so run `sudo chmod a+r` on it',
  ],
  ['EPERM', 'no permission to read it'],
  ['ELOOP', 'is a symbolic link to itself'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['EMFILE', 'too many files are open: raise `ulimit -n`'],
  ['EIO', 'the disk or the network it is on reports a read error: copy the file elsewhere and try again'],
]);
function asCaptureError(error, path) {
  if (!(error instanceof Error) || error instanceof CaptureError) return error;
  const { code } = error;
  if (code === 'ERR_INVALID_ARG_VALUE') return new CaptureError(path, 'the name holds a zero byte');
  if (typeof code !== 'string' || !('syscall' in error)) return error;
  return new CaptureError(path, REASONS.get(code) ?? `can't be read (${code})`);
}

// src/capture/gzip-input.ts
var OUTPUT_LENGTH = 256 * 1024;
var MIN_PIECE_LENGTH = 32;
var MAX_PIECE_LENGTH = 256 * 1024;
var PIECE_FRACTION = 32;
var TRUNCATED_CODE = 'Z_BUF_ERROR';
function isGzip(prefix) {
  return prefix[0] === 31 && prefix[1] === 139;
}
var GzipInput = class {
  /** No more will come out: the data are damaged, or the reader has had enough. */
  finished = false;
  bytesOut = 0;
  reader;
  handler;
  gunzip;
  bytesIn = 0;
  onError;
  /** What the reader or the handler threw: it must not go through zlib's callbacks. */
  thrown;
  constructor(reader, handler) {
    this.reader = reader;
    this.handler = handler;
    this.gunzip = process.getBuiltinModule('node:zlib').createGunzip({ chunkSize: OUTPUT_LENGTH });
    this.gunzip.on('data', (unpacked) => {
      this.push(unpacked);
    });
    this.gunzip.on('error', (error) => {
      this.onError?.(error);
    });
  }
  /** Resolves when all that the chunk holds has reached the reader. */
  async write(chunk) {
    let at2 = 0;
    while (at2 < chunk.length && !this.finished && !this.reader.finished) {
      const wanted = Math.ceil(this.bytesIn / PIECE_FRACTION);
      const length = Math.min(Math.max(wanted, MIN_PIECE_LENGTH), MAX_PIECE_LENGTH, chunk.length - at2);
      const piece = chunk.subarray(at2, at2 + length);
      await this.step((done) => this.gunzip.write(piece, done));
      at2 += length;
      this.bytesIn += length;
    }
  }
  /** The compressed data have ended. */
  async end() {
    if (this.finished || this.reader.finished) return;
    await this.step((done) => {
      this.gunzip.once('end', done);
      this.gunzip.end(() => {
        if (this.gunzip.readableEnded) done();
      });
    });
  }
  close() {
    this.gunzip.destroy();
  }
  /** One call into zlib: done when it says so, or by the error event, after which zlib says nothing more. */
  async step(start) {
    const error = await new Promise((resolve) => {
      this.onError = resolve;
      start(() => {
        resolve(void 0);
      });
    });
    if (this.thrown !== void 0) throw this.thrown.error;
    if (error !== void 0) this.noteDamage(error);
  }
  noteDamage(error) {
    this.finished = true;
    const upTo = `after ${this.bytesOut} unpacked bytes`;
    this.handler.note(
      error.code === TRUNCATED_CODE
        ? {
            code: 'truncated-file',
            message: `the gzip data end too early, ${upTo}: the file was cut or is still being written`,
          }
        : {
            code: 'corrupt-gzip',
            message: `the gzip data are damaged (${error.message}) ${upTo}, near byte ${this.bytesIn} of the file: what came before was read`,
          },
    );
  }
  push(unpacked) {
    if (this.thrown !== void 0 || this.reader.finished) return;
    this.bytesOut += unpacked.length;
    try {
      this.reader.write(new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length));
    } catch (error) {
      this.thrown = { error };
    }
  }
};

// src/capture/pcap-parser-reader.ts
import { EventEmitter } from 'node:events';

// src/capture/pcap-record-gate.ts
var FILE_HEADER_LENGTH = 24;
var SNAPLEN_AT3 = 16;
var RECORD_HEADER_LENGTH2 = 16;
var CAPTURED_LENGTH_AT3 = 8;
var PcapRecordGate = class {
  problem;
  held = Buffer.alloc(0);
  pieces = [];
  heldLength = 0;
  /** Not looked at again before this many bytes are held: many small chunks stay linear. */
  wanted = FILE_HEADER_LENGTH;
  isLittleEndian = true;
  maxCaptured = 0;
  records = 0;
  position = 0;
  /** Copies the chunk; returns the whole records (and the file header) that are now there. */
  pass(chunk) {
    if (this.problem !== void 0) return void 0;
    this.pieces.push(Buffer.from(chunk));
    this.heldLength += chunk.length;
    if (this.heldLength < this.wanted) return void 0;
    this.held = Buffer.concat([this.held, ...this.pieces]);
    this.pieces = [];
    const whole = this.wholeRecords(this.held);
    const passed = this.held.subarray(0, whole);
    this.held = this.held.subarray(whole);
    this.heldLength = this.held.length;
    this.position += whole;
    return passed.length > 0 ? passed : void 0;
  }
  end() {
    if (this.problem !== void 0 || this.heldLength === 0) return;
    this.problem = {
      code: 'truncated-file',
      message:
        this.position === 0
          ? `the file ends inside its header after ${this.heldLength} bytes`
          : `the file ends inside packet ${this.records + 1} at byte ${this.position}: ${this.wanted - this.heldLength} bytes are missing, and it was left out`,
    };
  }
  /** Bytes of `data` that are whole records; sets `wanted` for the one after them. */
  wholeRecords(data) {
    let at2 = 0;
    if (this.position === 0) {
      this.isLittleEndian = data[0] === 212;
      const snaplen = this.isLittleEndian ? data.readUInt32LE(SNAPLEN_AT3) : data.readUInt32BE(SNAPLEN_AT3);
      this.maxCaptured = Math.min(Math.max(snaplen, DEFAULT_MAX_CAPTURED), ABSOLUTE_MAX_CAPTURED);
      at2 = FILE_HEADER_LENGTH;
    }
    for (;;) {
      this.wanted = RECORD_HEADER_LENGTH2;
      if (data.length - at2 < RECORD_HEADER_LENGTH2) return at2;
      const lengthAt = at2 + CAPTURED_LENGTH_AT3;
      const captured = this.isLittleEndian ? data.readUInt32LE(lengthAt) : data.readUInt32BE(lengthAt);
      if (captured > this.maxCaptured) {
        this.problem = {
          code: 'corrupt-record',
          message: `packet ${this.records + 1} at byte ${this.position + at2} claims ${captured} captured bytes, where at most ${this.maxCaptured} are possible: the file is damaged there and was read no further (pcapfix may find the packets behind it)`,
        };
        return at2;
      }
      this.wanted = RECORD_HEADER_LENGTH2 + captured;
      if (data.length - at2 < this.wanted) return at2;
      at2 += this.wanted;
      this.records++;
    }
  }
};

// src/capture/pcap-parser-reader.ts
var LINK_TYPE_MASK2 = 65535;
var MICROSECONDS_PER_SECOND = 1e6;
var Input = class extends EventEmitter {
  pause() {}
  resume() {}
};
async function loadPcapParserReader() {
  const { parse: parse2 } = await import('pcap-parser');
  return class PcapParserReader {
    handler;
    path;
    gate = new PcapRecordGate();
    input = new Input();
    linkType;
    packets = 0;
    magicIsChecked = false;
    constructor(handler, path) {
      this.handler = handler;
      this.path = path;
      const parser = parse2(this.input);
      parser.on('error', (error) => {
        throw new CaptureError(
          path,
          `can't be read by pcap-parser (${error.message}): leave out --reader`,
          0,
        );
      });
      parser.on('globalHeader', (header) => {
        this.linkType = header.linkLayerType & LINK_TYPE_MASK2;
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
          (header.timestampMicroseconds - carry * MICROSECONDS_PER_SECOND) * 1e3,
          this.linkType ?? 0,
        );
      });
    }
    get finished() {
      return this.gate.problem !== void 0;
    }
    get facts() {
      return {
        format: 'pcap',
        linkTypes: this.linkType === void 0 ? [] : [this.linkType],
        timestampResolution: 'us',
      };
    }
    write(chunk) {
      const records = this.gate.pass(chunk);
      if (records === void 0) return;
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
    end() {
      this.gate.end();
      if (this.linkType === void 0) {
        throw new CaptureError(this.path, 'is cut short: the file ends inside the header of a pcap file');
      }
      if (this.gate.problem !== void 0) this.handler.note(this.gate.problem);
      else if (this.packets === 0) this.handler.note(NO_PACKETS);
    }
  };
}

// src/capture/source.ts
var GZIP_MAGIC_LENGTH = 2;
async function readCapture(path, handler, options = {}) {
  const { onProgress, signal } = options;
  const onlyReader = options.reader === 'pcap-parser' ? await loadPcapParserReader() : void 0;
  const reader = new DetectingReader(handler, path, onlyReader);
  let gzip;
  let magic = new Uint8Array(0);
  let bytesRead = 0;
  const chunks = untilStopped(readChunks(path), options.stop);
  try {
    for await (const { bytes: bytes2, totalBytes } of chunks) {
      signal?.throwIfAborted();
      let chunk = bytes2;
      bytesRead += bytes2.length;
      if (magic !== void 0) {
        chunk = Buffer.concat([magic, bytes2]);
        if (chunk.length < GZIP_MAGIC_LENGTH) {
          magic = chunk;
          continue;
        }
        if (isGzip(chunk)) gzip = new GzipInput(reader, handler);
        chunk = magic.length === 0 ? bytes2 : Uint8Array.from(chunk);
        magic = void 0;
      }
      if (gzip === void 0) reader.write(chunk);
      else await gzip.write(chunk);
      onProgress?.(bytesRead, totalBytes);
      if (reader.finished || gzip?.finished === true) break;
    }
    if (options.stop?.aborted === true && !reader.finished) {
      handler.note({
        code: 'interrupted',
        message: `reading was interrupted after ${bytesRead} bytes: what follows them is not in this report`,
      });
      return { path, facts: reader.facts, compression: gzip === void 0 ? null : 'gzip' };
    }
    if (magic?.length === 1) reader.write(magic);
    await gzip?.end();
  } finally {
    gzip?.close();
  }
  if (gzip?.bytesOut === 0) {
    throw new CaptureError(path, 'is gzip, but nothing could be unpacked from it: copy the file again');
  }
  reader.end();
  return { path, facts: reader.facts, compression: gzip === void 0 ? null : 'gzip' };
}
async function* untilStopped(chunks, stop) {
  if (stop === void 0) {
    yield* chunks;
    return;
  }
  let onAbort;
  const stopped = new Promise((resolve) => {
    onAbort = () => {
      resolve(null);
    };
    stop.addEventListener('abort', onAbort);
  });
  try {
    while (!stop.aborted) {
      const next = await Promise.race([chunks.next(), stopped]);
      if (next === null || next.done === true) return;
      yield next.value;
    }
  } finally {
    if (onAbort !== void 0) stop.removeEventListener('abort', onAbort);
    const closed2 = chunks.return(void 0);
    if (stop.aborted) closed2.catch(() => void 0);
    else await closed2;
  }
}

// src/direction.ts
function otherOf(direction) {
  return direction === 0 ? 1 : 0;
}

// src/http/head.ts
function headerValues(head, name) {
  const { names, headers: headers2 } = head;
  const values = [];
  for (let index = 0; index < names.length; index++) {
    if (names[index] === name) values.push(headers2[index].value);
  }
  return values;
}
function headerValue(head, name) {
  const { names, headers: headers2 } = head;
  let value = null;
  for (let index = 0; index < names.length; index++) {
    if (names[index] !== name) continue;
    const { value: more } = headers2[index];
    value = value === null ? more : `${value}, ${more}`;
  }
  return value;
}
function headerTokens(head, name) {
  const tokens = [];
  const { names, headers: headers2 } = head;
  for (let index = 0; index < names.length; index++) {
    if (names[index] === name) addTokens(headers2[index].value, tokens);
  }
  return tokens;
}
function addTokens(value, tokens) {
  for (let start = 0; start <= value.length;) {
    const comma = value.indexOf(',', start);
    const end = comma < 0 ? value.length : comma;
    const token = trimmed(value, start, end).toLowerCase();
    if (token !== '') tokens.push(token);
    start = end + 1;
  }
}
function isUpgradeRequest({ isUpgrade }) {
  return isUpgrade;
}
function asksForUpgrade(head) {
  return head.names.includes('sec-websocket-key') || headerTokens(head, 'upgrade').includes('websocket');
}
var REQUEST_LINE = /^(\S+) +(\S(?:.*\S)?) +HTTP\/(\d\.\d)$/;
var STATUS_LINE = /^HTTP\/(\d\.\d) +(\d{3})(?: +(.*))?$/;
var CUT_REQUEST_LINE = /^([A-Za-z]+) +(\S+)/;
var CUT_STATUS_LINE = /^HTTP\/(\d\.\d) +(\d{3})/;
function parseHead(text2, isCut) {
  const startLineEnd = text2.indexOf('\n');
  const hasWholeStartLine = startLineEnd >= 0;
  const startLine = (hasWholeStartLine ? text2.slice(0, startLineEnd) : text2).trimEnd();
  const lines = [];
  const namesOfLines = [];
  if (hasWholeStartLine) parseHeaderLines(text2, startLineEnd + 1, isCut, lines, namesOfLines);
  const headers2 = lines.slice();
  const names = namesOfLines.slice();
  const status = startLine.startsWith('HTTP/')
    ? (hasWholeStartLine ? STATUS_LINE : CUT_STATUS_LINE).exec(startLine)
    : null;
  if (status) {
    const [, version = '', code = '', reason = ''] = status;
    return { kind: 'response', version, status: Number(code), reason, headers: headers2, names, isCut };
  }
  const request = REQUEST_LINE.exec(startLine);
  if (request) {
    const [, method = '', target2 = '', version = ''] = request;
    return requestHead(method, target2, { version, headers: headers2, names, isCut });
  }
  const cutRequest = hasWholeStartLine ? null : CUT_REQUEST_LINE.exec(startLine);
  if (cutRequest) {
    const [, method = '', target2 = ''] = cutRequest;
    return requestHead(method, target2, { version: '', headers: headers2, names, isCut });
  }
  return null;
}
function requestHead(method, target2, base) {
  return { kind: 'request', method, target: target2, isUpgrade: asksForUpgrade(base), ...base };
}
var knownNames = /* @__PURE__ */ new Map();
var MAX_NAMES = 1024;
var MAX_LINES_OF_NAME = 16;
var MAX_SHARED_LENGTH = 256;
function nameOf(text2) {
  const known = knownNames.get(text2);
  if (known !== void 0) return known;
  if (knownNames.size >= MAX_NAMES || text2.length > MAX_SHARED_LENGTH) {
    return { wire: text2, lower: text2.toLowerCase(), lines: null };
  }
  const wire = copyOf(text2);
  const name = { wire, lower: wire.toLowerCase(), lines: /* @__PURE__ */ new Map() };
  knownNames.set(wire, name);
  return name;
}
function lineOf(name, value) {
  const { wire, lines } = name;
  if (lines === null) return { name: wire, value };
  const known = lines.get(value);
  if (known !== void 0) return known;
  if (lines.size >= MAX_LINES_OF_NAME || value.length > MAX_SHARED_LENGTH) {
    name.lines = null;
    return { name: wire, value };
  }
  const line = { name: wire, value: copyOf(value) };
  lines.set(line.value, line);
  return line;
}
function copyOf(text2) {
  return Buffer.from(text2, 'latin1').toString('latin1');
}
function parseHeaderLines(text2, start, isCut, fields, names) {
  let folded = null;
  let at2 = start;
  while (at2 < text2.length) {
    const lineFeed = text2.indexOf('\n', at2);
    if (lineFeed < 0 && isCut) break;
    const end = lineFeed < 0 ? text2.length : lineFeed;
    const first = text2.charCodeAt(at2);
    const last = fields.at(-1);
    if ((first === SPACE || first === TAB) && last !== void 0) {
      fields[fields.length - 1] = { name: last.name, value: `${last.value} ${trimmed(text2, at2, end)}` };
      folded = (folded ?? /* @__PURE__ */ new Set()).add(fields.length - 1);
    } else {
      const colon = text2.indexOf(':', at2);
      if (colon >= 0 && colon < end) {
        const name = trimmed(text2, at2, colon);
        if (name !== '') {
          const known = nameOf(name);
          fields.push(lineOf(known, trimmed(text2, colon + 1, end)));
          names.push(known.lower);
        }
      }
    }
    at2 = end + 1;
  }
  for (const index of folded ?? []) {
    const { name, value } = fields[index];
    fields[index] = { name, value: value.trim() };
  }
}
var SPACE = 32;
var TAB = 9;
function trimmed(text2, start, end) {
  let from = start;
  let to = end;
  while (from < to && isSpace(text2.charCodeAt(from))) from++;
  while (to > from && isSpace(text2.charCodeAt(to - 1))) to--;
  return text2.slice(from, to);
}
function isSpace(code) {
  return code === SPACE || (code >= TAB && code <= 13) || code === 160;
}
var NO_BODY = { kind: 'none' };
function bodyFraming(head, requestMethod) {
  if (head.kind === 'response') {
    const { status } = head;
    if (status < 200 || status === 204 || status === 304 || requestMethod === 'HEAD') return NO_BODY;
  }
  const { names } = head;
  if (names.includes('transfer-encoding') && headerTokens(head, 'transfer-encoding').at(-1) === 'chunked') {
    return { kind: 'chunked' };
  }
  const length = names.includes('content-length') ? headerTokens(head, 'content-length')[0] : void 0;
  if (length !== void 0 && /^\d{1,15}$/.test(length)) {
    return Number(length) === 0 ? NO_BODY : { kind: 'length', length: Number(length) };
  }
  return head.kind === 'request' ? NO_BODY : { kind: 'until-close' };
}

// src/http/http-budget.ts
var MAX_TOTAL_BYTES = 64 * 1024 * 1024;
var HttpBudget = class {
  #bytes = 0;
  #maxBytes;
  constructor(maxBytes = MAX_TOTAL_BYTES) {
    this.#maxBytes = maxBytes;
  }
  /** false where there is no room for so much more; nothing is then taken. */
  take(bytes2) {
    if (this.#bytes + bytes2 > this.#maxBytes) return false;
    this.#bytes += bytes2;
    return true;
  }
  release(bytes2) {
    this.#bytes -= bytes2;
  }
};

// src/http/head-buffer.ts
var MAX_HEAD_BYTES = 64 * 1024;
var MAX_HEAD_LINES = 1024;
var INITIAL_BYTES = 1024;
var LF = 10;
var CR = 13;
function findHeadEnd(bytes2, start, end) {
  const limit = Math.min(end, start + MAX_HEAD_BYTES);
  let lines = 0;
  for (let at2 = start; at2 < limit; at2++) {
    if (bytes2[at2] !== LF) continue;
    if (++lines > MAX_HEAD_LINES) return -1;
    if (at2 + 1 < limit && bytes2[at2 + 1] === LF) return at2 + 2;
    if (at2 + 2 < limit && bytes2[at2 + 1] === CR && bytes2[at2 + 2] === LF) return at2 + 3;
  }
  return -1;
}
function latin1(bytes2, start, end) {
  return Buffer.from(bytes2.buffer, bytes2.byteOffset + start, end - start).toString('latin1');
}
var NOTHING = new Uint8Array(0);
var HeadBuffer = class {
  #bytes = NOTHING;
  #length = 0;
  #lineCount = 0;
  /** Index of the current line's first byte. */
  #lineStart = 0;
  #isComplete = false;
  #budget;
  #isOverBudget = false;
  constructor(budget = new HttpBudget()) {
    this.#budget = budget;
  }
  get bytes() {
    return this.#bytes;
  }
  get length() {
    return this.#length;
  }
  /** Complete lines so far. */
  get lineCount() {
    return this.#lineCount;
  }
  /** The empty line has come. */
  get isComplete() {
    return this.#isComplete;
  }
  /** Too long, by itself or together with all others. */
  get isFull() {
    return this.#length > MAX_HEAD_BYTES || this.#lineCount > MAX_HEAD_LINES || this.#isOverBudget;
  }
  /** Nothing of the next line has come yet. */
  get isAtLineStart() {
    return this.#length === this.#lineStart;
  }
  /** Takes bytes up to the end of a line, or all; returns the index after them. */
  appendLine(bytes2, start, end) {
    const limit = Math.min(end, start + MAX_HEAD_BYTES + 1 - this.#length);
    let at2 = start;
    while (at2 < limit && bytes2[at2] !== LF) at2++;
    const isLineEnd = at2 < limit;
    if (isLineEnd) at2++;
    if (!this.#reserve(this.#length + at2 - start)) return at2;
    this.#bytes.set(bytes2.subarray(start, at2), this.#length);
    this.#length += at2 - start;
    if (isLineEnd) this.#endLine();
    return at2;
  }
  /** The head as Latin-1, its empty line included; the buffer is then empty. */
  takeText() {
    const text2 = latin1(this.#bytes, 0, this.#length);
    this.clear();
    return text2;
  }
  clear() {
    this.#budget.release(this.#bytes.length);
    this.#bytes = NOTHING;
    this.#length = 0;
    this.#lineCount = 0;
    this.#lineStart = 0;
    this.#isComplete = false;
    this.#isOverBudget = false;
  }
  #endLine() {
    const lineLength = this.#length - 1 - this.#lineStart;
    const isEmpty = lineLength === 0 || (lineLength === 1 && this.#bytes[this.#lineStart] === CR);
    if (isEmpty && this.#lineCount > 0) this.#isComplete = true;
    this.#lineCount++;
    this.#lineStart = this.#length;
  }
  /** false where all heads together leave no room for it. */
  #reserve(length) {
    const present = this.#bytes.length;
    if (length <= present) return true;
    const wanted = Math.max(INITIAL_BYTES, present * 2, length);
    if (!this.#budget.take(wanted - present)) {
      this.#isOverBudget = true;
      return false;
    }
    const larger = new Uint8Array(wanted);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    return true;
  }
};

// src/http/sniff.ts
var SPACE2 = 32;
var LF2 = 10;
var MAX_METHOD_LENGTH = 24;
var METHODS = ['GET ', 'HEAD ', 'POST ', 'PUT ', 'PATCH ', 'DELETE ', 'OPTIONS ', 'CONNECT '];
var RESPONSE = 'HTTP/1.';
var STATUS_LINE_START = 'HTTP/';
var STATUS_LINE2 = /^HTTP\/\d\.\d +\d{3}/;
var REQUEST_LINE2 = / HTTP\/\d\.\d$/;
var HTTP2_PREFACE = 'PRI * HTTP/2.0';
function looksLikeStart(bytes2, start, end) {
  return (
    startsWith(bytes2, start, end, RESPONSE) ||
    METHODS.some((method) => startsWith(bytes2, start, end, method))
  );
}
function looksLikeTls(bytes2, start, end) {
  if (end - start < 3) return false;
  const type = bytes2[start];
  return type >= 20 && type <= 23 && bytes2[start + 1] === 3 && bytes2[start + 2] <= 4;
}
function isPlausibleStart(bytes2, start, end, hasLine) {
  const length = end - start;
  if (length === 0) return null;
  if (bytes2[start] === 22) return length < 3 ? null : looksLikeTls(bytes2, start, end) ? 'tls' : 'other';
  if (startsWith(bytes2, start, end, HTTP2_PREFACE)) return 'http2';
  const isResponse = startsWith(bytes2, start, end, STATUS_LINE_START.slice(0, length));
  if (!isResponse && !beginsWithMethod(bytes2, start, end)) return 'other';
  if (!hasLine) return null;
  const line = latin1(bytes2, start, bytes2.indexOf(LF2, start)).trimEnd();
  return (isResponse ? STATUS_LINE2 : REQUEST_LINE2).test(line) ? null : 'other';
}
function beginsWithMethod(bytes2, start, end) {
  for (let i = 0; start + i < end; i++) {
    const byte = bytes2[start + i];
    if (byte === SPACE2) return i > 0;
    const isLetter = (byte | 32) >= 97 && (byte | 32) <= 122;
    if (i >= MAX_METHOD_LENGTH || !(isLetter || byte === 45 || byte === 95)) return false;
  }
  return true;
}
function startsWith(bytes2, start, end, text2) {
  if (end - start < text2.length) return false;
  for (let i = 0; i < text2.length; i++) {
    if (bytes2[start + i] !== text2.charCodeAt(i)) return false;
  }
  return true;
}

// src/http/held-bytes.ts
var MAX_HELD_BYTES = 256 * 1024;
var MAX_HELD_PIECES = 4096;
var NOTHING2 = new Uint8Array(0);
var HeldBytes = class {
  #pieces = [];
  #byteCount = 0;
  #budget;
  constructor(budget = new HttpBudget()) {
    this.#budget = budget;
  }
  add(bytes2, start, end, packet, seconds2, nanoseconds) {
    const length = end - start;
    const isFull = this.#byteCount + length > MAX_HELD_BYTES || this.#pieces.length >= MAX_HELD_PIECES;
    if (isFull || !this.#budget.take(length)) {
      this.addGap(length, packet, seconds2, nanoseconds);
      return;
    }
    this.#byteCount += length;
    this.#pieces.push({ bytes: bytes2.slice(start, end), gap: 0, packet, seconds: seconds2, nanoseconds });
  }
  addGap(length, packet, seconds2, nanoseconds) {
    const last = this.#pieces.at(-1);
    if (last !== void 0 && last.gap > 0) last.gap += length;
    else this.#pieces.push({ bytes: NOTHING2, gap: length, packet, seconds: seconds2, nanoseconds });
  }
  /** What is held begins like the head of a message. */
  get beginsWithHead() {
    const bytes2 = this.#pieces[0]?.bytes;
    return bytes2 !== void 0 && looksLikeStart(bytes2, 0, bytes2.length);
  }
  /** All pieces in order; nothing is held afterwards. */
  take() {
    const pieces = this.#pieces;
    this.#budget.release(this.#byteCount);
    this.#pieces = [];
    this.#byteCount = 0;
    return pieces;
  }
};

// src/http/chunked-body.ts
var LF3 = 10;
var CR2 = 13;
var MAX_SIZE_DIGITS = 13;
var ChunkedBody = class {
  #state = 'size';
  #size = 0;
  #digits = 0;
  /** Bytes of the current trailer line. */
  #lineLength = 0;
  get isDone() {
    return this.#state === 'done';
  }
  get isBroken() {
    return this.#state === 'broken';
  }
  reset() {
    this.#state = 'size';
    this.#size = 0;
    this.#digits = 0;
    this.#lineLength = 0;
  }
  /** Returns the index after the last byte that belongs to the body. */
  push(bytes2, start, end) {
    let at2 = start;
    while (at2 < end && this.#state !== 'done' && this.#state !== 'broken') {
      if (this.#state === 'data') {
        const taken = Math.min(this.#size, end - at2);
        this.#size -= taken;
        at2 += taken;
        if (this.#size === 0) this.#state = 'data-end';
      } else {
        this.#take(bytes2[at2++]);
      }
    }
    return at2;
  }
  /** Bytes are missing: true where they all lie in the current chunk's data. */
  skip(length) {
    if (this.#state !== 'data' || length > this.#size) return false;
    this.#size -= length;
    if (this.#size === 0) this.#state = 'data-end';
    return true;
  }
  #take(byte) {
    switch (this.#state) {
      case 'size': {
        const digit = hexDigit(byte);
        if (digit >= 0 && this.#digits < MAX_SIZE_DIGITS) {
          this.#size = this.#size * 16 + digit;
          this.#digits++;
        } else if (this.#digits === 0 || digit >= 0) this.#state = 'broken';
        else if (byte === LF3) this.#endOfSize();
        else this.#state = 'extension';
        break;
      }
      case 'extension':
        if (byte === LF3) this.#endOfSize();
        break;
      case 'data-end':
        if (byte === LF3) {
          this.#state = 'size';
          this.#size = 0;
          this.#digits = 0;
        } else if (byte !== CR2) this.#state = 'broken';
        break;
      case 'trailer':
        if (byte === LF3) {
          if (this.#lineLength === 0) this.#state = 'done';
          this.#lineLength = 0;
        } else if (byte !== CR2) this.#lineLength++;
        break;
      case 'data':
      case 'done':
      case 'broken':
        break;
    }
  }
  #endOfSize() {
    this.#state = this.#size === 0 ? 'trailer' : 'data';
    this.#lineLength = 0;
  }
};
function hexDigit(byte) {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

// src/ip-address.ts
function formatIPv4(address) {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
function formatIPv6(words2, at2 = 0) {
  const groups = [];
  for (let word = 0; word < 4; word++) {
    const bits = words2[at2 + word];
    groups.push(bits >>> 16, bits & 65535);
  }
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 65535) {
    return `::ffff:${formatIPv4(words2[at2 + 3])}`;
  }
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > runLength) {
      runStart = i;
      runLength = length;
    }
    i += length;
  }
  const hex = groups.map((group) => group.toString(16));
  if (runStart < 0) return hex.join(':');
  return `${hex.slice(0, runStart).join(':')}::${hex.slice(runStart + runLength).join(':')}`;
}

// src/http/proxy-header.ts
var V1_PREFIX = 'PROXY ';
var V1_MAX_LENGTH = 107;
var V2_SIGNATURE = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];
var V2_HEADER = 16;
var V2_FAMILY = 13;
var V2_LENGTH = 14;
var V2_PROXY_COMMAND = 33;
var V2_TCP4 = 17;
var V2_TCP6 = 33;
var V2_MAX_KEPT = V2_HEADER + 36;
function mayBeginProxyHeader(first) {
  return first === V1_PREFIX.charCodeAt(0) || first === V2_SIGNATURE[0];
}
var ProxyHeaderParser = class {
  #kept = [];
  /** Bytes of the version 2 header still to come, once its length is known. */
  #remaining = -1;
  /** After a result without header: the bytes of earlier pushes that it had held back. */
  get replay() {
    return Uint8Array.from(this.#kept);
  }
  push(bytes2, start, end) {
    const keptBefore = this.#kept.length;
    for (let at2 = start; at2 < end; at2++) {
      const byte = bytes2[at2];
      if (this.#remaining > 0) {
        if (this.#kept.length < V2_MAX_KEPT) this.#kept.push(byte);
        if (--this.#remaining === 0) return { header: this.#parseV2(), consumed: at2 + 1 - start };
        continue;
      }
      this.#kept.push(byte);
      const state = this.#examine();
      if (state === 'no') {
        this.#kept.length = keptBefore;
        return { header: null, consumed: 0 };
      }
      if (state === 'v1') return { header: this.#parseV1(), consumed: at2 + 1 - start };
      if (state === 'v2') {
        this.#remaining = (this.#kept[V2_LENGTH] << 8) | this.#kept[V2_LENGTH + 1];
        if (this.#remaining === 0) return { header: { version: 2, source: null }, consumed: at2 + 1 - start };
      }
    }
    return 'more';
  }
  /** "more" while it may become a header, "v1" when its line is complete, "v2" when its fixed part is. */
  #examine() {
    const length = this.#kept.length;
    const index = length - 1;
    const byte = this.#kept[index];
    if (this.#kept[0] === V2_SIGNATURE[0]) {
      if (index < V2_SIGNATURE.length && byte !== V2_SIGNATURE[index]) return 'no';
      return length === V2_HEADER ? 'v2' : 'more';
    }
    if (index < V1_PREFIX.length) return byte === V1_PREFIX.charCodeAt(index) ? 'more' : 'no';
    if (byte === 10) return 'v1';
    return length >= V1_MAX_LENGTH ? 'no' : 'more';
  }
  #parseV1() {
    const line = String.fromCharCode(...this.#kept).trimEnd();
    const match = /^PROXY TCP[46] (\S+) \S+ (\d{1,5}) \d{1,5}$/.exec(line);
    return { version: 1, source: match ? { address: match[1], port: Number(match[2]) } : null };
  }
  #parseV2() {
    const kept = this.#kept;
    const isProxied = kept[12] === V2_PROXY_COMMAND;
    const word = (at2) => (kept[at2] << 24) | (kept[at2 + 1] << 16) | (kept[at2 + 2] << 8) | kept[at2 + 3];
    const port = (at2) => (kept[at2] << 8) | kept[at2 + 1];
    if (isProxied && kept[V2_FAMILY] === V2_TCP4 && kept.length >= V2_HEADER + 12) {
      return { version: 2, source: { address: formatIPv4(word(V2_HEADER)), port: port(V2_HEADER + 8) } };
    }
    if (isProxied && kept[V2_FAMILY] === V2_TCP6 && kept.length >= V2_HEADER + 36) {
      const words2 = [0, 4, 8, 12].map((at2) => word(V2_HEADER + at2));
      return { version: 2, source: { address: formatIPv6(words2), port: port(V2_HEADER + 32) } };
    }
    return { version: 2, source: null };
  }
};

// src/http/stray-bytes.ts
var MAX_STRAY_BYTES = 64 * 1024;
var PREFIX = 'HTTP/1.';
var STATUS_LINE_LENGTH = PREFIX.length + 6;
var SPACE3 = 32;
var CR3 = 13;
var LF4 = 10;
var StrayBytes = class {
  /** Where the first of them was captured. */
  packet;
  seconds;
  nanoseconds;
  #taken = 0;
  #statusLine = new Uint8Array(STATUS_LINE_LENGTH);
  #matched = 0;
  constructor(packet, seconds2, nanoseconds) {
    this.packet = packet;
    this.seconds = seconds2;
    this.nanoseconds = nanoseconds;
  }
  /** How many there are, without what may be or is the status line. */
  get length() {
    return this.#taken - this.#matched;
  }
  get isTooLong() {
    return this.#taken > MAX_STRAY_BYTES;
  }
  /** The beginning of the status line, once `push` has found it. */
  get statusLine() {
    return this.#matched === STATUS_LINE_LENGTH ? this.#statusLine : null;
  }
  /** Takes bytes up to where it knows of a status line, or all; returns the index after them. */
  push(bytes2, start, end) {
    let at2 = start;
    while (at2 < end && this.#matched < STATUS_LINE_LENGTH) {
      const byte = bytes2[at2++];
      if (!isStatusLineByte(byte, this.#matched)) this.#matched = 0;
      if (isStatusLineByte(byte, this.#matched)) this.#statusLine[this.#matched++] = byte;
    }
    this.#taken += at2 - start;
    return at2;
  }
};
function isStatusLineByte(byte, index) {
  if (index < PREFIX.length) return byte === PREFIX.charCodeAt(index);
  switch (index - PREFIX.length) {
    case 1:
      return byte === SPACE3;
    case 5:
      return byte === SPACE3 || byte === CR3 || byte === LF4;
    default:
      return byte >= 48 && byte <= 57;
  }
}

// src/http/message-stream.ts
var LF5 = 10;
var CR4 = 13;
var MessageStream = class {
  #handler;
  #head;
  /** Made by the first chunked body. */
  #chunked = null;
  #proxy = null;
  #state;
  /** Body bytes still to come; meaningful in 'body-length'. */
  #remaining = 0;
  /** Nothing of this stream has been seen yet: a PROXY protocol header may come. */
  #isFirst = true;
  /** In the middle of a stream, a segment seemed to begin a head: where it doesn't, that proves nothing. */
  #isGuess = false;
  /** The head before a pause was cut: where the next message begins is not known. */
  #isHeadCut = false;
  /** What follows the body depends on the other direction. */
  #pausesAfterBody = false;
  /** Where the head that spans segments began. */
  #headPacket = 0;
  #headSeconds = 0;
  #headNanoseconds = 0;
  /** Bytes that are no HTTP, in 'stray'. */
  #stray = null;
  /** @param isFromStart the stream's first byte will be its first byte on the wire */
  constructor(handler, isFromStart, budget) {
    this.#handler = handler;
    this.#head = new HeadBuffer(budget);
    this.#state = isFromStart ? 'start' : 'unsynchronized';
  }
  get isPaused() {
    return this.#state === 'paused';
  }
  /** Where the next message begins is not known. */
  get isUnsynchronized() {
    return this.#state === 'unsynchronized';
  }
  /** Asked for from inside `head`: pauses once the body of that message is over. */
  pauseAfterBody() {
    this.#pausesAfterBody = true;
  }
  /** After a pause, or before one that is not needed any more: the next byte begins a message. */
  resume() {
    this.#pausesAfterBody = false;
    if (this.#state === 'paused') this.#state = this.#isHeadCut ? 'unsynchronized' : 'start';
    this.#isHeadCut = false;
  }
  /** After a pause: the next byte begins what is inside a tunnel, a new HTTP connection for all we know. */
  restart() {
    this.#state = this.#isHeadCut ? 'unsynchronized' : 'start';
    this.#isHeadCut = false;
    this.#pausesAfterBody = false;
    this.#isFirst = true;
    this.#head.clear();
  }
  stop() {
    this.#state = 'stopped';
    this.#stray = null;
    this.#head.clear();
  }
  /** Takes the next bytes; returns the index of the first that it didn't take (`end`, unless it pauses). */
  push(bytes2, start, end, packet, seconds2, nanoseconds) {
    let at2 = start;
    while (at2 < end) {
      switch (this.#state) {
        case 'unsynchronized':
          if (looksLikeTls(bytes2, at2, end)) this.#giveUp('tls');
          else if (at2 === start && looksLikeStart(bytes2, at2, end)) {
            this.#state = 'head';
            this.#isGuess = true;
          } else return end;
          break;
        case 'start':
          at2 = this.#skipToHead(bytes2, at2, end, packet, seconds2, nanoseconds);
          break;
        case 'head':
          at2 = this.#readHead(bytes2, at2, end, packet, seconds2, nanoseconds);
          break;
        case 'body-length': {
          const taken = Math.min(this.#remaining, end - at2);
          this.#remaining -= taken;
          at2 += taken;
          if (this.#remaining === 0) this.#endBody();
          break;
        }
        case 'body-chunked':
          at2 = this.#chunked.push(bytes2, at2, end);
          if (this.#chunked.isBroken) this.#state = 'unsynchronized';
          else if (this.#chunked.isDone) this.#endBody();
          break;
        case 'stray':
          at2 = this.#passOver(bytes2, at2, end);
          break;
        case 'paused':
          return at2;
        case 'body-until-close':
        case 'stopped':
          return end;
      }
    }
    return end;
  }
  /** `length` bytes of this direction are missing here. */
  gap(length, packet, seconds2, nanoseconds) {
    switch (this.#state) {
      case 'body-length':
        if (length <= this.#remaining) {
          this.#remaining -= length;
          if (this.#remaining === 0) this.#endBody();
          return;
        }
        break;
      case 'head': {
        const head = this.#head.length > 0 ? parseHead(this.#head.takeText(), true) : null;
        if (head !== null) {
          const next = this.#handler.head(head, packet, seconds2, nanoseconds);
          if (this.#isStopped()) return;
          if (next === 'pause') {
            this.#state = 'paused';
            this.#isHeadCut = true;
            return;
          }
        }
        break;
      }
      case 'body-until-close':
      case 'stopped':
      case 'paused':
        return;
      case 'body-chunked':
        if (this.#chunked.skip(length)) return;
        break;
      case 'start':
      case 'unsynchronized':
      case 'stray':
        break;
    }
    this.#stray = null;
    this.#head.clear();
    this.#isFirst = false;
    this.#proxy = null;
    this.#state = 'unsynchronized';
  }
  /** Before a message: a PROXY protocol header, or empty lines (RFC 9112 §2.2). */
  #skipToHead(bytes2, start, end, packet, seconds2, nanoseconds) {
    let at2 = start;
    if (this.#isFirst && this.#proxy === null && !mayBeginProxyHeader(bytes2[at2])) this.#isFirst = false;
    if (this.#isFirst) {
      this.#proxy ??= new ProxyHeaderParser();
      const result = this.#proxy.push(bytes2, at2, end);
      if (result === 'more') return end;
      this.#isFirst = false;
      const { replay } = this.#proxy;
      const { header, consumed } = result;
      this.#proxy = null;
      at2 += consumed;
      if (header !== null) {
        this.#handler.proxyHeader(header);
      } else {
        this.#markHead(packet, seconds2, nanoseconds);
        this.#replay(replay);
      }
    }
    if (this.#state !== 'start') return at2;
    while (at2 < end && (bytes2[at2] === CR4 || bytes2[at2] === LF5)) at2++;
    if (at2 < end) this.#state = 'head';
    return at2;
  }
  /** Bytes of earlier segments that began like a PROXY header and turned out not to be one. */
  #replay(bytes2) {
    let start = 0;
    while (bytes2[start] === CR4 || bytes2[start] === LF5) start++;
    if (start === bytes2.length) return;
    this.#state = 'head';
    for (let at2 = start; at2 < bytes2.length && !this.#isStopped();) {
      if (this.#stray === null) {
        at2 = this.#head.appendLine(bytes2, at2, bytes2.length);
        this.#isPlausible();
      } else {
        at2 = this.#passOver(bytes2, at2, bytes2.length);
      }
    }
  }
  /** Bytes that are no HTTP, up to the status line behind them, or all; returns the index after those it took. */
  #passOver(bytes2, start, end) {
    const stray = this.#stray;
    const at2 = stray.push(bytes2, start, end);
    const { statusLine, length, packet, seconds: seconds2, nanoseconds } = stray;
    if (statusLine !== null) {
      this.#stray = null;
      this.#state = 'head';
      this.#head.appendLine(statusLine, 0, statusLine.length);
      this.#handler.passedOver(length, packet, seconds2, nanoseconds);
    } else if (stray.isTooLong) {
      this.#giveUp('other');
    }
    return at2;
  }
  #readHead(bytes2, start, end, packet, seconds2, nanoseconds) {
    if (this.#head.length === 0) {
      this.#markHead(packet, seconds2, nanoseconds);
      const headEnd = findHeadEnd(bytes2, start, end);
      if (headEnd >= 0) {
        const reason = isPlausibleStart(bytes2, start, headEnd, true);
        if (reason === null) {
          this.#finishHead(latin1(bytes2, start, headEnd), packet, seconds2, nanoseconds);
          return headEnd;
        }
        const wasGuess = this.#isGuess;
        this.#reject(reason);
        return wasGuess && !this.#isStopped() ? end : start;
      }
    }
    let at2 = start;
    while (at2 < end) {
      at2 = this.#head.appendLine(bytes2, at2, end);
      if (!this.#isPlausible()) return at2;
      if (this.#head.isFull) {
        this.#giveUp('head-too-long');
        return end;
      }
      if (this.#head.isComplete) {
        this.#finishHead(this.#head.takeText(), packet, seconds2, nanoseconds);
        return at2;
      }
    }
    return at2;
  }
  #markHead(packet, seconds2, nanoseconds) {
    this.#headPacket = packet;
    this.#headSeconds = seconds2;
    this.#headNanoseconds = nanoseconds;
  }
  /** Whether what there is of the head can still become one; if not, it is rejected. */
  #isPlausible() {
    if (this.#head.lineCount > 1 || (this.#head.lineCount === 1 && !this.#head.isAtLineStart)) return true;
    const reason = isPlausibleStart(this.#head.bytes, 0, this.#head.length, this.#head.lineCount === 1);
    if (reason === null) return true;
    this.#reject(reason);
    return false;
  }
  #finishHead(text2, packet, seconds2, nanoseconds) {
    const head = parseHead(text2, false);
    if (head === null) {
      if (this.#isGuess) this.#guessAgain();
      else this.#giveUp('other');
      return;
    }
    this.#isGuess = false;
    const next = this.#handler.head(head, packet, seconds2, nanoseconds);
    if (this.#isStopped()) return;
    if (next === 'pause' || next === 'search') {
      this.#state = next === 'pause' ? 'paused' : 'unsynchronized';
      return;
    }
    switch (next.kind) {
      case 'none':
        this.#state = 'start';
        break;
      case 'length':
        this.#remaining = next.length;
        this.#state = 'body-length';
        if (next.length === 0) this.#endBody();
        break;
      case 'chunked':
        this.#chunked ??= new ChunkedBody();
        this.#chunked.reset();
        this.#state = 'body-chunked';
        break;
      case 'until-close':
        this.#state = 'body-until-close';
    }
  }
  /** A handler may have stopped this stream from inside a call. */
  #isStopped() {
    return this.#state === 'stopped';
  }
  /** The body is over. */
  #endBody() {
    this.#state = this.#pausesAfterBody ? 'paused' : 'start';
    this.#pausesAfterBody = false;
  }
  /** No head begins where one should; a response may all the same come behind it. */
  #reject(reason) {
    if (reason === 'other' && this.#isGuess) {
      this.#guessAgain();
      return;
    }
    if (reason !== 'other' || !this.#handler.expectsResponse()) {
      this.#giveUp(reason);
      return;
    }
    const line = this.#head.bytes.slice(0, this.#head.length);
    this.#head.clear();
    this.#stray = new StrayBytes(this.#headPacket, this.#headSeconds, this.#headNanoseconds);
    this.#state = 'stray';
    let at2 = this.#passOver(line, 0, line.length);
    while (at2 < line.length) at2 = this.#head.appendLine(line, at2, line.length);
  }
  /** It was no head that seemed to begin there: a later segment may begin one. */
  #guessAgain() {
    this.#isGuess = false;
    this.#head.clear();
    this.#state = 'unsynchronized';
  }
  #giveUp(reason) {
    this.stop();
    this.#handler.notHttp(reason);
  }
};

// src/http/rest-of-head.ts
var MASK_BIT = 128;
var FIRST_PRINTABLE = 32;
var TAB2 = 9;
var LF6 = 10;
var CR5 = 13;
function restOfHead(bytes2, start, end) {
  if (beginsFrame(bytes2, start, end)) return start;
  for (let at2 = start; at2 < end; at2++) {
    if (bytes2[at2] !== LF6) continue;
    const isEmpty =
      at2 === start ||
      bytes2[at2 - 1] === LF6 ||
      (bytes2[at2 - 1] === CR5 && (at2 === start + 1 || bytes2[at2 - 2] === LF6));
    if (isEmpty && (at2 + 1 === end || beginsFrame(bytes2, at2 + 1, end))) return at2 + 1;
  }
  return end;
}
function beginsFrame(bytes2, start, end) {
  if (end - start >= 2) return (bytes2[start + 1] & MASK_BIT) !== 0;
  const byte = bytes2[start];
  return (byte & MASK_BIT) !== 0 || (byte < FIRST_PRINTABLE && byte !== TAB2 && byte !== LF6 && byte !== CR5);
}

// src/http/upgrade-exchange.ts
var MAX_OUTSTANDING = 64;
var MAX_TUNNELS = 4;
var UpgradeExchange = class {
  #handler;
  #streams;
  #held;
  #isFromStart;
  /** Directions whose bytes are the WebSocket's. */
  #isRaw = [false, false];
  #outstanding = [];
  /** Bytes are missing, and a response may be among them. */
  #hasGap = false;
  #tunnels = 0;
  #isStopped = false;
  /** A 101 came without its request; that may still come where capture put packets in the wrong order. */
  #awaitsLateRequest = false;
  /** Answered by a 101, but of its request there is more to come: what follows that is the WebSocket's. */
  #requestGoesOn = null;
  /** Likewise, another response than a 101. */
  #earlyResponse = null;
  /** The direction whose held bytes can be read once the current call is done, and whether a tunnel begins there. */
  #resuming = null;
  #isTunnelOpening = false;
  /** Who asked for the upgrade that is last in `#outstanding`. */
  #upgradeFrom = null;
  /** What came in place of its answer, so far. */
  #stray = null;
  /** @param isFromStart the capture holds both streams from their first byte on */
  constructor(handler, isFromStart, budget = new HttpBudget()) {
    this.#handler = handler;
    this.#held = [new HeldBytes(budget), new HeldBytes(budget)];
    this.#isFromStart = isFromStart;
    this.#streams = [
      new MessageStream(this.#messageHandler(0), isFromStart, budget),
      new MessageStream(this.#messageHandler(1), isFromStart, budget),
    ];
  }
  /** Takes the next bytes of a direction. */
  data(direction, bytes2, start, end, packet, seconds2, nanoseconds) {
    let at2 = start;
    while (!this.#isWebSocket(direction)) {
      if (this.#isStopped) return;
      const stream = this.#streams[direction];
      if (this.#awaitsLateRequest && stream.isUnsynchronized && !looksLikeStart(bytes2, at2, end)) {
        this.#awaitsLateRequest = false;
        this.#open(direction);
        break;
      }
      if (this.#requestGoesOn?.from === direction && this.#requestGoesOn.inHead) {
        at2 = restOfHead(bytes2, at2, end);
        if (at2 < end) this.#endRequest(direction);
        if (at2 >= end) return;
        continue;
      }
      at2 = stream.push(bytes2, at2, end, packet, seconds2, nanoseconds);
      this.#resume();
      if (at2 >= end) return;
      if (this.#requestGoesOn?.from === direction && stream.isPaused) {
        this.#endRequest(direction);
        continue;
      }
      if (stream.isPaused && !this.#isWebSocket(direction)) {
        this.#held[direction].add(bytes2, at2, end, packet, seconds2, nanoseconds);
        return;
      }
    }
    this.#handler.webSocketData(direction, bytes2, at2, end, packet, seconds2, nanoseconds);
  }
  gap(direction, length, packet, seconds2, nanoseconds) {
    if (this.#isStopped) return;
    const stream = this.#streams[direction];
    if (!this.#isWebSocket(direction)) {
      if (this.#requestGoesOn?.from === direction) {
        this.#loseRequest(direction, length, packet, seconds2, nanoseconds);
        return;
      }
      if (stream.isPaused) {
        this.#held[direction].addGap(length, packet, seconds2, nanoseconds);
        return;
      }
      this.#hasGap = true;
      this.#earlyResponse = null;
      stream.gap(length, packet, seconds2, nanoseconds);
      this.#resume();
      if (this.#awaitsLateRequest) {
        this.#awaitsLateRequest = false;
        this.#open(direction);
      }
      if (!this.#isWebSocket(direction)) return;
    }
    this.#handler.webSocketGap(direction, length, packet, seconds2, nanoseconds);
  }
  /** The connection has ended: gives back what is kept. */
  end() {
    this.#stop();
  }
  /** A method, for it changes inside calls. */
  #isWebSocket(direction) {
    return this.#isRaw[direction];
  }
  #messageHandler(direction) {
    return {
      head: (head, packet, seconds2, nanoseconds) =>
        head.kind === 'request'
          ? this.#request(direction, { head, packet, seconds: seconds2, nanoseconds })
          : this.#response(direction, { head, packet, seconds: seconds2, nanoseconds }),
      proxyHeader: (header) => {
        this.#handler.proxyHeader(header);
      },
      expectsResponse: () => this.#isUpgradeOutstanding(otherOf(direction)),
      passedOver: (length, packet, seconds2, nanoseconds) => {
        this.#stray ??= { length: 0, mark: { packet, seconds: seconds2, nanoseconds } };
        this.#stray.length += length;
      },
      notHttp: (reason) => {
        this.#notHttp(direction, reason);
      },
    };
  }
  #request(from, request) {
    const { head } = request;
    if (this.#awaitsLateRequest) {
      this.#awaitsLateRequest = false;
      this.#open(from);
      this.#handler.lateRequest(request);
      return 'pause';
    }
    if (this.#hasGap) this.#outstanding = [];
    if (this.#outstanding.length >= MAX_OUTSTANDING) this.#outstanding.shift();
    this.#outstanding.push(request);
    const isUpgrade = isUpgradeRequest(head);
    if (isUpgrade) {
      this.#upgradeFrom = from;
      this.#stray = null;
      this.#handler.upgradeRequested(from, request);
    }
    const framing = bodyFraming(head, null);
    const early = this.#earlyResponse;
    if (early !== null) {
      this.#earlyResponse = null;
      this.#response(otherOf(from), early);
      return framing;
    }
    const dependsOnAnswer = head.method === 'CONNECT' || (isUpgrade && framing.kind === 'none') || head.isCut;
    if (dependsOnAnswer) return 'pause';
    if (isUpgrade) this.#streams[from].pauseAfterBody();
    return framing;
  }
  #response(from, response) {
    const { status } = response.head;
    if (status >= 100 && status < 200 && status !== 101) return { kind: 'none' };
    if (status === 101) return this.#switchProtocols(from, this.#outstanding.pop() ?? null, response);
    const request = this.#outstanding.shift() ?? null;
    if (request === null) {
      if (this.#isFromStart && !this.#hasGap) this.#earlyResponse ??= response;
      const framing = bodyFraming(response.head, null);
      return framing.kind === 'until-close' ? 'search' : framing;
    }
    if (this.#outstanding.length === 0) this.#resuming = otherOf(from);
    if (request.head.method === 'CONNECT' && status < 300) return this.#openTunnel();
    if (isUpgradeRequest(request.head)) {
      this.#tellStray();
      this.#handler.upgradeRefused(request, response);
    }
    return bodyFraming(response.head, request.head.method);
  }
  #openTunnel() {
    this.#tunnels++;
    if (this.#tunnels > MAX_TUNNELS) {
      this.#stop();
      this.#handler.notWebSocket('other');
    } else {
      this.#isTunnelOpening = true;
    }
    return 'pause';
  }
  #switchProtocols(from, waiting, response) {
    const client2 = otherOf(from);
    const request = waiting === null ? null : this.#requestBehind(client2, waiting);
    if (!isWebSocketUpgrade(request, response)) {
      if (request !== null && isUpgradeRequest(request.head)) this.#handler.upgradeRefused(request, response);
      this.#stop();
      this.#handler.notWebSocket('other-upgrade');
      return 'pause';
    }
    if (request?.head.isCut === true) this.#held[client2].take();
    this.#awaitsLateRequest = request === null;
    this.#requestGoesOn = request === null ? null : this.#restOfRequest(client2, request);
    if (this.#requestGoesOn === null) this.#resuming = client2;
    this.#tellStray();
    this.#handler.upgraded(client2, request, response);
    this.#open(from);
    if (!this.#awaitsLateRequest && this.#requestGoesOn === null) this.#open(client2);
    return 'pause';
  }
  /** What of the request may come after its answer. */
  #restOfRequest(from, request) {
    if (request.head.isCut) return { from, inHead: true };
    const stream = this.#streams[from];
    return stream.isPaused || stream.isUnsynchronized ? null : { from, inHead: false };
  }
  #endRequest(direction) {
    this.#requestGoesOn = null;
    this.#open(direction);
  }
  /** A gap where the request goes on: a body whose length is known may go on behind it, anything else is lost. */
  #loseRequest(direction, length, packet, seconds2, nanoseconds) {
    const stream = this.#streams[direction];
    if (this.#requestGoesOn?.inHead === false) {
      stream.gap(length, packet, seconds2, nanoseconds);
      if (!stream.isUnsynchronized) {
        if (stream.isPaused) this.#endRequest(direction);
        return;
      }
    }
    this.#endRequest(direction);
    this.#handler.webSocketGap(direction, Infinity, packet, seconds2, nanoseconds);
  }
  /**
   * Where the answer to a request is missing, what was held for it may begin with another request (no frame begins
   * like one): then a 101 answers that.
   */
  #requestBehind(client2, waiting) {
    let request = waiting;
    while (this.#hasGap && this.#held[client2].beginsWithHead && !this.#isStopped) {
      this.#resuming = client2;
      this.#resume();
      const next = this.#outstanding.pop();
      if (next === void 0) break;
      request = next;
    }
    return request;
  }
  /** A direction is the WebSocket's from here on. */
  #open(direction) {
    this.#isRaw[direction] = true;
    this.#handler.webSocketOpen(direction);
  }
  /** Reads on where bytes were held back for an answer that has now come. */
  #resume() {
    const direction = this.#resuming;
    if (direction === null) return;
    this.#resuming = null;
    if (this.#isTunnelOpening) {
      this.#isTunnelOpening = false;
      for (const stream of this.#streams) stream.restart();
    } else {
      this.#streams[direction].resume();
    }
    for (const { bytes: bytes2, gap, packet, seconds: seconds2, nanoseconds } of this.#held[
      direction
    ].take()) {
      if (gap > 0) this.gap(direction, gap, packet, seconds2, nanoseconds);
      else this.data(direction, bytes2, 0, bytes2.length, packet, seconds2, nanoseconds);
    }
  }
  /** Nothing is sent after a request to upgrade: where one waits, it is the last. */
  #isUpgradeOutstanding(from) {
    const last = this.#outstanding.at(-1);
    return last !== void 0 && this.#upgradeFrom === from && isUpgradeRequest(last.head);
  }
  #tellStray() {
    if (this.#stray !== null) this.#handler.bytesBeforeResponse(this.#stray.length, this.#stray.mark);
    this.#stray = null;
  }
  #notHttp(direction, reason) {
    if (this.#awaitsLateRequest) {
      this.#awaitsLateRequest = false;
      this.#open(direction);
      this.#handler.webSocketGap(direction, Infinity, 0, 0, 0);
      return;
    }
    this.#stop();
    this.#handler.notWebSocket(reason);
  }
  #stop() {
    this.#isStopped = true;
    this.#outstanding = [];
    for (const stream of this.#streams) stream.stop();
    for (const held of this.#held) held.take();
  }
};
function isWebSocketUpgrade(request, response) {
  const { head } = response;
  const protocols = headerTokens(head, 'upgrade');
  if (protocols.includes('websocket') || headerValues(head, 'sec-websocket-accept').length > 0) return true;
  if (protocols.length > 0) return false;
  if (request !== null && isUpgradeRequest(request.head)) return true;
  return head.isCut && (request === null || request.head.isCut);
}

// src/tcp/packet-mark.ts
function markOf({ packet, seconds: seconds2, nanoseconds }) {
  return { packet, seconds: seconds2, nanoseconds };
}

// src/websocket/frame-parser.ts
import { isUtf8 } from 'node:buffer';

// src/websocket/ascii.ts
var WIDE_FROM = 16;
var TOP_BIT = 128;
var TOP_BITS = 2155905152 | 0;
var bytesOfWords = null;
var words = new Int32Array(0);
var firstWordAt = 0;
var keyWord = new Int32Array(1);
var keyBytes = new Uint8Array(keyWord.buffer);
function isAscii(bytes2, start, end, mask, index) {
  const turn = (start - index) & 3;
  if (end - start < WIDE_FROM) return isAsciiByBytes(bytes2, start, end, mask, turn);
  if (bytes2 !== bytesOfWords) findWords(bytes2);
  const first = (start - firstWordAt + 3) >> 2;
  const last = (end - firstWordAt) >> 2;
  const wordsFrom = firstWordAt + (first << 2);
  const wordsTo = firstWordAt + (last << 2);
  if (mask !== 0) {
    for (let i = 0; i < 4; i++) keyBytes[i] = mask >>> (24 - 8 * ((wordsFrom + i - turn) & 3));
  }
  const key2 = mask === 0 ? 0 : keyWord[0];
  let all = 0;
  let word = first;
  for (; word + 3 < last; word += 4) {
    all |=
      (words[word] ^ key2) | (words[word + 1] ^ key2) | (words[word + 2] ^ key2) | (words[word + 3] ^ key2);
  }
  for (; word < last; word++) all |= words[word] ^ key2;
  return (
    (all & TOP_BITS) === 0 &&
    isAsciiByBytes(bytes2, start, wordsFrom, mask, turn) &&
    isAsciiByBytes(bytes2, wordsTo, end, mask, turn)
  );
}
function isAsciiByBytes(bytes2, start, end, mask, turn) {
  let all = 0;
  for (let at2 = start; at2 < end; at2++) all |= bytes2[at2] ^ (mask >>> (24 - 8 * ((at2 - turn) & 3)));
  return (all & TOP_BIT) === 0;
}
function findWords(bytes2) {
  firstWordAt = -bytes2.byteOffset & 3;
  const length = Math.max(0, (bytes2.length - firstWordAt) >> 2);
  words =
    length === 0 ? new Int32Array(0) : new Int32Array(bytes2.buffer, bytes2.byteOffset + firstWordAt, length);
  bytesOfWords = bytes2;
}

// src/websocket/frame.ts
var OPCODE_CONTINUATION = 0;
var OPCODE_TEXT = 1;
var OPCODE_BINARY = 2;
var OPCODE_CLOSE = 8;
var OPCODE_PING = 9;
var OPCODE_PONG = 10;
var MAX_CONTROL_PAYLOAD = 125;
function isDataOpcode(opcode) {
  return opcode <= OPCODE_BINARY;
}
function isControlOpcode(opcode) {
  return opcode === OPCODE_CLOSE || opcode === OPCODE_PING || opcode === OPCODE_PONG;
}
function opcodeName(opcode) {
  switch (opcode) {
    case OPCODE_CONTINUATION:
      return 'continuation';
    case OPCODE_TEXT:
      return 'text';
    case OPCODE_BINARY:
      return 'binary';
    case OPCODE_CLOSE:
      return 'close';
    case OPCODE_PING:
      return 'ping';
    case OPCODE_PONG:
      return 'pong';
    default:
      return 'reserved';
  }
}

// src/websocket/frame-parser.ts
var MIN_HEADER = 2;
var MAX_HEADER = 14;
var FIN_BIT = 128;
var WHOLE_TEXT = FIN_BIT | OPCODE_TEXT;
var WHOLE_BINARY = FIN_BIT | OPCODE_BINARY;
var NATIVE_FROM = 512;
var MASK_BIT2 = 128;
var LENGTH_MASK = 127;
var LENGTH_16 = 126;
var LENGTH_64 = 127;
var TWO_TO_32 = 4294967296;
var frame = {
  opcode: 0,
  isFinal: false,
  reservedBits: 0,
  isMasked: false,
  payloadLength: 0,
  isShortestLength: true,
  controlPayload: null,
  firstPacket: 0,
  packet: 0,
  seconds: 0,
  nanoseconds: 0,
};
var FrameParser = class {
  // What every frame touches stands first (see StreamReassembler).
  /** A gap hid where the next frame begins: nothing can be said about this direction any more. */
  isLost = false;
  #inPayload = false;
  /** Of a header that spans segments. */
  #headerBytes = 0;
  /** Is told of plain frames; null while each frame goes to the handler. */
  #plainTo = null;
  #isMaskExpected = false;
  #direction;
  texts = 0;
  binaries = 0;
  payloadBytes = 0;
  lastOpcode = 0;
  lastLength = 0;
  lastPacket = 0;
  lastSeconds = 0;
  lastNanoseconds = 0;
  #sink;
  #handler;
  // Of a frame that spans segments.
  /** Its header, if that spans segments; made by the first that does. */
  #header = null;
  #opcode = 0;
  #firstByte = 0;
  #isMasked = false;
  #payloadLength = 0;
  #remaining = 0;
  #firstPacket = 0;
  #firstSeconds = 0;
  #firstNanoseconds = 0;
  #isShortestLength = true;
  /** The sink wants the payload of the current frame. */
  #isWanted = false;
  /** Payload of the current control frame, unmasked; null for a data frame or after a gap in it. */
  #control = null;
  /** The masking key, big-endian, of a frame whose payload is looked at. */
  #mask = 0;
  constructor(direction, handler, sink = null) {
    this.#direction = direction;
    this.#handler = handler;
    this.#sink = sink;
  }
  /**
   * From here on plain frames are added up, and each told only to `to`, until one that isn't plain comes, which goes to
   * the handler again. Plain is a whole text or binary message in one frame and one segment, masked as said here, in
   * UTF-8 if it is a text. That leaves out what most frames would have to fetch from memory only to count on.
   */
  tallyPlain(to, isMasked) {
    this.#plainTo = to;
    this.#isMaskExpected = isMasked;
  }
  /** Reports the sum so far, if there is one. */
  settle() {
    if (this.texts + this.binaries === 0) return;
    this.#handler.plainFrames(this.#direction, this);
    this.texts = 0;
    this.binaries = 0;
    this.payloadBytes = 0;
  }
  /** The frame in which the stream stands; null between frames. */
  get unfinished() {
    if (!this.#inPayload && this.#headerBytes === 0) return null;
    return {
      opcode: this.#inPayload ? this.#opcode : null,
      payloadLength: this.#inPayload ? this.#payloadLength : null,
      received: this.#inPayload ? this.#payloadLength - this.#remaining : this.#headerBytes,
      firstPacket: this.#firstPacket,
      seconds: this.#firstSeconds,
      nanoseconds: this.#firstNanoseconds,
    };
  }
  /** Takes the next bytes. The view is not kept. */
  push(bytes2, start, end, packet, seconds2, nanoseconds) {
    if (this.isLost) return;
    let at2 = start;
    if (!this.#inPayload && this.#headerBytes === 0) {
      at2 = this.#pushWhole(bytes2, start, end, packet, seconds2, nanoseconds);
    }
    if (at2 < end) this.#pushPieces(bytes2, at2, end, packet, seconds2, nanoseconds);
  }
  /**
   * The common case: frames that lie whole in this segment, with nothing to remember of them. Returns the index of the
   * first that doesn't (or of one with a 64-bit length, which seldom does).
   */
  #pushWhole(bytes2, start, end, packet, seconds2, nanoseconds) {
    let at2 = start;
    while (end - at2 >= MIN_HEADER) {
      const first = bytes2[at2];
      const second = bytes2[at2 + 1];
      const isMasked = (second & MASK_BIT2) !== 0;
      let length = second & LENGTH_MASK;
      let isShortestLength = true;
      let payloadAt = at2 + (isMasked ? 6 : 2);
      if (length >= LENGTH_16) {
        payloadAt += 2;
        if (length === LENGTH_64 || payloadAt > end) break;
        length = (bytes2[at2 + 2] << 8) | bytes2[at2 + 3];
        isShortestLength = length >= LENGTH_16;
      }
      const payloadEnd = payloadAt + length;
      if (payloadEnd > end) break;
      const mask = isMasked ? int32(bytes2, payloadAt - 4) : 0;
      const plainTo = this.#plainTo;
      if (
        plainTo !== null &&
        isMasked === this.#isMaskExpected &&
        isShortestLength &&
        (first === WHOLE_BINARY || (first === WHOLE_TEXT && isText(bytes2, payloadAt, payloadEnd, mask)))
      ) {
        if (first === WHOLE_TEXT) this.texts++;
        else this.binaries++;
        this.payloadBytes += length;
        this.lastOpcode = first & 15;
        this.lastLength = length;
        this.lastPacket = packet;
        this.lastSeconds = seconds2;
        this.lastNanoseconds = nanoseconds;
        plainTo.addFrame(this.#direction, packet, seconds2, nanoseconds, first & 15, length);
        at2 = payloadEnd;
        continue;
      }
      const opcode = first & 15;
      const isFinal = (first & FIN_BIT) !== 0;
      const reservedBits2 = (first >> 4) & 7;
      frame.controlPayload = null;
      if (isDataOpcode(opcode)) {
        const sink = this.#sink;
        if (sink?.begin(opcode, isFinal, reservedBits2, length) === true && length > 0) {
          sink.payload(bytes2, payloadAt, payloadEnd, mask, 0);
        }
      } else if (isControlOpcode(opcode)) {
        frame.controlPayload = controlPayload(bytes2, payloadAt, payloadEnd, mask);
      }
      frame.opcode = opcode;
      frame.isFinal = isFinal;
      frame.reservedBits = reservedBits2;
      frame.isMasked = isMasked;
      frame.payloadLength = length;
      frame.isShortestLength = isShortestLength;
      frame.firstPacket = packet;
      frame.packet = packet;
      frame.seconds = seconds2;
      frame.nanoseconds = nanoseconds;
      this.#tell();
      at2 = payloadEnd;
    }
    return at2;
  }
  #pushPieces(bytes2, start, end, packet, seconds2, nanoseconds) {
    let at2 = start;
    while (at2 < end) {
      if (!this.#inPayload) {
        if (this.#headerBytes === 0) {
          this.#firstPacket = packet;
          this.#firstSeconds = seconds2;
          this.#firstNanoseconds = nanoseconds;
        }
        at2 = this.#readHeader(bytes2, at2, end);
        if (this.#headerBytes > 0) return;
      }
      const taken = Math.min(this.#remaining, end - at2);
      if (this.#control !== null) this.#keepControl(bytes2, at2, at2 + taken);
      else if (this.#isWanted && taken > 0) {
        this.#sink.payload(bytes2, at2, at2 + taken, this.#mask, this.#payloadLength - this.#remaining);
      }
      at2 += taken;
      this.#remaining -= taken;
      if (this.#remaining > 0) return;
      this.#finish(packet, seconds2, nanoseconds);
      at2 = this.#pushWhole(bytes2, at2, end, packet, seconds2, nanoseconds);
    }
  }
  /** `length` bytes are missing here. Inside a payload of known length the framing survives. */
  gap(length, packet, seconds2, nanoseconds) {
    if (this.isLost) return;
    if (!this.#inPayload || length > this.#remaining) {
      this.isLost = true;
      return;
    }
    this.#control = null;
    if (isDataOpcode(this.#opcode)) this.#sink?.payloadGap();
    this.#remaining -= length;
    if (this.#remaining === 0) this.#finish(packet, seconds2, nanoseconds);
  }
  /** Reads a header, or as much of it as there is (then `#headerBytes` says how much). Returns the index after it. */
  #readHeader(bytes2, start, end) {
    if (this.#headerBytes === 0) {
      const length = headerLength(bytes2, start, end);
      if (length <= end - start) {
        this.#parseHeader(bytes2, start, length);
        return start + length;
      }
    }
    const header = (this.#header ??= new Uint8Array(MAX_HEADER));
    let at2 = start;
    while (at2 < end) {
      header[this.#headerBytes++] = bytes2[at2++];
      if (headerLength(header, 0, this.#headerBytes) === this.#headerBytes) {
        this.#parseHeader(header, 0, this.#headerBytes);
        this.#headerBytes = 0;
        break;
      }
    }
    return at2;
  }
  #parseHeader(bytes2, at2, length) {
    const first = bytes2[at2];
    const second = bytes2[at2 + 1];
    const shortLength = second & LENGTH_MASK;
    this.#firstByte = first;
    this.#opcode = first & 15;
    this.#isMasked = (second & MASK_BIT2) !== 0;
    this.#isShortestLength = true;
    if (shortLength < LENGTH_16) this.#payloadLength = shortLength;
    else if (shortLength === LENGTH_16) {
      this.#payloadLength = (bytes2[at2 + 2] << 8) | bytes2[at2 + 3];
      this.#isShortestLength = this.#payloadLength >= LENGTH_16;
    } else {
      this.#payloadLength = (int32(bytes2, at2 + 2) >>> 0) * TWO_TO_32 + (int32(bytes2, at2 + 6) >>> 0);
      this.#isShortestLength = this.#payloadLength > 65535;
    }
    this.#remaining = this.#payloadLength;
    this.#inPayload = true;
    this.#control = null;
    this.#isWanted = false;
    if (isDataOpcode(this.#opcode)) {
      const isFinal = (first & FIN_BIT) !== 0;
      const reservedBits2 = (first >> 4) & 7;
      if (this.#sink !== null) {
        this.#isWanted = this.#sink.begin(this.#opcode, isFinal, reservedBits2, this.#payloadLength);
      }
    } else if (isControlOpcode(this.#opcode)) {
      this.#control = new Uint8Array(Math.min(this.#payloadLength, MAX_CONTROL_PAYLOAD));
    }
    this.#mask = this.#isMasked ? int32(bytes2, at2 + length - 4) : 0;
  }
  #keepControl(bytes2, start, end) {
    const control = this.#control;
    let index = this.#payloadLength - this.#remaining;
    for (let at2 = start; at2 < end && index < control.length; at2++, index++) {
      control[index] = this.#isMasked ? bytes2[at2] ^ (this.#mask >>> (24 - 8 * (index & 3))) : bytes2[at2];
    }
  }
  #finish(packet, seconds2, nanoseconds) {
    this.#inPayload = false;
    const first = this.#firstByte;
    frame.opcode = this.#opcode;
    frame.isFinal = (first & FIN_BIT) !== 0;
    frame.reservedBits = (first >> 4) & 7;
    frame.isMasked = this.#isMasked;
    frame.payloadLength = this.#payloadLength;
    frame.isShortestLength = this.#isShortestLength;
    frame.controlPayload = this.#control;
    frame.firstPacket = this.#firstPacket;
    frame.packet = packet;
    frame.seconds = seconds2;
    frame.nanoseconds = nanoseconds;
    this.#control = null;
    this.#tell();
  }
  #tell() {
    this.settle();
    this.#plainTo = null;
    this.#handler.frame(this.#direction, frame);
  }
};
function isText(bytes2, start, end, mask) {
  return mask === 0 && end - start >= NATIVE_FROM
    ? isUtf8(bytes2.subarray(start, end))
    : isAscii(bytes2, start, end, mask, 0);
}
function controlPayload(bytes2, start, end, mask) {
  const payload = new Uint8Array(Math.min(end - start, MAX_CONTROL_PAYLOAD));
  for (let i = 0; i < payload.length; i++) {
    payload[i] = bytes2[start + i] ^ (mask >>> (24 - 8 * (i & 3)));
  }
  return payload;
}
function headerLength(bytes2, start, end) {
  if (end - start < 2) return 2;
  const second = bytes2[start + 1];
  const shortLength = second & LENGTH_MASK;
  const extended = shortLength === LENGTH_16 ? 2 : shortLength === LENGTH_64 ? 8 : 0;
  return 2 + extended + ((second & MASK_BIT2) !== 0 ? 4 : 0);
}
function int32(bytes2, at2) {
  return (bytes2[at2] << 24) | (bytes2[at2 + 1] << 16) | (bytes2[at2 + 2] << 8) | bytes2[at2 + 3];
}

// src/websocket/frame-sniffer.ts
var FRAMES_FOR_PROOF = 3;
var MAX_HELD_BYTES2 = 64 * 1024;
var MAX_HELD_SEGMENTS = 64;
var MAX_TRIES = 4096;
var MAX_PLAUSIBLE_LENGTH = 1 << 26;
var DirectionSniffer = class {
  #direction;
  #held = [];
  #heldBytes = 0;
  #parser;
  /** Complete frames in a row. */
  frames = 0;
  isMasked = false;
  /** Inside a fragmented message; null where that is not known. */
  #inMessage = null;
  #isBroken = false;
  tries = 0;
  constructor(direction) {
    this.#direction = direction;
    this.#parser = new FrameParser(direction, this, this);
  }
  /** What is held ends with a frame. */
  get isBetweenFrames() {
    return this.#parser.unfinished === null;
  }
  /** A segment with which a frame begins is held. */
  get hasStart() {
    return this.#held.some(({ beginsFrame: beginsFrame2 }) => beginsFrame2);
  }
  push(segment) {
    const held = { segment, beginsFrame: false };
    this.#held.push(held);
    this.#heldBytes += segment.bytes.length;
    this.#feed(held);
    while (this.#isBroken) this.#tryNext();
    if (this.#heldBytes > MAX_HELD_BYTES2 || this.#held.length > MAX_HELD_SEGMENTS) this.#forget();
  }
  clear() {
    this.#held = [];
    this.#heldBytes = 0;
    this.#restart();
  }
  /** The segments from the first on with which a frame begins. */
  take() {
    const first = this.#held.findIndex(({ beginsFrame: beginsFrame2 }) => beginsFrame2);
    const segments = first < 0 ? [] : this.#held.slice(first).map(({ segment }) => segment);
    this.clear();
    return segments;
  }
  // From the frames.
  begin(opcode, isFinal, reservedBits2) {
    const isContinuation = opcode === OPCODE_CONTINUATION;
    if ((reservedBits2 & 3) !== 0 || (isContinuation && reservedBits2 !== 0)) this.#isBroken = true;
    if (this.#inMessage !== null && isContinuation !== this.#inMessage) this.#isBroken = true;
    this.#inMessage = !isFinal;
    return false;
  }
  payload() {}
  payloadGap() {}
  frame(_direction, frame2) {
    if (this.frames > 0 && frame2.isMasked !== this.isMasked) this.#isBroken = true;
    if (!isPlausible(frame2.opcode, frame2.payloadLength) || !isPlausibleFrame(frame2)) this.#isBroken = true;
    this.isMasked = frame2.isMasked;
    this.frames++;
  }
  plainFrames() {}
  #feed(held) {
    const { bytes: bytes2, packet, seconds: seconds2, nanoseconds } = held.segment;
    held.beginsFrame = this.isBetweenFrames;
    this.#parser.push(bytes2, 0, bytes2.length, packet, seconds2, nanoseconds);
    const { unfinished } = this.#parser;
    if (unfinished === null) return;
    const { opcode, payloadLength } = unfinished;
    if (opcode !== null && !isPlausible(opcode, payloadLength ?? 0)) this.#isBroken = true;
  }
  /** The bytes are no frames, or none that begin where the last try began. */
  #tryNext() {
    this.tries++;
    if (this.#held[0]?.beginsFrame === true) this.#drop(1);
    this.#restart();
    for (const held of this.#held) {
      if (this.#isBroken) break;
      this.#feed(held);
    }
  }
  /** Frames go on longer than can be held: what is kept begins with a later one. */
  #forget() {
    const next = this.#held.findIndex(({ beginsFrame: beginsFrame2 }, index) => index > 0 && beginsFrame2);
    this.#drop(next < 0 ? this.#held.length : next);
  }
  #drop(count2) {
    for (const { segment } of this.#held.splice(0, count2)) this.#heldBytes -= segment.bytes.length;
  }
  #restart() {
    this.#parser = new FrameParser(this.#direction, this, this);
    this.frames = 0;
    this.#inMessage = null;
    this.#isBroken = false;
  }
};
function isPlausible(opcode, payloadLength) {
  if (isDataOpcode(opcode)) return payloadLength <= MAX_PLAUSIBLE_LENGTH;
  return isControlOpcode(opcode) && payloadLength <= MAX_CONTROL_PAYLOAD;
}
function isPlausibleFrame({ opcode, isFinal, reservedBits: reservedBits2, isShortestLength, payloadLength }) {
  if (isControlOpcode(opcode)) return isFinal && reservedBits2 === 0 && isShortestLength;
  return isShortestLength && (isFinal || payloadLength > 0);
}
var FrameSniffer = class {
  #directions = [new DirectionSniffer(0), new DirectionSniffer(1)];
  #isNamed;
  #client = null;
  /** @param isNamed the user says that this connection is a WebSocket: then one frame is enough */
  constructor(isNamed) {
    this.#isNamed = isNamed;
  }
  /** Takes the next bytes of a direction. Returns the client's direction once these are frames, else null. */
  push(direction, bytes2, start, end, packet, seconds2, nanoseconds) {
    const copy = new Uint8Array(bytes2.subarray(start, end));
    const segment = { bytes: copy, packet, seconds: seconds2, nanoseconds };
    this.#directions[direction].push(segment);
    this.#client ??= this.#isNamed ? this.#clientOfNamed() : this.#clientByProof();
    return this.#client;
  }
  gap(direction) {
    this.#directions[direction].clear();
  }
  /** Nothing came of it: not worth looking further. */
  get isHopeless() {
    return !this.#isNamed && this.#client === null && this.#directions.some(({ tries }) => tries > MAX_TRIES);
  }
  /** It is known where frames of this direction begin, and they are those of its role. */
  hasFrames(direction) {
    const sniffer = this.#directions[direction];
    if (this.#client === null || !hasWholeFrames(sniffer)) return false;
    return sniffer.isMasked === (direction === this.#client) && sniffer.hasStart;
  }
  /** What was held back of a direction, from its first frame on. */
  take(direction) {
    return this.#directions[direction].take();
  }
  /** Clients mask, servers don't (RFC 6455 §5.1): both must show enough frames, and one of each kind. */
  #clientByProof() {
    const [a, b] = this.#directions;
    if (a.frames < FRAMES_FOR_PROOF || b.frames < FRAMES_FOR_PROOF || a.isMasked === b.isMasked) return null;
    return a.isMasked ? 0 : 1;
  }
  #clientOfNamed() {
    for (const direction of [0, 1]) {
      const sniffer = this.#directions[direction];
      if (hasWholeFrames(sniffer)) return sniffer.isMasked ? direction : otherOf(direction);
    }
    return null;
  }
};
function hasWholeFrames({ frames: frames2, isBetweenFrames }) {
  return frames2 >= FRAMES_FOR_PROOF || (frames2 > 0 && isBetweenFrames);
}

// src/connection/early-bytes.ts
var MAX_PACKETS = 16;
var EarlyBytes = class {
  #packets = [];
  /** A new request: what came before belongs to an earlier one. */
  clear() {
    this.#packets = [];
  }
  /** A packet of the client with bytes, and the stream offset up to which it acknowledges the server's. */
  add(packet, acknowledged) {
    if (this.#packets.length < MAX_PACKETS) this.#packets.push({ packet, acknowledged });
  }
  /** The last packet that was sent before the 101, whose segment ends at this offset, was there; 0 for none. */
  untilPacket(responseEnd) {
    return Math.max(
      0,
      ...this.#packets.filter(({ acknowledged }) => acknowledged < responseEnd).map(({ packet }) => packet),
    );
  }
};

// src/connection/record.ts
function upgradeResponse(record) {
  return record.opening === 'handshake' ? (record.upgrade?.response ?? null) : null;
}
function roleOf(direction, client2) {
  return direction === client2 ? 'client' : 'server';
}

// src/connection/ending.ts
var Ending = class {
  #connection;
  #firstEnd = null;
  /** The first FIN or RST captured of each direction. */
  #ends = [null, null];
  #firstClose = null;
  constructor(connection2) {
    this.#connection = connection2;
  }
  /** Whose FIN or RST came first. */
  get firstEnder() {
    return this.#firstEnd?.direction ?? null;
  }
  /** A direction's first FIN, or its first RST. */
  end(direction, how, mark) {
    const { streams } = this.#connection;
    const acknowledges = streams[otherOf(direction)].lastAcknowledgedOffset;
    const end = { direction, how, mark, acknowledges };
    this.#ends[direction] ??= end;
    const first = this.#firstEnd;
    const isEarlier2 =
      first !== null &&
      first.direction !== direction &&
      how === 'fin' &&
      first.acknowledges > streams[direction].finOffset;
    if (first === null || isEarlier2) this.#firstEnd = end;
  }
  /** A Close. Says whether it came before the other side's end. */
  close(direction, packet) {
    const { streams, lastPacket } = this.#connection;
    const other = otherOf(direction);
    const { nextOffset } = streams[direction];
    const first = this.#firstClose;
    const isEarlier2 =
      first !== null &&
      first.direction !== direction &&
      (packet < first.packet || first.acknowledges >= nextOffset);
    if (first === null || isEarlier2) {
      const acknowledges = packet === lastPacket ? streams[other].lastAcknowledgedOffset : -1;
      this.#firstClose = { direction, packet, acknowledges };
    }
    const end = this.#ends[other];
    return end === null || packet <= end.mark.packet || end.acknowledges >= nextOffset;
  }
  firstCloser(client2) {
    return this.#firstClose === null ? null : roleOf(this.#firstClose.direction, client2);
  }
  firstEnd(client2) {
    if (this.#firstEnd === null) return null;
    const { direction, how, mark, acknowledges } = this.#firstEnd;
    const { unseenFrom } = this.#connection.streams[otherOf(direction)];
    const followsUnseen = unseenFrom >= 0 && acknowledges > unseenFrom;
    return { by: roleOf(direction, client2), how, mark, followsUnseen };
  }
};

// src/connection/frame-tap.ts
function tapFrames(handler, listener, client2) {
  if (listener?.frame === void 0) return handler;
  return {
    frame(direction, frame2) {
      handler.frame(direction, frame2);
      listener.frame?.(roleOf(direction, client2), frame2);
    },
    // Of a conversation that is listened to no frame is plain.
    plainFrames(direction, sum) {
      handler.plainFrames(direction, sum);
    },
  };
}

// src/median.ts
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// src/timestamp.ts
function millisecondsBetween(earlier, later2) {
  const nanoseconds = (later2.seconds - earlier.seconds) * 1e9 + (later2.nanoseconds - earlier.nanoseconds);
  return nanoseconds / 1e6;
}
function elapsedMs(earlier, later2) {
  return Math.max(0, millisecondsBetween(earlier, later2));
}
var lastSeconds = NaN;
var lastText = '';
function formatTimestamp({ seconds: seconds2, nanoseconds }) {
  const fraction = String(nanoseconds).padStart(9, '0');
  if (seconds2 !== lastSeconds) {
    const date = new Date(seconds2 * 1e3);
    if (Number.isNaN(date.getTime())) return `${seconds2}.${fraction}`;
    lastSeconds = seconds2;
    lastText = date.toISOString().slice(0, -5);
  }
  return `${lastText}.${fraction}Z`;
}

// src/connection/ping-log.ts
var MAX_OPEN = 64;
var MAX_STRAYS = 8;
var SWAPPED_MS = 1;
var PingLog = class {
  sent = 0;
  #onRoundTrip;
  /** In order: those that were not answered, and those that may be paired yet. */
  #open = [];
  /** Pongs of one payload that wait to be paired with open pings. */
  #unpaired = [];
  #forgotten = null;
  #slowest = null;
  /** The latest pongs that answered nothing. */
  #strays = [];
  constructor(onRoundTrip) {
    this.#onRoundTrip = onRoundTrip;
  }
  ping(frame2) {
    this.sent++;
    const { packet, seconds: seconds2, nanoseconds } = frame2;
    const payload = textOf(frame2.controlPayload);
    const ping = { packet, seconds: seconds2, nanoseconds, payload, isAnswered: false };
    if (this.#strays.length > 0 && this.#takeStray(ping)) return;
    if (this.#open.length >= MAX_OPEN) this.#makeRoom();
    this.#open.push(ping);
  }
  /** A pong of the other side. */
  pong(frame2) {
    const payload = textOf(frame2.controlPayload);
    if (payload === null) {
      this.#answer(
        this.#newest(() => true, frame2),
        null,
      );
      return;
    }
    const pong = { ...markOf(frame2), payload };
    const isCandidate = (ping) => ping.payload === payload;
    const named = this.#newest(isCandidate, frame2);
    if (named === -1) {
      this.#unexpected(pong);
      return;
    }
    if (this.#unpaired[0] !== void 0 && this.#unpaired[0].payload !== payload) {
      this.settle();
      this.pong(frame2);
      return;
    }
    this.#answer(named, pong);
    this.#unpaired.push(pong);
    let candidates2 = 0;
    for (let index = 0; index <= named; index++) if (isCandidate(this.#open[index])) candidates2++;
    if (this.#unpaired.length >= candidates2) this.settle();
  }
  /** Pairs the pongs that wait for it, and forgets what they answer. */
  settle() {
    const pongs = this.#unpaired;
    if (pongs.length === 0) return;
    this.#unpaired = [];
    let index = this.#open.length - 1;
    let answered = -1;
    const roundTrips = [];
    for (const pong of pongs.toReversed()) {
      while (index >= 0 && !isPair(this.#open[index], pong)) index--;
      const ping = this.#open[index];
      if (ping === void 0) break;
      if (answered === -1) answered = index;
      index--;
      this.#waited(ping, pong);
      roundTrips.push(elapsedMs(ping, pong));
    }
    for (const ms of roundTrips.toReversed()) this.#onRoundTrip(ms);
    this.#open = this.#open.slice(answered + 1);
  }
  facts() {
    this.settle();
    const waiting = this.#open.filter(isUnanswered);
    const forgotten = this.#forgotten;
    const first = forgotten?.first ?? waiting[0];
    const last = waiting.at(-1) ?? forgotten?.last;
    const slowest = this.#slowest;
    const stray = this.#strays.at(-1);
    return {
      sent: this.sent,
      unanswered:
        first === void 0 || last === void 0
          ? null
          : { count: (forgotten?.count ?? 0) + waiting.length, first: markOf(first), last: markOf(last) },
      slowest: slowest === null ? null : { ping: markOf(slowest.ping), pong: markOf(slowest.pong) },
      otherPong: first !== void 0 && stray !== void 0 && stray.packet > first.packet ? markOf(stray) : null,
    };
  }
  /** Index of the newest open ping that was sent before the pong; bytes that waited for others come late. */
  #newest(isCandidate, pong) {
    return this.#open.findLastIndex((ping) => ping.packet <= pong.packet && isCandidate(ping));
  }
  /** All up to this one have been answered; by `pong`, where it is certain that it wasn't another. */
  #answer(index, pong) {
    if (index === -1) return;
    if (pong !== null && this.#forgotten !== null) this.#waited(this.#forgotten.first, pong);
    this.#forgotten = null;
    for (const ping of this.#open.slice(0, index + 1)) {
      if (pong !== null && isUnanswered(ping)) this.#waited(ping, pong);
      ping.isAnswered = true;
    }
  }
  /** A pong with a payload that no open ping has. */
  #unexpected(pong) {
    const unknown = this.#newest(({ payload }) => payload === null, pong);
    if (unknown !== -1) {
      this.#answer(unknown, null);
      this.settle();
      this.#open = this.#open.slice(this.#newest(({ payload }) => payload === null, pong) + 1);
    } else if (this.#forgotten !== null) {
      this.#forgotten = null;
    } else {
      if (this.#strays.length >= MAX_STRAYS) this.#strays.shift();
      this.#strays.push(pong);
    }
  }
  /** Where the ping comes late, from TCP or from a capture that swapped the two, its pong may have been here before. */
  #takeStray(ping) {
    const index = this.#strays.findIndex(
      (pong2) =>
        pong2.payload === ping.payload &&
        (pong2.packet > ping.packet || millisecondsBetween(pong2, ping) <= SWAPPED_MS),
    );
    const pong = this.#strays[index];
    if (pong === void 0) return false;
    this.#strays.splice(index, 1);
    this.#answer(
      this.#newest(() => true, ping),
      pong,
    );
    this.#waited(ping, pong);
    this.#onRoundTrip(elapsedMs(ping, pong));
    return true;
  }
  #makeRoom() {
    this.settle();
    if (this.#open.length < MAX_OPEN) return;
    const ping = this.#open.shift();
    if (!isUnanswered(ping)) return;
    this.#forgotten ??= { count: 0, first: markOf(ping), last: ping };
    this.#forgotten.count++;
    this.#forgotten.last = ping;
  }
  #waited(ping, pong) {
    const ms = elapsedMs(ping, pong);
    if (this.#slowest === null || ms > this.#slowest.ms) this.#slowest = { ping, pong, ms };
  }
};
function isPair(ping, pong) {
  return ping.payload === pong.payload && ping.packet <= pong.packet;
}
function isUnanswered({ isAnswered, payload }) {
  return !isAnswered && payload !== null;
}
function textOf(payload) {
  if (payload === null) return null;
  return payload.length === 0
    ? ''
    : Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('latin1');
}

// src/connection/heartbeat.ts
var NO_PINGS = { sent: 0, unanswered: null, slowest: null, otherPong: null };
var MAX_SAMPLES = 4096;
var HeartbeatTracker = class {
  #roundTrips = [];
  #sides = [this.#newSide(), this.#newSide()];
  #pongs = 0;
  /** Takes every Ping and Pong; `direction` is its sender's. */
  frame(direction, frame2) {
    if (frame2.opcode === OPCODE_PING) {
      this.#ping(this.#sides[direction], frame2);
    } else if (frame2.opcode === OPCODE_PONG) {
      this.#pongs++;
      this.#sides[otherOf(direction)].log.pong(frame2);
    }
  }
  /** null where there was neither ping nor pong. */
  summary() {
    const [a, b] = this.#sides;
    const pings = a.log.sent + b.log.sent;
    if (pings + this.#pongs === 0) return null;
    for (const { log } of this.#sides) log.settle();
    const { intervals } = a.log.sent >= b.log.sent ? a : b;
    const roundTrips = this.#roundTrips;
    return {
      pings,
      pongs: this.#pongs,
      intervalMs: intervals.length === 0 ? null : median(intervals),
      roundTripMs:
        roundTrips.length === 0
          ? null
          : { min: Math.min(...roundTrips), median: median(roundTrips), max: Math.max(...roundTrips) },
    };
  }
  /** The pings that this direction sent. */
  pings(direction) {
    return this.#sides[direction].log.facts();
  }
  #newSide() {
    const log = new PingLog((ms) => {
      if (this.#roundTrips.length < MAX_SAMPLES) this.#roundTrips.push(ms);
    });
    return { log, last: null, intervals: [] };
  }
  #ping(side, frame2) {
    if (side.last !== null && side.intervals.length < MAX_SAMPLES) {
      side.intervals.push(millisecondsBetween(side.last, frame2));
    }
    side.last = markOf(frame2);
    side.log.ping(frame2);
  }
};

// src/connection/lifecycle.ts
var LIFECYCLE = {
  new: {
    syn: 'connecting',
    'syn-ack': 'connected',
    bytes: 'connected',
    request: 'upgrading',
    upgrade: 'open',
    end: 'ended-without-request',
  },
  connecting: {
    'syn-ack': 'connected',
    bytes: 'connected',
    request: 'upgrading',
    upgrade: 'open',
    end: 'not-connected',
  },
  connected: { request: 'upgrading', upgrade: 'open', end: 'ended-without-request' },
  upgrading: { refusal: 'refused', upgrade: 'open', end: 'ended-unanswered' },
  refused: { request: 'upgrading', upgrade: 'open', end: 'ended-refused' },
  open: { 'client-close': 'client-closing', 'server-close': 'server-closing', end: 'ended-without-close' },
  'client-closing': { 'server-close': 'closing-done', end: 'ended-with-one-close' },
  'server-closing': { 'client-close': 'closing-done', end: 'ended-with-one-close' },
  'closing-done': { end: 'ended-clean' },
  // What one side had sent before it saw the other's end; of each side only its first Close counts.
  'not-connected': { request: 'ended-unanswered', upgrade: 'ended-without-close' },
  'ended-without-request': { request: 'ended-unanswered', upgrade: 'ended-without-close' },
  'ended-unanswered': { refusal: 'ended-refused', upgrade: 'ended-without-close' },
  'ended-refused': { request: 'ended-unanswered', upgrade: 'ended-without-close' },
  'ended-without-close': {
    'client-close': 'ended-with-one-close',
    'server-close': 'ended-with-one-close',
  },
  'ended-with-one-close': { 'client-close': 'ended-clean', 'server-close': 'ended-clean' },
  'ended-clean': {},
};
var MAX_PHASES = 16;
var Lifecycle = class {
  #state = 'new';
  #phases = [];
  get state() {
    return this.#state;
  }
  /** The states that it went through, in the order of capture. */
  get phases() {
    return this.#phases;
  }
  advance(event, packet, seconds2, nanoseconds) {
    const next = LIFECYCLE[this.#state][event];
    if (next === void 0) return;
    this.#state = next;
    if (this.#phases.length === MAX_PHASES) this.#phases.shift();
    this.#phases.push({ state: next, packet, seconds: seconds2, nanoseconds });
  }
};

// src/websocket/extensions.ts
var PERMESSAGE_DEFLATE = 'permessage-deflate';
var MAX_WINDOW_BITS = 15;
var MIN_WINDOW_BITS = 8;
var parsed = /* @__PURE__ */ new Map();
var MAX_PARSED = 256;
var MAX_PARSED_LENGTH = 256;
var NONE = [];
function parseExtensions(value) {
  if (value === '') return NONE;
  const known = parsed.get(value);
  if (known !== void 0) return known;
  if (parsed.size >= MAX_PARSED || value.length > MAX_PARSED_LENGTH) return parse(value);
  const copy = Buffer.from(value, 'latin1').toString('latin1');
  const extensions = parse(copy);
  parsed.set(copy, extensions);
  return extensions;
}
function parse(value) {
  const extensions = [];
  for (const member of splitOutsideQuotes(value, ',')) {
    const [name = '', ...parameters] = splitOutsideQuotes(member, ';').map((part) => part.trim());
    if (name === '') continue;
    extensions.push({
      name: name.toLowerCase(),
      parameters: new Map(parameters.filter((text2) => text2 !== '').map(parseParameter)),
    });
  }
  return extensions;
}
function deflateParameters(agreed) {
  const deflate = agreed.find(({ name }) => name === PERMESSAGE_DEFLATE);
  if (deflate === void 0) return null;
  const client2 = directionOf('client', deflate);
  const server2 = directionOf('server', deflate);
  return client2 === null || server2 === null ? null : { client: client2, server: server2 };
}
function directionOf(side, { parameters }) {
  const noContextTakeover = parameters.has(`${side}_no_context_takeover`);
  const bits = parameters.get(`${side}_max_window_bits`);
  if (bits === void 0) return { noContextTakeover, windowBits: MAX_WINDOW_BITS };
  const windowBits = bits !== null && /^[1-9]\d?$/.test(bits) ? Number(bits) : NaN;
  if (!(windowBits >= MIN_WINDOW_BITS && windowBits <= MAX_WINDOW_BITS)) return null;
  return { noContextTakeover, windowBits };
}
function parseParameter(text2) {
  const equals = text2.indexOf('=');
  if (equals < 0) return [text2.toLowerCase(), null];
  const value = text2.slice(equals + 1).trim();
  const isQuoted = value.length >= 2 && value.startsWith('"') && value.endsWith('"');
  return [
    text2.slice(0, equals).trim().toLowerCase(),
    isQuoted ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value,
  ];
}
function splitOutsideQuotes(text2, separator) {
  const parts = [];
  let isQuoted = false;
  let start = 0;
  for (let at2 = 0; at2 < text2.length; at2++) {
    const character = text2[at2];
    if (isQuoted && character === '\\') at2++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) {
      parts.push(text2.slice(start, at2));
      start = at2 + 1;
    }
  }
  parts.push(text2.slice(start));
  return parts;
}

// src/websocket/raw-inflate.ts
var left = new Uint32Array(2);
var zlib = null;
var Z_SYNC_FLUSH = 2;
var RawInflate = class {
  /** With a dictionary a reset brings back that, not an empty window. */
  hasDictionary;
  #handle;
  /** What zlib says is wrong; null while nothing is. */
  error = null;
  /** @param dictionary what came before, as much of it as fills the window; undefined: nothing */
  constructor(windowBits, dictionary) {
    this.hasDictionary = dictionary !== void 0;
    zlib ??= loadZlib();
    const { INFLATERAW, Z_DEFAULT_LEVEL, Z_DEFAULT_MEMLEVEL, Z_DEFAULT_STRATEGY } = zlib.constants;
    this.#handle = new zlib.Handle(INFLATERAW);
    this.#handle.init(
      windowBits,
      Z_DEFAULT_LEVEL,
      Z_DEFAULT_MEMLEVEL,
      Z_DEFAULT_STRATEGY,
      left,
      nothing,
      dictionary,
    );
    this.#handle.onerror = (message) => {
      this.error = message;
    };
  }
  /** One call of zlib, into `output` from its beginning. {@link room} and {@link unread} say how far it came. */
  run(bytes2, start, end, output2) {
    this.#handle.writeSync(Z_SYNC_FLUSH, bytes2, start, end - start, output2, 0, output2.length);
  }
  reset() {
    this.#handle.reset();
    this.error = null;
  }
  /** Gives back what zlib holds. */
  close() {
    this.#handle.close();
  }
};
function room() {
  return left[0];
}
function unread() {
  return left[1];
}
function loadZlib() {
  const { constants: constants2, createInflateRaw } = process.getBuiltinModule('node:zlib');
  const { _handle: handle } = createInflateRaw();
  handle.close();
  return { Handle: handle.constructor, constants: constants2 };
}
function nothing() {}

// src/websocket/window-history.ts
var WindowHistory = class {
  #size;
  #ring = null;
  /** Where the next byte goes. */
  #at = 0;
  #isFull = false;
  constructor(windowBits) {
    this.#size = 1 << windowBits;
  }
  clear() {
    this.#at = 0;
    this.#isFull = false;
  }
  /** Takes the first `length` of these bytes. */
  append(bytes2, length) {
    const ring = (this.#ring ??= new Uint8Array(this.#size));
    const start = Math.max(0, length - this.#size);
    const first = Math.min(length - start, this.#size - this.#at);
    ring.set(bytes2.subarray(start, start + first), this.#at);
    ring.set(bytes2.subarray(start + first, length), 0);
    if (this.#at + (length - start) >= this.#size) this.#isFull = true;
    this.#at = (this.#at + (length - start)) % this.#size;
  }
  /** A copy, oldest byte first. */
  toBytes() {
    const ring = this.#ring ?? new Uint8Array(0);
    if (!this.#isFull) return ring.slice(0, this.#at);
    const bytes2 = new Uint8Array(this.#size);
    bytes2.set(ring.subarray(this.#at));
    bytes2.set(ring.subarray(0, this.#at), this.#size - this.#at);
    return bytes2;
  }
};

// src/websocket/inflater.ts
var output = new Uint8Array(65536);
var TAIL = Uint8Array.of(0, 0, 255, 255);
var LONGEST_COPY = 8192;
var withTail = new Uint8Array(LONGEST_COPY + TAIL.length);
var SET_FROM = 64;
var MESSAGES_KEPT = 16;
var Inflater = class {
  #windowBits;
  #output;
  #stream;
  /** What came out last, for a stream that begins anew in the middle of a context: zlib doesn't give it back. */
  #history;
  /** Complete messages while no stream has ended; NaN from then on. */
  #messages = 0;
  /** A stream ended when the output was not kept any more: what came before it is unknown. */
  #isPartial = false;
  #isFresh = true;
  /** @param windowBits 8 to 15: the window that its sender agreed to */
  constructor(windowBits, into) {
    this.#windowBits = windowBits;
    this.#output = into;
    this.#history = new WindowHistory(windowBits);
    this.#stream = new RawInflate(windowBits);
  }
  /** What zlib says is wrong; null while nothing is. */
  get error() {
    return this.#stream.error;
  }
  /** The next message begins with an empty window, whatever came before. */
  reset() {
    if (this.#isFresh) return;
    this.#history?.clear();
    this.#isPartial = false;
    if (this.#stream.hasDictionary) this.#reopen(void 0);
    else this.#stream.reset();
    this.#isFresh = true;
  }
  /** The next piece of a message. */
  write(bytes2, start, end) {
    return this.#run(bytes2, start, end, end);
  }
  /** The last piece of a message: {@link write} and {@link finish} in one. */
  writeLast(bytes2, start, end) {
    const length = end - start;
    if (length > LONGEST_COPY) {
      const result = this.write(bytes2, start, end);
      return result === 'ok' ? this.finish() : result;
    }
    if (length < SET_FROM) for (let i = 0; i < length; i++) withTail[i] = bytes2[start + i];
    else withTail.set(bytes2.subarray(start, end));
    for (let i = 0; i < TAIL.length; i++) withTail[length + i] = TAIL[i];
    return this.#finish(withTail, length);
  }
  /** The message is complete. */
  finish() {
    return this.#finish(TAIL, 0);
  }
  /** Gives back what zlib holds. */
  close() {
    this.#stream.close();
  }
  /** So many compressed bytes, the tail behind them. */
  #finish(bytes2, length) {
    const result = this.#run(bytes2, 0, length, length + TAIL.length);
    if (this.#messages < MESSAGES_KEPT && ++this.#messages === MESSAGES_KEPT) this.#history = null;
    return result;
  }
  /** Compressed bytes up to `end`, the tail from there up to `tailEnd`. */
  #run(bytes2, start, end, tailEnd) {
    this.#isFresh = false;
    let at2 = start;
    while (at2 < tailEnd) {
      const before = at2;
      const result = this.#step(bytes2, at2, tailEnd);
      if (result !== 'ok') return result;
      at2 = tailEnd - unread();
      if (at2 > before || room() < output.length) continue;
      if (at2 >= end) return 'ok';
      if (!this.#goOn()) return 'stopped';
    }
    while (room() === 0) {
      const result = this.#step(TAIL, 0, 0);
      if (result !== 'ok') return result;
    }
    return 'ok';
  }
  /** One call of zlib, and its output handed on. */
  #step(bytes2, start, end) {
    this.#stream.run(bytes2, start, end, output);
    if (this.#stream.error !== null) return this.#isPartial ? 'stopped' : 'failed';
    const produced = output.length - room();
    if (produced === 0) return 'ok';
    this.#history?.append(output, produced);
    return this.#output.inflated(output, produced) ? 'ok' : 'stopped';
  }
  /** A new stream in the context of the last one. */
  #goOn() {
    this.#messages = NaN;
    if (this.#history === null) {
      this.#isPartial = true;
      this.#history = new WindowHistory(this.#windowBits);
    }
    const window = this.#history.toBytes();
    this.#reopen(window.length === 0 ? void 0 : window);
    return this.#output.reopened();
  }
  #reopen(dictionary) {
    this.#stream.close();
    this.#stream = new RawInflate(this.#windowBits, dictionary);
  }
};
var isStreaming = null;
function canStream() {
  isStreaming ??= tryOut();
  return isStreaming;
}
function tryOut() {
  const chunks = [];
  try {
    const inflater = new Inflater(15, {
      inflated: (bytes2, end) => chunks.push(...bytes2.subarray(0, end)) > 0,
      reopened: () => true,
    });
    const results = ['f248cdc9c90700', 'f200110000'].map((hex) => {
      const bytes2 = Buffer.from(hex, 'hex');
      return inflater.writeLast(bytes2, 0, bytes2.length);
    });
    inflater.close();
    return (
      results.every((result) => result === 'ok') && Buffer.from(chunks).toString('latin1') === 'HelloHello'
    );
  } catch {
    return false;
  }
}

// src/websocket/unmask.ts
var UNMASK_CHUNK = 16384;
var WIDE_FROM2 = 48;
var scratchWords = new Int32Array(UNMASK_CHUNK / 4);
var scratch = new Uint8Array(scratchWords.buffer);
var keyWord2 = new Int32Array(1);
var key = new Uint8Array(keyWord2.buffer);
function unmask(bytes2, start, end, mask, index) {
  const length = end - start;
  for (let i = 0; i < 4; i++) key[i] = mask >>> (24 - 8 * ((index + i) & 3));
  if (length < WIDE_FROM2) {
    for (let i = 0; i < length; i++) scratch[i] = bytes2[start + i] ^ key[i & 3];
    return scratch;
  }
  scratch.set(bytes2.subarray(start, end));
  const word = keyWord2[0];
  const words2 = (length + 3) >> 2;
  for (let i = 0; i < words2; i++) scratchWords[i] ^= word;
  return scratch;
}

// src/websocket/utf8-validator.ts
import { isUtf8 as isUtf82 } from 'node:buffer';
var NATIVE_FROM2 = 64;
var Utf8Validator = class {
  /** The bytes of a character that the pieces so far have cut. */
  #cut = new Uint8Array(4);
  #cutLength = 0;
  #cutNeeds = 0;
  #isValid = true;
  reset() {
    this.#cutLength = 0;
    this.#isValid = true;
  }
  /** Whether all that came is UTF-8, and ends between characters. */
  get isComplete() {
    return this.#isValid && this.#cutLength === 0;
  }
  push(bytes2, start, end) {
    let at2 = start;
    if (!this.#isValid) return;
    while (this.#cutLength > 0 && at2 < end) {
      this.#cut[this.#cutLength++] = bytes2[at2++];
      if (this.#cutLength < this.#cutNeeds) continue;
      this.#isValid = isUtf82(this.#cut.subarray(0, this.#cutLength));
      this.#cutLength = 0;
      if (!this.#isValid) return;
    }
    if (at2 >= end || (end - at2 < NATIVE_FROM2 && isAscii2(bytes2, at2, end))) return;
    const whole = this.#holdBackCut(bytes2, at2, end);
    if (whole > at2) this.#isValid = isUtf82(bytes2.subarray(at2, whole));
  }
  /** Keeps the character that the end of these bytes cuts, if any; returns the end of the whole ones. */
  #holdBackCut(bytes2, start, end) {
    for (let back = 1; back <= 3 && end - back >= start; back++) {
      const byte = bytes2[end - back];
      if (byte < 128) return end;
      if (byte < 192) continue;
      const needs = byte < 224 ? 2 : byte < 240 ? 3 : 4;
      if (needs <= back) return end;
      for (let i = 0; i < back; i++) this.#cut[i] = bytes2[end - back + i];
      this.#cutLength = back;
      this.#cutNeeds = needs;
      return end - back;
    }
    return end;
  }
};
function isAscii2(bytes2, start, end) {
  let all = 0;
  for (let at2 = start; at2 < end; at2++) all |= bytes2[at2];
  return all < 128;
}

// src/websocket/message-reader.ts
var MAX_INFLATED = 64 * 1024 * 1024;
var RSV1 = 4;
var NATIVE_FROM3 = 512;
var NOTHING3 = [];
var MessageReader = class {
  // What every frame touches stands first (see StreamReassembler).
  /** The current frame is a whole message, nothing has changed its bytes, and nobody wants to see them: most are. */
  #isPlain = false;
  /** Between the first frame of a message and the end of its last one. */
  #inMessage = false;
  /** A continuation belongs to no message that began in the capture. */
  #isStartKnown;
  #keep;
  /** Made by the first text that isn't ASCII. */
  #utf8 = null;
  #handler;
  #deflate;
  #budget;
  #opaqueBits;
  #inflater = null;
  /** Why nothing can be inflated any more, until a message begins with an empty window. */
  #deflateLost = null;
  #pendingOddity = null;
  /** The current frame belongs to a message. */
  #isOfMessage = false;
  /** Where the message ends, counted from the beginning of the current frame's payload; Infinity: not in it. */
  #messageEnd = Infinity;
  // Of the current message, if it isn't plain.
  #opcode = 0;
  #isCompressed = false;
  /** Its last byte has gone to the inflater. */
  #isInflated = false;
  #frames = 0;
  #wireLength = 0;
  #length = 0;
  #firstPacket = 0;
  #problem = null;
  #error = null;
  #kept = NOTHING3;
  #keptLength = 0;
  /** Messages that were sent compressed, and the ones that could not be looked into: how many, why, and since when. */
  compressedMessages = 0;
  notInflated = null;
  constructor(handler, { deflate, budget, opaqueBits, isFromStart, keep }) {
    this.#handler = handler;
    this.#deflate = deflate;
    this.#budget = budget;
    this.#isStartKnown = isFromStart;
    this.#keep = keep;
    this.#opaqueBits = opaqueBits;
  }
  /** The fragmented message whose final frame has not come; null between messages. */
  get unfinished() {
    if (!this.#inMessage || this.#frames === 0) return null;
    return {
      opcode: this.#opcode,
      frames: this.#frames,
      payloadBytes: this.#wireLength,
      firstPacket: this.#firstPacket,
    };
  }
  /** It stands between messages, and would look at no more of a plain frame than its parser does. */
  get isSteady() {
    return this.#isStartKnown && !this.#inMessage && this.#keep === 0;
  }
  begin(opcode, isFinal, reservedBits2, payloadLength) {
    if (
      isFinal &&
      reservedBits2 === 0 &&
      opcode !== OPCODE_CONTINUATION &&
      !this.#inMessage &&
      this.#keep === 0
    ) {
      this.#isPlain = true;
      this.#isStartKnown = true;
      if (opcode !== OPCODE_TEXT) return false;
      this.#utf8?.reset();
      return true;
    }
    this.#messageEnd = isFinal ? payloadLength : Infinity;
    if (opcode !== OPCODE_CONTINUATION) {
      this.#pendingOddity = this.#inMessage ? 'message-inside-message' : null;
      if (this.#inMessage && this.#isCompressed && this.#inflater !== null) this.#loseDeflate('gap');
      this.#start(opcode, reservedBits2);
    } else if (!this.#inMessage) {
      this.#pendingOddity = this.#isStartKnown ? 'continuation-without-start' : null;
      this.#isOfMessage = false;
      return false;
    }
    this.#isOfMessage = true;
    if (this.#problem !== null) return false;
    return this.#isCompressed || this.#opcode === OPCODE_TEXT || this.#keep > 0;
  }
  payload(bytes2, start, end, mask, index) {
    if (this.#isPlain) {
      this.#checkPlain(bytes2, start, end, mask, index);
      return;
    }
    const isLast = index + (end - start) === this.#messageEnd;
    if (mask === 0) {
      this.#take(bytes2, start, end, isLast);
      return;
    }
    for (let at2 = start; at2 < end; at2 += UNMASK_CHUNK) {
      const stop = Math.min(end, at2 + UNMASK_CHUNK);
      this.#take(
        unmask(bytes2, at2, stop, mask, index + (at2 - start)),
        0,
        stop - at2,
        isLast && stop === end,
      );
    }
  }
  payloadGap() {
    if (this.#isPlain) {
      this.#isPlain = false;
      this.#isOfMessage = false;
    }
    if (!this.#isOfMessage || this.#problem !== null) return;
    this.#problem = 'gap';
    if (this.#isCompressed) this.#loseDeflate('gap');
  }
  /** Output of the inflater. */
  inflated(bytes2, end) {
    if (this.#length + end > MAX_INFLATED || !this.#budget.output(end)) {
      this.#length += end;
      return false;
    }
    this.#content(bytes2, 0, end);
    return true;
  }
  /** Of the inflater. */
  reopened() {
    return this.#budget.reopen();
  }
  /** A frame is complete. */
  end(frame2) {
    if (!isDataOpcode(frame2.opcode)) return;
    if (this.#isPlain) {
      this.#isPlain = false;
      if (frame2.opcode === OPCODE_TEXT && this.#utf8 !== null && !this.#utf8.isComplete) {
        this.#handler.oddity('text-not-utf8', frame2, null);
      }
      return;
    }
    if (this.#pendingOddity !== null) {
      this.#handler.oddity(this.#pendingOddity, frame2, null);
      this.#pendingOddity = null;
    }
    if (!this.#isOfMessage) return;
    if (this.#frames++ === 0) this.#firstPacket = frame2.firstPacket;
    this.#wireLength += frame2.payloadLength;
    if (frame2.isFinal) this.#finish(frame2);
  }
  /** Frames can't be followed any more, or the connection is over: gives back what is held. */
  close() {
    if (this.#inflater === null) return;
    this.#inflater.close();
    this.#inflater = null;
    this.#budget.release();
  }
  #start(opcode, reservedBits2) {
    this.#inMessage = true;
    this.#isStartKnown = true;
    this.#opcode = opcode;
    const isOpaque = (reservedBits2 & this.#opaqueBits) !== 0;
    this.#isCompressed = !isOpaque && (reservedBits2 & RSV1) !== 0 && this.#deflate !== null;
    this.#isInflated = false;
    this.#frames = 0;
    this.#wireLength = 0;
    this.#length = 0;
    this.#problem = isOpaque ? 'unknown-encoding' : null;
    this.#error = null;
    if (opcode === OPCODE_TEXT) (this.#utf8 ??= new Utf8Validator()).reset();
    if (this.#keep > 0) {
      this.#kept = [];
      this.#keptLength = 0;
    }
    if (this.#isCompressed) this.#startInflating(this.#deflate);
  }
  #startInflating({ noContextTakeover, windowBits }) {
    this.compressedMessages++;
    if (noContextTakeover) {
      this.#deflateLost = null;
      this.#inflater?.reset();
    }
    if (this.#deflateLost === null && this.#inflater === null) {
      if (canStream() && this.#budget.open()) this.#inflater = new Inflater(windowBits, this);
      else this.#deflateLost = 'inflate-bound';
    }
    this.#problem = this.#deflateLost;
  }
  /** The next bytes of a text that need not be kept. */
  #checkPlain(bytes2, start, end, mask, index) {
    const utf82 = this.#utf8;
    const isBetweenCharacters = utf82 === null || utf82.isComplete;
    const isNativeQuicker = mask === 0 && end - start >= NATIVE_FROM3;
    if (isBetweenCharacters && !isNativeQuicker && isAscii(bytes2, start, end, mask, index)) return;
    const validator = (this.#utf8 ??= new Utf8Validator());
    if (mask === 0) {
      validator.push(bytes2, start, end);
      return;
    }
    for (let at2 = start; at2 < end; at2 += UNMASK_CHUNK) {
      const stop = Math.min(end, at2 + UNMASK_CHUNK);
      validator.push(unmask(bytes2, at2, stop, mask, index + (at2 - start)), 0, stop - at2);
    }
  }
  /** The next bytes of the current message, unmasked; perhaps its last ones. */
  #take(bytes2, start, end, isLast) {
    if (this.#problem !== null) return;
    if (!this.#isCompressed) {
      this.#content(bytes2, start, end);
      return;
    }
    this.#budget.input(end - start);
    this.#isInflated = isLast;
    const inflater = this.#inflater;
    const result = isLast ? inflater.writeLast(bytes2, start, end) : inflater.write(bytes2, start, end);
    if (result !== 'ok') this.#stopInflating(result);
  }
  /** The next bytes of the current message, unmasked and inflated. */
  #content(bytes2, start, end) {
    this.#length += end - start;
    if (this.#opcode === OPCODE_TEXT) this.#utf8.push(bytes2, start, end);
    const room2 = this.#keep - this.#keptLength;
    if (room2 <= 0) return;
    const piece = new Uint8Array(bytes2.subarray(start, Math.min(end, start + room2)));
    this.#kept.push(piece);
    this.#keptLength += piece.length;
  }
  #stopInflating(result) {
    this.#error = this.#inflater?.error ?? null;
    this.#loseDeflate(result === 'failed' ? 'inflate-failed' : 'inflate-bound');
    this.#problem = this.#deflateLost;
  }
  #loseDeflate(reason) {
    this.#deflateLost = reason;
    this.close();
  }
  #finish(frame2) {
    this.#inMessage = false;
    if (this.#isCompressed) this.#finishInflating(frame2);
    else if (this.#problem === 'unknown-encoding') this.#countNotInflated(frame2, 'unknown');
    if (this.#opcode === OPCODE_TEXT && this.#problem === null && !this.#utf8.isComplete) {
      this.#problem = 'not-utf8';
      this.#handler.oddity('text-not-utf8', frame2, null);
    }
    if (this.#keep > 0) this.#handler.message(this.#message(frame2));
  }
  #finishInflating(frame2) {
    if (this.#problem === null && !this.#isInflated) {
      const result = this.#inflater.finish();
      if (result !== 'ok') this.#stopInflating(result);
    }
    if (this.#problem === 'inflate-failed' && this.#error !== null) {
      this.#handler.oddity('inflate-failed', frame2, this.#error);
    } else if (this.#problem === 'inflate-bound' && this.#length > MAX_INFLATED) {
      this.#handler.oddity('inflate-too-long', frame2, this.#length);
    }
    if (this.#problem === 'gap') this.#countNotInflated(frame2, 'gap');
    else if (this.#problem === 'inflate-bound') this.#countNotInflated(frame2, 'bound');
  }
  #countNotInflated({ firstPacket }, reason) {
    this.notInflated ??= { messages: 0, reason, firstPacket };
    this.notInflated.messages++;
  }
  #message({ packet, seconds: seconds2, nanoseconds }) {
    const isKnown = this.#problem === null || this.#problem === 'not-utf8';
    return {
      opcode: this.#opcode,
      frames: this.#frames,
      isCompressed: this.#isCompressed,
      wireLength: this.#wireLength,
      length: isKnown ? this.#length : null,
      bytes: isKnown ? joined(this.#kept, this.#keptLength) : null,
      problem: this.#problem,
      firstPacket: this.#firstPacket,
      packet,
      seconds: seconds2,
      nanoseconds,
    };
  }
};
function joined(pieces, length) {
  if (pieces.length === 1) return pieces[0];
  const whole = new Uint8Array(length);
  let at2 = 0;
  for (const piece of pieces) {
    whole.set(piece, at2);
    at2 += piece.length;
  }
  return whole;
}

// src/connection/openings.ts
var NONE2 = 0;
var RSV12 = 4;
var ALL = 7;
function openingsOf(sides, client2, facts) {
  return [openingOf(0, sides[0], client2, facts), openingOf(1, sides[1], client2, facts)];
}
function openingOf(
  direction,
  side,
  client2,
  { extensions, isFromStart, earlyUntilPacket, budget, listener },
) {
  const role = roleOf(direction, client2);
  const parameters = extensions?.deflate ?? null;
  const knownReservedBits = reservedBitsOf(extensions);
  return {
    role,
    reader: new MessageReader(side, {
      deflate: parameters === null ? null : parameters[role],
      budget,
      opaqueBits: knownReservedBits === ALL ? ALL : NONE2,
      isFromStart,
      keep: listener?.keep ?? 0,
    }),
    knownReservedBits,
    earlyUntilPacket: role === 'client' ? earlyUntilPacket : 0,
    onMessage:
      listener === void 0
        ? null
        : (message) => {
            listener.message(role, message);
          },
  };
}
function reservedBitsOf(extensions) {
  if (extensions === null) return ALL;
  const { names, deflate } = extensions;
  if (names.some((name) => name !== PERMESSAGE_DEFLATE)) return ALL;
  if (names.length > 0 && deflate === null) return ALL;
  return deflate === null ? NONE2 : RSV12;
}

// src/websocket/close-payload.ts
import { isUtf8 as isUtf83 } from 'node:buffer';
var decoder = new TextDecoder('utf-8', { ignoreBOM: true });
function parseClosePayload(payload) {
  if (payload.length < 2) return { code: null, reason: '', isReasonUtf8: true };
  const reason = payload.subarray(2);
  return {
    code: (payload[0] << 8) | payload[1],
    reason: decoder.decode(reason),
    isReasonUtf8: isUtf83(reason),
  };
}
function isSendableCloseCode(code) {
  if (code >= 3e3) return code <= 4999;
  return (code >= 1e3 && code <= 1003) || (code >= 1007 && code <= 1014);
}
function closeCodeName(code) {
  const name = NAMES2[code];
  if (name !== void 0) return name;
  if (code >= 4e3 && code <= 4999) return 'private use';
  if (code >= 3e3 && code <= 3999) return 'registered by a library';
  return 'unassigned';
}
var NAMES2 = {
  1e3: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status received',
  1006: 'abnormal closure',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake',
};

// src/connection/irregularity.ts
var MAX_EXAMPLES = 3;
function placeOf(frame2, number2) {
  const {
    packet,
    seconds: seconds2,
    nanoseconds,
    firstPacket,
    opcode,
    reservedBits: reservedBits2,
    payloadLength,
  } = frame2;
  return {
    packet,
    seconds: seconds2,
    nanoseconds,
    firstPacket,
    opcode,
    reservedBits: reservedBits2,
    payloadLength,
    number: number2,
  };
}
function setPlace(place, frame2, number2) {
  place.packet = frame2.packet;
  place.seconds = frame2.seconds;
  place.nanoseconds = frame2.nanoseconds;
  place.firstPacket = frame2.firstPacket;
  place.opcode = frame2.opcode;
  place.reservedBits = frame2.reservedBits;
  place.payloadLength = frame2.payloadLength;
  place.number = number2;
}
var IrregularityLog = class {
  #byKind = /* @__PURE__ */ new Map();
  add(kind, frame2, number2, detail = null) {
    let entry = this.#byKind.get(kind);
    if (entry === void 0) {
      entry = { count: 0, examples: [] };
      this.#byKind.set(kind, entry);
    }
    entry.count++;
    if (entry.examples.length < MAX_EXAMPLES) entry.examples.push({ ...placeOf(frame2, number2), detail });
  }
  list() {
    return [...this.#byKind].map(([kind, { count: count2, examples }]) => ({
      kind,
      count: count2,
      examples,
    }));
  }
};

// src/connection/side-tracker.ts
var RSV13 = 4;
var TOO_LARGE = 2 ** 63;
var SideTracker = class {
  // What every frame touches stands first (see StreamReassembler).
  #frameCount = 0;
  #messages = 0;
  #payloadBytes = 0;
  /** Frames by opcode. */
  #texts = 0;
  #binaries = 0;
  /** Written over by each frame of their kind. */
  #lastData = null;
  #reader = null;
  /** Its role masks (RFC 6455 §5.1). */
  isMaskExpected = false;
  #first = null;
  #early = null;
  #closeFrame = null;
  #lastOther = null;
  #continuations = 0;
  #closes = 0;
  #pings = 0;
  #pongs = 0;
  #reserved = 0;
  #opening = null;
  /** Made by the first irregularity: most sides have none. */
  #irregularities = null;
  #framesBeforePeerEnd = null;
  open(opening) {
    this.#opening = opening;
    this.#reader = opening.reader;
    this.isMaskExpected = opening.role === 'client';
  }
  frame(frame2) {
    const { opcode } = frame2;
    this.#count(opcode);
    this.#frameCount++;
    this.#payloadBytes += frame2.payloadLength;
    if (this.#first === null) this.#begin(frame2);
    if (this.#early !== null) this.#countEarly(frame2);
    if (frame2.isMasked !== this.isMaskExpected) this.#note('masking', frame2);
    if (!frame2.isShortestLength) this.#note('length-not-shortest', frame2);
    if (frame2.reservedBits !== 0) this.#checkReservedBits(frame2);
    if (isDataOpcode(opcode)) {
      if (this.#lastData === null) this.#lastData = placeOf(frame2, this.#frameCount);
      else setPlace(this.#lastData, frame2, this.#frameCount);
      if (frame2.isFinal) this.#messages++;
      if (this.#closeFrame !== null) this.#note('data-after-close', frame2);
      this.#reader?.end(frame2);
    } else {
      if (this.#lastOther === null) this.#lastOther = placeOf(frame2, this.#frameCount);
      else setPlace(this.#lastOther, frame2, this.#frameCount);
      this.#checkControl(frame2);
    }
  }
  /** There is nothing to note of the next frame, if it is plain. */
  get isSteady() {
    return (
      this.#first !== null &&
      this.#early === null &&
      this.#closeFrame === null &&
      this.#reader?.isSteady === true
    );
  }
  /** Frames that were added up while {@link isSteady}. */
  plainFrames(sum) {
    const { texts, binaries, payloadBytes, lastPacket } = sum;
    this.#texts += texts;
    this.#binaries += binaries;
    this.#frameCount += texts + binaries;
    this.#messages += texts + binaries;
    this.#payloadBytes += payloadBytes;
    this.#lastData = {
      packet: lastPacket,
      seconds: sum.lastSeconds,
      nanoseconds: sum.lastNanoseconds,
      firstPacket: lastPacket,
      opcode: sum.lastOpcode,
      reservedBits: 0,
      payloadLength: sum.lastLength,
      number: this.#frameCount,
    };
  }
  /** A Close of this side; `isBeforePeerEnd` as in {@link CloseFrame}. Returns its code and reason. */
  close(frame2, isBeforePeerEnd) {
    const { controlPayload: controlPayload2 } = frame2;
    const { code, reason, isReasonUtf8 } = parseClosePayload(controlPayload2 ?? new Uint8Array(0));
    if (controlPayload2?.length === 1) this.#note('close-payload-of-one-byte', frame2);
    if (code !== null && !isSendableCloseCode(code)) this.#note('close-code-not-sendable', frame2, code);
    if (!isReasonUtf8 && frame2.payloadLength <= MAX_CONTROL_PAYLOAD)
      this.#note('close-reason-not-utf8', frame2);
    const close = { code, reason, mark: markOf(frame2), isBeforePeerEnd };
    if (this.#closeFrame === null && (this.#reader?.unfinished ?? null) !== null) {
      this.#note('close-inside-message', frame2);
    }
    this.#closeFrame ??= close;
    return close;
  }
  /** Whether this side has sent a Close. */
  get hasClosed() {
    return this.#closeFrame !== null;
  }
  /** The other side's first FIN or RST was captured. */
  peerEnded() {
    this.#framesBeforePeerEnd ??= this.#frameCount;
  }
  // From the messages.
  oddity(kind, frame2, detail) {
    this.#note(kind, frame2, detail);
  }
  message(message) {
    this.#opening?.onMessage?.(message);
  }
  /** What was met so far. With the frame in which the stream ends, where that says of itself that it never will. */
  irregularities(parser) {
    const list = this.#irregularities?.list() ?? [];
    const unfinished = parser?.unfinished ?? null;
    if (unfinished === null) return list;
    const { opcode, payloadLength, firstPacket, seconds: seconds2, nanoseconds } = unfinished;
    if (opcode === null || (payloadLength ?? 0) < TOO_LARGE) return list;
    const place = {
      packet: firstPacket,
      firstPacket,
      seconds: seconds2,
      nanoseconds,
      opcode,
      reservedBits: 0,
    };
    const example = {
      ...place,
      payloadLength: payloadLength ?? 0,
      number: this.#frameCount + 1,
      detail: payloadLength,
    };
    return [...list, { kind: 'length-too-large', count: 1, examples: [example] }];
  }
  /** Call it when nothing more will come. */
  facts(role, stream, parser, pings) {
    const reader = this.#reader;
    reader?.close();
    const lastData = this.#lastData;
    const lastOther = this.#lastOther;
    return {
      role,
      frames: this.#countsByName(),
      frameCount: this.#frameCount,
      messages: this.#messages,
      payloadBytes: this.#payloadBytes,
      firstFrame: this.#first,
      lastFrame: (lastData?.number ?? 0) > (lastOther?.number ?? 0) ? lastData : lastOther,
      lastDataFrame: lastData,
      framesBeforeUpgrade: this.#early,
      irregularities: this.irregularities(parser),
      unfinishedMessage: reader?.unfinished ?? null,
      compressedMessages: reader?.compressedMessages ?? 0,
      notInflated: reader?.notInflated ?? null,
      pings,
      closeFrame: this.#closeFrame,
      framesBeforePeerEnd: this.#framesBeforePeerEnd ?? this.#frameCount,
      unfinished: parser?.unfinished ?? null,
      isFramingLost: parser?.isLost ?? false,
      streamBytes: stream.streamBytes,
      isCaptured: stream.isCaptured,
      segments: stream.segments,
      retransmissions: stream.retransmissions,
      outOfOrder: stream.outOfOrder,
      gapBytes: stream.gapBytes,
      cutBytes: stream.cutBytes,
      hasUnseenEnd: stream.unseenFrom >= 0,
      lastByte: stream.lastByte,
      syns: stream.syns,
      trouble: stream.trouble,
      syn: stream.syn,
      fin: stream.fin,
      rst: stream.rst,
    };
  }
  #begin(frame2) {
    this.#first = placeOf(frame2, 1);
    const until = this.#opening?.earlyUntilPacket ?? 0;
    if (frame2.firstPacket <= until) this.#early = { count: 0, first: this.#first };
  }
  #countEarly(frame2) {
    if (frame2.firstPacket <= this.#opening.earlyUntilPacket) this.#early.count++;
  }
  #checkReservedBits(frame2) {
    const { opcode, reservedBits: reservedBits2 } = frame2;
    const known = this.#opening?.knownReservedBits ?? 7;
    const allowed = known === RSV13 && (!isDataOpcode(opcode) || opcode === OPCODE_CONTINUATION) ? 0 : known;
    if ((reservedBits2 & ~allowed) !== 0) this.#note('reserved-bits', frame2, reservedBits2);
  }
  #checkControl(frame2) {
    const { opcode } = frame2;
    if (!isControlOpcode(opcode)) {
      this.#note('reserved-opcode', frame2, opcode);
      if (opcode < OPCODE_CLOSE) return;
    }
    if (!frame2.isFinal) this.#note('control-fragmented', frame2);
    if (frame2.payloadLength > MAX_CONTROL_PAYLOAD) this.#note('control-too-long', frame2);
  }
  #note(kind, frame2, detail = null) {
    this.#irregularities ??= new IrregularityLog();
    this.#irregularities.add(kind, frame2, this.#frameCount, detail);
  }
  #count(opcode) {
    switch (opcode) {
      case OPCODE_TEXT:
        this.#texts++;
        break;
      case OPCODE_BINARY:
        this.#binaries++;
        break;
      case OPCODE_CONTINUATION:
        this.#continuations++;
        break;
      case OPCODE_CLOSE:
        this.#closes++;
        break;
      case OPCODE_PING:
        this.#pings++;
        break;
      case OPCODE_PONG:
        this.#pongs++;
        break;
      default:
        this.#reserved++;
    }
  }
  #countsByName() {
    return {
      text: this.#texts,
      binary: this.#binaries,
      continuation: this.#continuations,
      close: this.#closes,
      ping: this.#pings,
      pong: this.#pongs,
      reserved: this.#reserved,
    };
  }
};

// src/connection/timeline-room.ts
var BLOCK = 80;
var INITIAL_BLOCKS = 64;
var TimelineRoom = class {
  /** Replaced when more room is needed: look it up anew for each use. */
  rows = new Int32Array(INITIAL_BLOCKS * BLOCK);
  #used = 0;
  #free = [];
  /** Index of a block's first number. What stands in it is left over from its last owner. */
  take() {
    const free = this.#free.pop();
    if (free !== void 0) return free;
    const at2 = this.#used;
    this.#used += BLOCK;
    if (this.#used > this.rows.length) {
      const larger = new Int32Array(this.rows.length * 2);
      larger.set(this.rows);
      this.rows = larger;
    }
    return at2;
  }
  release(at2) {
    this.#free.push(at2);
  }
};

// src/connection/timeline.ts
var KEPT_AT_EACH_END = 16;
var KINDS = ['syn', 'syn-ack', 'request', 'response', 'frame', 'gap', 'fin', 'rst'];
var FRAME = KINDS.indexOf('frame');
var PACKET = 0;
var SECONDS = 1;
var NANOSECONDS = 2;
var LENGTH = 3;
var PACKED = 4;
var ROW = 5;
var LONG = -1;
var MAX_LENGTH = 2147483647;
var KIND_MASK = 7;
var DIRECTION_BIT = 3;
var HAS_LENGTH_BIT = 4;
var OPCODE_SHIFT = 5;
var OPCODE_MASK = 31;
var CODE_SHIFT = 10;
var CODE_MASK = 131071;
var HAS_TEXT_BIT = 27;
var Timeline = class {
  // What every frame touches stands first (see StreamReassembler).
  #count = 0;
  #startSeconds = 0;
  /** Where the latest events are in the rows of all connections; -1 while there are none, and once they are kept here. */
  #latestAt = -1;
  #room;
  /** The same of the first events. */
  #firstAt = -1;
  /** The rows in order, once nothing more will come: first the first ones, then the latest. */
  #kept = null;
  /** Text of requests, responses and Close frames, and lengths that are LONG, by number of the event. */
  #texts = null;
  #lengths = null;
  /** @param room shared by all connections of a capture */
  constructor(room2 = new TimelineRoom()) {
    this.#room = room2;
  }
  /** Events come in the order in which they were captured. */
  add(event, direction, packet, seconds2, nanoseconds, { opcode, length, code, detail } = {}) {
    const hasText = detail !== void 0 && detail !== '';
    if (hasText) (this.#texts ??= /* @__PURE__ */ new Map()).set(this.#count, detail);
    const packed =
      KINDS.indexOf(event) |
      (direction << DIRECTION_BIT) |
      (length === void 0 ? 0 : 1 << HAS_LENGTH_BIT) |
      (((opcode ?? -1) + 1) << OPCODE_SHIFT) |
      (((code ?? -1) + 1) << CODE_SHIFT) |
      (hasText ? 1 << HAS_TEXT_BIT : 0);
    this.#write(packet, seconds2, nanoseconds, length ?? 0, packed);
  }
  /** The common case of {@link add}: a frame without anything to say but its kind and length. */
  addFrame(direction, packet, seconds2, nanoseconds, opcode, length) {
    const packed =
      FRAME | (direction << DIRECTION_BIT) | (1 << HAS_LENGTH_BIT) | ((opcode + 1) << OPCODE_SHIFT);
    this.#write(packet, seconds2, nanoseconds, length, packed);
  }
  /** Nothing more will come: gives back the room. */
  end() {
    if (this.#firstAt < 0) return;
    const { rows } = this.#room;
    const count2 = this.#count;
    const kept = new Array(Math.min(count2, 2 * KEPT_AT_EACH_END) * ROW);
    let to = 0;
    for (let number2 = 0; number2 < count2; number2++) {
      if (number2 === KEPT_AT_EACH_END) number2 = this.#firstOfLatest;
      const at2 = this.#rowAt(number2);
      for (let column = 0; column < ROW; column++) kept[to++] = rows[at2 + column];
    }
    this.#kept = kept;
    this.#room.release(this.#firstAt);
    if (this.#latestAt >= 0) this.#room.release(this.#latestAt);
    this.#firstAt = -1;
    this.#latestAt = -1;
  }
  /** All that was kept, in order; `client` is the direction of the client's bytes. */
  events(client2) {
    const events = [];
    const omitted = Math.max(0, this.#count - 2 * KEPT_AT_EACH_END);
    for (let number2 = 0; number2 < this.#count; number2++) {
      if (number2 === KEPT_AT_EACH_END && omitted > 0) {
        number2 += omitted;
        const { from, packet, seconds: seconds2, nanoseconds } = this.#read(number2, client2);
        const nothing2 = { opcode: null, length: null, code: null, detail: null };
        events.push({
          event: 'omitted',
          from,
          packet,
          seconds: seconds2,
          nanoseconds,
          ...nothing2,
          count: omitted,
        });
      }
      events.push(this.#read(number2, client2));
    }
    return events;
  }
  #write(packet, seconds2, nanoseconds, length, packed) {
    const number2 = this.#count++;
    const column = length > MAX_LENGTH ? LONG : length;
    if (column === LONG) (this.#lengths ??= /* @__PURE__ */ new Map()).set(number2, length);
    if (number2 === 0) {
      this.#startSeconds = seconds2;
      this.#firstAt = this.#room.take();
    } else if (number2 === KEPT_AT_EACH_END) {
      this.#latestAt = this.#room.take();
    }
    const { rows } = this.#room;
    const at2 = this.#rowAt(number2);
    if (number2 >= 2 * KEPT_AT_EACH_END) {
      if ((rows[at2 + PACKED] & (1 << HAS_TEXT_BIT)) !== 0) this.#texts?.delete(number2 - KEPT_AT_EACH_END);
      if (rows[at2 + LENGTH] === LONG) this.#lengths?.delete(number2 - KEPT_AT_EACH_END);
    }
    rows[at2 + PACKET] = packet;
    rows[at2 + SECONDS] = seconds2 - this.#startSeconds;
    rows[at2 + NANOSECONDS] = nanoseconds;
    rows[at2 + LENGTH] = column;
    rows[at2 + PACKED] = packed;
  }
  /** In the room, where the latest ones write over each other in turn. */
  #rowAt(number2) {
    return number2 < KEPT_AT_EACH_END
      ? this.#firstAt + number2 * ROW
      : this.#latestAt + (number2 % KEPT_AT_EACH_END) * ROW;
  }
  /** Number of the first of the latest events. */
  get #firstOfLatest() {
    return Math.max(KEPT_AT_EACH_END, this.#count - KEPT_AT_EACH_END);
  }
  #read(number2, client2) {
    const kept = this.#kept;
    const rows = kept ?? this.#room.rows;
    const at2 = kept === null ? this.#rowAt(number2) : this.#indexOfKept(number2) * ROW;
    const packed = rows[at2 + PACKED];
    const length = rows[at2 + LENGTH];
    const opcode = ((packed >> OPCODE_SHIFT) & OPCODE_MASK) - 1;
    const code = ((packed >> CODE_SHIFT) & CODE_MASK) - 1;
    const hasLength = ((packed >> HAS_LENGTH_BIT) & 1) === 1;
    return {
      event: KINDS[packed & KIND_MASK],
      from: ((packed >> DIRECTION_BIT) & 1) === client2 ? 'client' : 'server',
      packet: rows[at2 + PACKET],
      seconds: this.#startSeconds + rows[at2 + SECONDS],
      nanoseconds: rows[at2 + NANOSECONDS],
      opcode: opcode < 0 ? null : opcodeName(opcode),
      length: hasLength ? (this.#lengths?.get(number2) ?? length) : null,
      code: code < 0 ? null : code,
      detail: this.#texts?.get(number2) ?? null,
      count: null,
    };
  }
  #indexOfKept(number2) {
    return number2 < KEPT_AT_EACH_END ? number2 : KEPT_AT_EACH_END + number2 - this.#firstOfLatest;
  }
};

// src/connection/unopened.ts
function isUnopenedOfNote(connection2, ender) {
  const { originator, streams } = connection2;
  if (originator === null || streams[0].streamBytes > 0 || streams[1].streamBytes > 0) return false;
  const called = streams[otherOf(originator)];
  if (called.syn !== null) return ender !== null && ender !== originator;
  return called.rst !== null || isUnanswered2(connection2, originator);
}
function isUnanswered2({ streams }, originator) {
  return !streams[otherOf(originator)].isCaptured && streams[originator].syns > 1;
}

// src/websocket/accept.ts
import { hash } from 'node:crypto';
var GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
function acceptFor(key2) {
  return hash('sha1', Buffer.from(key2 + GUID, 'latin1'), 'base64');
}

// src/connection/upgrade-log.ts
var MAX_REFUSALS = 16;
var UpgradeLog = class {
  /** An upgrade was asked for, or answered. */
  isTried = false;
  /** Of a 101. */
  #accept = null;
  #request = null;
  #response = null;
  #refused = [];
  #bytesBefore = null;
  #extensions = null;
  get lastRequest() {
    return this.#request;
  }
  /** What the 101 agrees to; null without one, or where the capture cut its head. */
  get extensions() {
    return this.#extensions;
  }
  /** Upgrades that were refused before the last one. */
  get refusedBefore() {
    return this.#refused.filter(({ response }) => response !== this.#response);
  }
  request(request) {
    this.isTried = true;
    this.#request = request;
    this.#response = null;
    this.#bytesBefore = null;
  }
  refused(request, response) {
    this.#response = response;
    if (this.#refused.length >= MAX_REFUSALS) this.#refused.shift();
    this.#refused.push({ request, response });
  }
  upgraded(request, response) {
    this.isTried = true;
    this.#request = request;
    this.#response = response;
    this.#extensions = extensionsOf(response);
    this.#accept = acceptState(request, response);
  }
  /** The request of an upgrade whose 101 was captured before it. */
  lateRequest(request) {
    this.#request = request;
    if (this.#response !== null) this.#accept = acceptState(request, this.#response);
  }
  /** The server sent something else before its answer. */
  bytesBeforeResponse(length, mark) {
    this.#bytesBefore = { length, mark };
  }
  facts() {
    if (!this.isTried) return null;
    const request = this.#request;
    const response = this.#response;
    return {
      request,
      response,
      accept: response === null ? null : this.#accept,
      extensions: this.#extensions,
      bytesBeforeResponse: this.#bytesBefore,
    };
  }
};
function extensionsOf({ head }) {
  if (head.isCut) return null;
  const agreed = parseExtensions(headerValue(head, 'sec-websocket-extensions') ?? '');
  return { deflate: deflateParameters(agreed), names: agreed.map(({ name }) => name) };
}
function acceptState(request, response) {
  const accept = headerValue(response.head, 'sec-websocket-accept');
  const key2 = request === null ? null : headerValue(request.head, 'sec-websocket-key');
  if (accept === null) return response.head.isCut ? 'unknown' : 'missing';
  if (key2 === null) return 'unknown';
  return accept === acceptFor(key2) ? 'valid' : 'invalid';
}

// src/connection/connection-tracker.ts
var rooms = /* @__PURE__ */ new WeakMap();
function roomOf(sink) {
  let found = rooms.get(sink);
  if (found === void 0) {
    found = new TimelineRoom();
    rooms.set(sink, found);
  }
  return found;
}
var ConnectionTracker = class {
  // What every frame touches stands first (see StreamReassembler).
  /** The parsers by direction, once its bytes go straight there. */
  #open0 = null;
  #open1 = null;
  #side0 = new SideTracker();
  #side1 = new SideTracker();
  #timeline;
  #connection;
  #sink;
  /** Made with the first bytes: connections without any are many (scans, half-open ones). */
  #exchange = null;
  /** Looks for frames where the capture began after the handshake. */
  #sniffer = null;
  /** Made by the upgrade. */
  #parser0 = null;
  #parser1 = null;
  #lifecycle = new Lifecycle();
  #ending;
  #early = new EarlyBytes();
  #upgrade = new UpgradeLog();
  #heartbeat = null;
  #hasBytes = false;
  #clientDirection = null;
  #opening = null;
  #openedAt = null;
  #proxyHeader = null;
  constructor(connection2, sink) {
    this.#connection = connection2;
    this.#sink = sink;
    this.#ending = new Ending(connection2);
    this.#timeline = new Timeline(roomOf(sink));
  }
  // From TCP.
  data(direction, bytes2, start, end, packet, seconds2, nanoseconds) {
    if (this.#opening === 'inferred') {
      this.#sniff(direction, bytes2, start, end, packet, seconds2, nanoseconds);
      return;
    }
    if (!this.#hasBytes) {
      this.#hasBytes = true;
      this.#lifecycle.advance('bytes', packet, seconds2, nanoseconds);
    }
    this.#exchange ??= this.#newExchange();
    this.#exchange.data(direction, bytes2, start, end, packet, seconds2, nanoseconds);
    if (this.#open0 !== null && this.#open1 !== null) this.#endExchange();
    if (this.#upgrade.isTried) {
      if (direction === this.#clientDirection && this.#opening === null) this.#noteEarly(direction, packet);
    } else if (this.#sniffer !== null) {
      this.#sniff(direction, bytes2, start, end, packet, seconds2, nanoseconds);
    }
  }
  gap(direction, length, packet, seconds2, nanoseconds) {
    const parser = direction === 0 ? this.#open0 : this.#open1;
    if (parser !== null) {
      parser.gap(length, packet, seconds2, nanoseconds);
    } else {
      this.#sniffer?.gap(direction);
      if (this.#opening !== 'inferred') {
        this.#exchange ??= this.#newExchange();
        this.#exchange.gap(direction, length, packet, seconds2, nanoseconds);
      }
    }
    if (!this.#connection.ignored)
      this.#timeline.add('gap', direction, packet, seconds2, nanoseconds, { length });
  }
  flag(direction, flag) {
    const mark = this.#connection.stream(direction)[flag];
    const isAnswer = flag === 'syn' && this.#connection.stream(otherOf(direction)).syn !== null;
    const event = isAnswer ? 'syn-ack' : flag;
    const { packet, seconds: seconds2, nanoseconds } = mark;
    this.#timeline.add(event, direction, packet, seconds2, nanoseconds);
    this.#lifecycle.advance(
      flag === 'syn' ? (isAnswer ? 'syn-ack' : 'syn') : 'end',
      packet,
      seconds2,
      nanoseconds,
    );
    if (flag === 'syn') return;
    this.#ending.end(direction, flag, mark);
    this.#parser(otherOf(direction))?.settle();
    this.#side(otherOf(direction)).peerEnded();
  }
  end(reason) {
    this.#exchange?.end();
    this.#parser0?.settle();
    this.#parser1?.settle();
    this.#timeline.end();
    const isOurs = this.#upgrade.isTried || this.#opening !== null;
    if (isOurs || isUnopenedOfNote(this.#connection, this.#ending.firstEnder)) {
      this.#sink.record(this.#record(reason));
    }
  }
  /** Nothing goes through it any more: it is large, and an open WebSocket may live long. */
  #endExchange() {
    this.#exchange?.end();
    this.#exchange = null;
  }
  // From the opening handshake.
  upgradeRequested(from, request) {
    this.#sink.upgradeRequested();
    this.#clientDirection = from;
    this.#early.clear();
    this.#upgrade.request(request);
    this.#addRequest(from, request);
  }
  upgradeRefused(request, response) {
    this.#upgrade.refused(request, response);
    this.#addResponse(response, 'refusal');
  }
  upgraded(client2, request, response) {
    if (request !== null && request !== this.#upgrade.lastRequest) this.upgradeRequested(client2, request);
    this.#clientDirection = client2;
    this.#upgrade.upgraded(request, response);
    const responseEnd = this.#connection.stream(otherOf(client2)).nextOffset;
    this.#open(client2, 'handshake', markOf(response), this.#early.untilPacket(responseEnd));
    this.#addResponse(response, 'upgrade');
  }
  lateRequest(request) {
    this.#sink.upgradeRequested();
    this.#upgrade.lateRequest(request);
    this.#addRequest(this.#clientDirection, request);
  }
  bytesBeforeResponse(length, mark) {
    this.#upgrade.bytesBeforeResponse(length, mark);
  }
  webSocketOpen(direction) {
    const parser = this.#parser(direction);
    if (direction === 0) this.#open0 = parser;
    else this.#open1 = parser;
    this.#connection.stream(direction).sendTo(parser);
  }
  proxyHeader(header) {
    this.#proxyHeader = header;
  }
  notWebSocket(reason) {
    if (this.#upgrade.isTried) return;
    this.#sink.skipped(reason);
    this.#timeline.end();
    this.#connection.ignore();
  }
  webSocketData(direction, bytes2, start, end, packet, seconds2, nanoseconds) {
    this.#parser(direction).push(bytes2, start, end, packet, seconds2, nanoseconds);
  }
  webSocketGap(direction, length, packet, seconds2, nanoseconds) {
    this.#parser(direction).gap(length, packet, seconds2, nanoseconds);
  }
  // From the frames.
  frame(direction, frame2) {
    const { opcode, packet, seconds: seconds2, nanoseconds, payloadLength } = frame2;
    if (opcode === OPCODE_CLOSE) {
      this.#closeFrame(direction, frame2);
      return;
    }
    const side = direction === 0 ? this.#side0 : this.#side1;
    side.frame(frame2);
    this.#timeline.addFrame(direction, packet, seconds2, nanoseconds, opcode, payloadLength);
    if (side.isSteady) this.#parser(direction).tallyPlain(this.#timeline, side.isMaskExpected);
    if (opcode === OPCODE_PING || opcode === OPCODE_PONG) {
      this.#heartbeat ??= new HeartbeatTracker();
      this.#heartbeat.frame(direction, frame2);
      this.#sink.listener?.control(this.#roleOf(direction), frame2);
    }
  }
  plainFrames(direction, sum) {
    this.#side(direction).plainFrames(sum);
  }
  #closeFrame(direction, frame2) {
    const { packet, seconds: seconds2, nanoseconds, payloadLength } = frame2;
    const side = this.#side(direction);
    const isFirst = !side.hasClosed;
    side.frame(frame2);
    const { code, reason } = side.close(frame2, this.#ending.close(direction, packet));
    this.#timeline.add('frame', direction, packet, seconds2, nanoseconds, {
      opcode: OPCODE_CLOSE,
      length: payloadLength,
      code,
      detail: reason,
    });
    const role = this.#roleOf(direction);
    if (isFirst) this.#lifecycle.advance(`${role}-close`, packet, seconds2, nanoseconds);
    this.#sink.listener?.control(role, frame2);
  }
  #side(direction) {
    return direction === 0 ? this.#side0 : this.#side1;
  }
  #parser(direction) {
    return direction === 0 ? this.#parser0 : this.#parser1;
  }
  #roleOf(direction) {
    return roleOf(direction, this.#clientDirection ?? 0);
  }
  #newExchange() {
    const { originator } = this.#connection;
    if (originator === null) this.#sniffer = new FrameSniffer(this.#isNamedPort());
    return new UpgradeExchange(this, originator !== null, this.#sink.httpBudget);
  }
  #isNamedPort() {
    const { ports } = this.#sink;
    if (ports.size === 0) return false;
    return [0, 1].some((direction) => ports.has(this.#connection.endpoint(direction).port));
  }
  /** A packet of the client came while its request had no answer. */
  #noteEarly(direction, packet) {
    const connection2 = this.#connection;
    if (packet !== connection2.lastPacket) return;
    this.#early.add(packet, connection2.stream(otherOf(direction)).acknowledgedOffset);
  }
  #sniff(direction, bytes2, start, end, packet, seconds2, nanoseconds) {
    const sniffer = this.#sniffer;
    const client2 = sniffer.push(direction, bytes2, start, end, packet, seconds2, nanoseconds);
    if (client2 === null) {
      if (sniffer.isHopeless) this.#sniffer = null;
      return;
    }
    const takenOf = (each) =>
      sniffer.hasFrames(each) ? sniffer.take(each).map((segment) => ({ direction: each, ...segment })) : [];
    const held = interleaved(takenOf(0), takenOf(1));
    const [first] = held;
    if (first === void 0) return;
    if (this.#opening === null) this.#infer(client2, first);
    for (const segment of held) {
      this.webSocketOpen(segment.direction);
      const { bytes: heldBytes, packet: heldPacket } = segment;
      const parser = this.#parser(segment.direction);
      parser.push(heldBytes, 0, heldBytes.length, heldPacket, segment.seconds, segment.nanoseconds);
    }
    if (this.#open0 !== null && this.#open1 !== null) this.#sniffer = null;
  }
  /** These are frames, though the handshake is not in the capture. */
  #infer(client2, first) {
    this.#exchange?.end();
    this.#clientDirection = client2;
    this.#open(client2, 'inferred', markOf(first), 0);
    this.#lifecycle.advance('upgrade', first.packet, first.seconds, first.nanoseconds);
  }
  #open(client2, opening, at2, earlyUntilPacket) {
    this.#opening = opening;
    this.#openedAt = at2;
    const { listener, inflateBudget } = this.#sink;
    listener?.opened({
      at: at2,
      how: opening,
      client: this.#connection.endpoint(client2),
      server: this.#connection.endpoint(otherOf(client2)),
    });
    const openings = openingsOf([this.#side0, this.#side1], client2, {
      extensions: this.#upgrade.extensions,
      isFromStart: opening === 'handshake',
      earlyUntilPacket,
      budget: inflateBudget,
      listener,
    });
    this.#side0.open(openings[0]);
    this.#side1.open(openings[1]);
    const handler = tapFrames(this, listener, client2);
    this.#parser0 = new FrameParser(0, handler, openings[0].reader);
    this.#parser1 = new FrameParser(1, handler, openings[1].reader);
  }
  #addRequest(direction, { head, packet, seconds: seconds2, nanoseconds }) {
    const detail = `${head.method} ${head.target} HTTP/${head.version}`;
    this.#timeline.add('request', direction, packet, seconds2, nanoseconds, { detail });
    this.#lifecycle.advance('request', packet, seconds2, nanoseconds);
  }
  #addResponse({ head, packet, seconds: seconds2, nanoseconds }, event) {
    const direction = otherOf(this.#clientDirection);
    const detail = `HTTP/${head.version} ${head.status} ${head.reason}`.trimEnd();
    this.#timeline.add('response', direction, packet, seconds2, nanoseconds, { code: head.status, detail });
    this.#lifecycle.advance(event, packet, seconds2, nanoseconds);
  }
  #record(endedBy) {
    const connection2 = this.#connection;
    const client2 = this.#clientDirection ?? connection2.originator ?? 0;
    const server2 = otherOf(client2);
    const side = (direction) =>
      this.#side(direction).facts(
        roleOf(direction, client2),
        connection2.stream(direction),
        this.#parser(direction),
        this.#heartbeat?.pings(direction) ?? NO_PINGS,
      );
    return {
      id: connection2.id,
      client: connection2.endpoint(client2),
      server: connection2.endpoint(server2),
      first: connection2.first,
      last: connection2.last,
      endedBy,
      opening: this.#opening,
      openedAt: this.#openedAt,
      phases: this.#lifecycle.phases,
      upgrade: this.#upgrade.facts(),
      refusedBefore: this.#upgrade.refusedBefore,
      proxyHeader: this.#proxyHeader,
      clientSide: side(client2),
      serverSide: side(server2),
      firstEnd: this.#ending.firstEnd(client2),
      closeFirstBy: this.#ending.firstCloser(client2),
      duplicates: { count: connection2.duplicates, firstPacket: connection2.firstDuplicate },
      heartbeat: this.#heartbeat?.summary() ?? null,
      timeline: eventsOf(this.#timeline, client2),
    };
  }
};
function eventsOf(timeline, client2) {
  return () => timeline.events(client2);
}
function interleaved(a, b) {
  const merged = [];
  let [fromA, fromB] = [0, 0];
  while (fromA < a.length || fromB < b.length) {
    const [nextA, nextB] = [a[fromA], b[fromB]];
    if (nextB === void 0 || (nextA !== void 0 && nextA.packet <= nextB.packet)) {
      merged.push(nextA);
      fromA++;
    } else {
      merged.push(nextB);
      fromB++;
    }
  }
  return merged;
}

// src/decode/link-layer.ts
var ETHERTYPE_IPV42 = 2048;
var ETHERTYPE_IPV62 = 34525;
var ETHERTYPE_VLAN2 = 33024;
var ETHERTYPE_QINQ2 = 34984;
var ETHERTYPE_QINQ_OLD = 37120;
var ETHERTYPE_MINIMUM = 1536;
var ETHERNET_HEADER = 14;
var ETHERNET_TYPE = 12;
var SLL_HEADER = 16;
var SLL_PROTOCOL = 14;
var SLL2_HEADER = 20;
var VLAN_TAG = 4;
var LLC_SNAP_HEADER = 8;
var MAX_VLAN_TAGS = 8;
var FOUND = 0;
var CUT = 1;
var UNSUPPORTED_LINK_TYPE = 2;
function networkLayer(data, start, end, linkType, result) {
  switch (linkType) {
    case LINKTYPE_EN10MB:
      return fromEtherType(data, start + ETHERNET_TYPE, start + ETHERNET_HEADER, end, result);
    case LINKTYPE_LINUX_SLL:
      return fromEtherType(data, start + SLL_PROTOCOL, start + SLL_HEADER, end, result);
    case LINKTYPE_LINUX_SLL2:
      return fromEtherType(data, start, start + SLL2_HEADER, end, result);
    case LINKTYPE_NULL:
    case LINKTYPE_LOOP:
      return fromAddressFamily(data, start, end, result);
    case LINKTYPE_RAW:
    case DLT_RAW_12:
    case DLT_RAW_14:
    case LINKTYPE_IPV4:
    case LINKTYPE_IPV6:
      if (start >= end) return CUT;
      result.etherType = data[start] >> 4 === 6 ? ETHERTYPE_IPV62 : ETHERTYPE_IPV42;
      result.offset = start;
      return FOUND;
    default:
      return UNSUPPORTED_LINK_TYPE;
  }
}
function fromEtherType(data, typeAt, networkAt, end, result) {
  if (networkAt > end) return CUT;
  let etherType = (data[typeAt] << 8) | data[typeAt + 1];
  let offset = networkAt;
  for (let tags = 0; isVlan(etherType) && tags < MAX_VLAN_TAGS; tags++) {
    if (offset + VLAN_TAG > end) return CUT;
    etherType = (data[offset + 2] << 8) | data[offset + 3];
    offset += VLAN_TAG;
  }
  if (etherType < ETHERTYPE_MINIMUM && offset + LLC_SNAP_HEADER <= end && isSnap(data, offset)) {
    etherType = (data[offset + 6] << 8) | data[offset + 7];
    offset += LLC_SNAP_HEADER;
  }
  result.etherType = etherType;
  result.offset = offset;
  return FOUND;
}
function isVlan(etherType) {
  return etherType === ETHERTYPE_VLAN2 || etherType === ETHERTYPE_QINQ2 || etherType === ETHERTYPE_QINQ_OLD;
}
function isSnap(data, at2) {
  return (
    data[at2] === 170 &&
    data[at2 + 1] === 170 &&
    data[at2 + 2] === 3 &&
    data[at2 + 3] === 0 &&
    data[at2 + 4] === 0 &&
    data[at2 + 5] === 0
  );
}
function fromAddressFamily(data, start, end, result) {
  const offset = start + 4;
  if (offset > end) return CUT;
  const bigEndian = (data[start] << 24) | (data[start + 1] << 16) | (data[start + 2] << 8) | data[start + 3];
  const family = (bigEndian & 16777215) === 0 ? bigEndian >>> 24 : bigEndian;
  result.offset = offset;
  switch (family) {
    case 2:
      result.etherType = ETHERTYPE_IPV42;
      break;
    case 10:
    // AF_INET6 on Linux,
    case 23:
    // Windows,
    case 24:
    // NetBSD and OpenBSD,
    case 28:
    // FreeBSD,
    case 30:
      result.etherType = ETHERTYPE_IPV62;
      break;
    default:
      result.etherType = 0;
  }
  return FOUND;
}

// src/decode/decode-packet.ts
var DECODED = 0;
var NOT_TCP = 1;
var LINK_TYPE_UNKNOWN = 2;
var IP_FRAGMENT = 3;
var HEADERS_CUT = 4;
var MALFORMED = 5;
var TUNNELED = 6;
var PROTOCOL_TCP = 6;
var PROTOCOL_IPV4 = 4;
var PROTOCOL_UDP = 17;
var PROTOCOL_IPV6 = 41;
var PROTOCOL_GRE = 47;
var UDP_HEADER = 8;
var PORT_VXLAN = 4789;
var PORT_GENEVE = 6081;
var ETHERTYPE_MPLS2 = 34887;
var ETHERTYPE_MPLS_MULTICAST = 34888;
var ETHERTYPE_PPPOE2 = 34916;
var IPV4_HEADER = 20;
var IPV4_TOTAL_LENGTH = 2;
var IPV4_IDENTIFICATION = 4;
var IPV4_FRAGMENT = 6;
var IPV4_FRAGMENT_MASK = 16383;
var IPV4_PROTOCOL = 9;
var IPV4_SOURCE = 12;
var IPV4_DESTINATION = 16;
var IPV6_HEADER = 40;
var IPV6_PAYLOAD_LENGTH = 4;
var IPV6_NEXT_HEADER = 6;
var IPV6_SOURCE = 8;
var EXTENSION_HOP_BY_HOP = 0;
var EXTENSION_ROUTING = 43;
var EXTENSION_FRAGMENT = 44;
var EXTENSION_AUTHENTICATION = 51;
var EXTENSION_DESTINATION = 60;
var EXTENSION_MOBILITY = 135;
var EXTENSION_HIP = 139;
var EXTENSION_SHIM6 = 140;
var MAX_EXTENSION_HEADERS = 16;
var TCP_HEADER = 20;
var TCP_DESTINATION_PORT = 2;
var TCP_SEQUENCE = 4;
var TCP_ACKNOWLEDGEMENT = 8;
var TCP_DATA_OFFSET = 12;
var TCP_FLAGS = 13;
var TCP_WINDOW = 14;
var TCP_CHECKSUM = 16;
var layer = { etherType: 0, offset: 0 };
function uint16(data, at2) {
  return (data[at2] << 8) | data[at2 + 1];
}
function int322(data, at2) {
  return (data[at2] << 24) | (data[at2 + 1] << 16) | (data[at2 + 2] << 8) | data[at2 + 3];
}
function decodePacket(data, start, end, originalLength, linkType, segment) {
  const wireEnd = start + originalLength;
  const result = decodeLayers(data, start, end, wireEnd, linkType, segment);
  return result === HEADERS_CUT && end >= wireEnd ? MALFORMED : result;
}
function decodeLayers(data, start, end, wireEnd, linkType, segment) {
  const problem = networkLayer(data, start, end, linkType, layer);
  if (problem !== 0) return problem === UNSUPPORTED_LINK_TYPE ? LINK_TYPE_UNKNOWN : HEADERS_CUT;
  if (layer.etherType === ETHERTYPE_IPV42) return decodeIPv4(data, layer.offset, end, wireEnd, segment);
  if (layer.etherType === ETHERTYPE_IPV62) return decodeIPv6(data, layer.offset, end, wireEnd, segment);
  switch (layer.etherType) {
    case ETHERTYPE_MPLS2:
    case ETHERTYPE_MPLS_MULTICAST:
    case ETHERTYPE_PPPOE2:
      return TUNNELED;
    default:
      return NOT_TCP;
  }
}
function decodeIPv4(data, at2, end, wireEnd, segment) {
  if (end - at2 < IPV4_HEADER) return HEADERS_CUT;
  const first = data[at2];
  if (first >> 4 !== 4) return MALFORMED;
  const protocol = data[at2 + IPV4_PROTOCOL];
  if (protocol !== PROTOCOL_TCP) return otherProtocol(data, protocol, at2 + ((first & 15) << 2), end);
  const headerLength2 = (first & 15) << 2;
  if (headerLength2 < IPV4_HEADER) return MALFORMED;
  if ((uint16(data, at2 + IPV4_FRAGMENT) & IPV4_FRAGMENT_MASK) !== 0) return IP_FRAGMENT;
  const totalLength = uint16(data, at2 + IPV4_TOTAL_LENGTH);
  const payloadEnd = totalLength === 0 ? wireEnd : Math.min(at2 + totalLength, wireEnd);
  segment.isIPv6 = false;
  segment.addresses[0] = int322(data, at2 + IPV4_SOURCE);
  segment.addresses[4] = int322(data, at2 + IPV4_DESTINATION);
  segment.identification = uint16(data, at2 + IPV4_IDENTIFICATION);
  return decodeTcp(data, at2 + headerLength2, end, payloadEnd, segment);
}
function decodeIPv6(data, at2, end, wireEnd, segment) {
  if (end - at2 < IPV6_HEADER) return HEADERS_CUT;
  if (data[at2] >> 4 !== 6) return MALFORMED;
  const payloadLength = uint16(data, at2 + IPV6_PAYLOAD_LENGTH);
  const payloadEnd = payloadLength === 0 ? wireEnd : Math.min(at2 + IPV6_HEADER + payloadLength, wireEnd);
  let next = data[at2 + IPV6_NEXT_HEADER];
  let offset = at2 + IPV6_HEADER;
  for (let depth = 0; next !== PROTOCOL_TCP; depth++) {
    if (depth === MAX_EXTENSION_HEADERS) return MALFORMED;
    switch (next) {
      case EXTENSION_HOP_BY_HOP:
      case EXTENSION_ROUTING:
      case EXTENSION_DESTINATION:
      case EXTENSION_MOBILITY:
      case EXTENSION_HIP:
      case EXTENSION_SHIM6:
        if (end - offset < 2) return HEADERS_CUT;
        next = data[offset];
        offset += (data[offset + 1] + 1) << 3;
        break;
      case EXTENSION_AUTHENTICATION:
        if (end - offset < 2) return HEADERS_CUT;
        next = data[offset];
        offset += (data[offset + 1] + 2) << 2;
        break;
      case EXTENSION_FRAGMENT:
        if (end - offset < 8) return HEADERS_CUT;
        if ((uint16(data, offset + 2) & 65529) !== 0)
          return data[offset] === PROTOCOL_TCP ? IP_FRAGMENT : NOT_TCP;
        next = data[offset];
        offset += 8;
        break;
      default:
        return otherProtocol(data, next, offset, end);
    }
  }
  segment.isIPv6 = true;
  for (let word = 0; word < 8; word++) {
    segment.addresses[word] = int322(data, at2 + IPV6_SOURCE + (word << 2));
  }
  segment.identification = 0;
  return decodeTcp(data, offset, end, payloadEnd, segment);
}
function otherProtocol(data, protocol, at2, end) {
  switch (protocol) {
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
    case PROTOCOL_GRE:
      return TUNNELED;
    case PROTOCOL_UDP: {
      if (end - at2 < UDP_HEADER) return NOT_TCP;
      const port = uint16(data, at2 + TCP_DESTINATION_PORT);
      return port === PORT_VXLAN || port === PORT_GENEVE ? TUNNELED : NOT_TCP;
    }
    default:
      return NOT_TCP;
  }
}
function decodeTcp(data, at2, end, payloadEnd, segment) {
  if (end - at2 < TCP_HEADER) return HEADERS_CUT;
  const headerLength2 = (data[at2 + TCP_DATA_OFFSET] >> 4) << 2;
  const payloadStart = at2 + headerLength2;
  if (headerLength2 < TCP_HEADER || payloadStart > payloadEnd) return MALFORMED;
  segment.sourcePort = uint16(data, at2);
  segment.destinationPort = uint16(data, at2 + TCP_DESTINATION_PORT);
  segment.sequence = int322(data, at2 + TCP_SEQUENCE);
  segment.acknowledgement = int322(data, at2 + TCP_ACKNOWLEDGEMENT);
  segment.flags = data[at2 + TCP_FLAGS];
  segment.window = uint16(data, at2 + TCP_WINDOW);
  segment.checksum = uint16(data, at2 + TCP_CHECKSUM);
  segment.data = data;
  const capturedEnd = Math.min(payloadEnd, end);
  segment.payloadStart = Math.min(payloadStart, capturedEnd);
  segment.payloadEnd = capturedEnd;
  segment.payloadLength = payloadEnd - payloadStart;
  return DECODED;
}

// src/decode/segment.ts
var FIN = 1;
var SYN = 2;
var RST = 4;
var ACK = 16;
var Segment = class {
  /** Position in the capture, from 1 (Wireshark's frame.number), and its time. */
  packet = 0;
  seconds = 0;
  nanoseconds = 0;
  isIPv6 = false;
  /**
   * Source in words 0-3, destination in 4-7, big-endian bits; an IPv4 address is words 0 and 4 alone (the
   * others are then undefined).
   */
  addresses = new Int32Array(8);
  sourcePort = 0;
  destinationPort = 0;
  sequence = 0;
  acknowledgement = 0;
  flags = 0;
  window = 0;
  /** TCP checksum and IPv4 identification (0 for IPv6): only to recognise a packet captured twice. */
  checksum = 0;
  identification = 0;
  /** Holds the payload at `payloadStart` up to `payloadEnd`; valid only during the call. */
  data = new Uint8Array(0);
  payloadStart = 0;
  payloadEnd = 0;
  /** Payload bytes on the wire; more than `payloadEnd - payloadStart` where the snapshot length cut the packet. */
  payloadLength = 0;
};

// src/packet-pipeline.ts
var PacketPipeline = class {
  #sink;
  #onNote;
  #segment = new Segment();
  /** Packets so far, over all files: the number of the latest one. */
  packetCount = 0;
  #bytes = 0;
  #packetsBefore = 0;
  #first = null;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  #isFirst = true;
  /** By kind of trouble, for the notes of the current file. */
  #troubles = /* @__PURE__ */ new Map();
  #notes = [];
  /** @param onNote told at once of what the reader notes; default: nobody is */
  constructor(sink, onNote = () => void 0) {
    this.#sink = sink;
    this.#onNote = onNote;
  }
  packet(data, start, end, originalLength, seconds2, nanoseconds, linkType) {
    this.packetCount++;
    this.#bytes += originalLength;
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#first ??= { seconds: seconds2, nanoseconds };
      if (this.#packetsBefore > 0 && this.#isBeforeLast(seconds2, nanoseconds))
        this.#meet('files-out-of-order');
    } else if (this.#isBeforeLast(seconds2, nanoseconds)) {
      this.#meet('time-went-back');
    }
    this.#lastSeconds = seconds2;
    this.#lastNanoseconds = nanoseconds;
    if (end - start < originalLength) this.#meet('snaplen');
    const segment = this.#segment;
    segment.packet = this.packetCount;
    segment.seconds = seconds2;
    segment.nanoseconds = nanoseconds;
    const result = decodePacket(data, start, end, originalLength, linkType, segment);
    if (result === DECODED) this.#sink.segment(segment);
    else if (result !== NOT_TCP) this.#meetUndecoded(result, linkType);
  }
  #isBeforeLast(seconds2, nanoseconds) {
    return (
      seconds2 < this.#lastSeconds || (seconds2 === this.#lastSeconds && nanoseconds < this.#lastNanoseconds)
    );
  }
  note(note) {
    this.#onNote(note);
    this.#notes.push(this.packetCount > this.#packetsBefore ? { ...note, packet: this.packetCount } : note);
  }
  /** What there is to say of the file whose packets have come since the last call. */
  finishFile() {
    const packets = this.packetCount - this.#packetsBefore;
    const facts = {
      packets,
      bytes: this.#bytes,
      first: this.#first,
      last: packets === 0 ? null : { seconds: this.#lastSeconds, nanoseconds: this.#lastNanoseconds },
      notes: [...this.#notes, ...this.#troubleNotes()],
    };
    this.#packetsBefore = this.packetCount;
    this.#bytes = 0;
    this.#first = null;
    this.#isFirst = true;
    this.#troubles = /* @__PURE__ */ new Map();
    this.#notes = [];
    return facts;
  }
  #meetUndecoded(result, linkType) {
    switch (result) {
      case LINK_TYPE_UNKNOWN:
        this.#meet(`unsupported-link-type ${linkType}`);
        break;
      case IP_FRAGMENT:
        this.#meet('ip-fragments');
        break;
      case HEADERS_CUT:
        this.#meet('headers-cut');
        break;
      case MALFORMED:
        this.#meet('malformed-packets');
        break;
      case TUNNELED:
        this.#meet('tunnels');
        break;
      case DECODED:
      case NOT_TCP:
        break;
    }
  }
  #meet(trouble) {
    const occurrence = this.#troubles.get(trouble);
    if (occurrence === void 0) this.#troubles.set(trouble, { count: 1, firstPacket: this.packetCount });
    else occurrence.count++;
  }
  #troubleNotes() {
    return [...this.#troubles].map(([trouble, { count: count2, firstPacket }]) => {
      const [code = '', linkType] = trouble.split(' ');
      const packets = count2 === 1 ? '1 packet' : `${count2} packets`;
      return { code, message: describeTrouble(code, packets, linkType), packet: firstPacket };
    });
  }
};
function describeTrouble(code, packets, linkType) {
  switch (code) {
    case 'time-went-back':
      return `${packets} with a time before that of the packet in front: the order of capture is kept`;
    case 'snaplen':
      return `${packets} cut short by the snapshot length: what is missing counts as a gap (capture with \`-s 0\`)`;
    case 'ip-fragments':
      return `${packets} left out: pieces of fragmented IP packets are not put together`;
    case 'files-out-of-order':
      return 'begins before the file in front of it ended: give rotated files in the order in which they were written';
    case 'tunnels':
      return `${packets} inside a tunnel (GRE, IP in IP, MPLS, PPPoE, VXLAN or Geneve) left out: capture at its end`;
    case 'headers-cut':
      return `${packets} cut short inside the headers: nothing of them could be used`;
    case 'unsupported-link-type':
      return `${packets} of link type ${linkTypeName(Number(linkType))} left out: wscap can not read it`;
    default:
      return `${packets} left out: their lengths contradict each other`;
  }
}

// src/connection/notes.ts
function connectionNotes(record) {
  const { clientSide, serverSide, upgrade: upgrade2, proxyHeader, duplicates, first, last } = record;
  const notes = [];
  if (clientSide.syn === null && serverSide.syn === null) {
    notes.push({
      code: 'mid-stream',
      message: 'the capture began after the connection: who opened it is known only from what was sent',
      packet: first.packet,
    });
  }
  const response = upgradeResponse(record);
  if (response !== null && upgrade2?.request === null) {
    notes.push({
      code: 'handshake-not-captured',
      message: 'the request was not captured: Sec-WebSocket-Accept can not be checked',
      packet: response.packet,
    });
  }
  if (record.opening === 'inferred') {
    notes.push({
      code: 'handshake-not-captured',
      message:
        'the opening handshake is not in the capture: that this is a WebSocket, and who the client is, is inferred from its frames',
      packet: first.packet,
    });
  }
  for (const side of [clientSide, serverSide]) {
    if (side.notInflated !== null) notes.push(describeNotInflated(side.role, side.notInflated));
    if (!side.isCaptured) {
      notes.push({ code: 'one-direction', message: `no packet from the ${side.role} was captured` });
    }
    notes.push(...missingBytes(side));
  }
  if (duplicates.count > 0) {
    const packets = duplicates.count === 1 ? '1 packet was' : `${duplicates.count} packets were`;
    notes.push({
      code: 'duplicate-packets',
      message: `${packets} captured twice, as on \`-i any\`: the second copies are left out of all counts`,
      packet: duplicates.firstPacket,
    });
  }
  if (proxyHeader !== null) {
    const { version, source } = proxyHeader;
    const whom = source === null ? 'nobody in particular' : `${source.address} port ${source.port}`;
    notes.push({
      code: 'proxy-protocol',
      message: `a PROXY protocol header (v${version}) names the client: ${whom}`,
    });
  }
  if (record.endedBy === 'capture-ended' && record.firstEnd === null) {
    notes.push({
      code: 'capture-ended',
      message: 'the connection was still open when the capture ended',
      packet: last.packet,
    });
  }
  if (record.endedBy === 'evicted') {
    notes.push({
      code: 'idle-too-long',
      message:
        'not followed to its end: it was idle while too many connections were open, or its 4-tuple was used again',
      packet: last.packet,
    });
  }
  return notes;
}
var WHY_NOT_INFLATED = {
  gap: 'bytes that are needed for it are not in the capture',
  bound: 'there was more to inflate than wscap does',
  unknown: 'what the opening handshake agreed on is not known',
};
function describeNotInflated(role, { messages, reason, firstPacket }) {
  const what = messages === 1 ? '1 compressed message' : `${messages} compressed messages`;
  return {
    code: 'not-inflated',
    message: `${what} of the ${role} could not be looked into: ${WHY_NOT_INFLATED[reason]}`,
    packet: firstPacket,
  };
}
function missingBytes({ role, gapBytes, cutBytes, isFramingLost }) {
  const notes = [];
  const consequence = isFramingLost ? '; its frames can not be followed after that' : '';
  if (cutBytes > 0) {
    notes.push({
      code: 'snaplen',
      message: `packets from the ${role} were cut short: ${cutBytes} bytes are missing (capture with \`-s 0\`)${consequence}`,
    });
  }
  const gaps = gapBytes - cutBytes;
  if (gaps > 0) {
    notes.push({
      code: 'gap',
      message: `${gaps} bytes from the ${role} were sent but not captured${consequence}`,
    });
  }
  return notes;
}

// src/report/build-activity.ts
var utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
function buildActivity({ frames: frames2, omitted, head, density }, start) {
  return {
    frames: frames2.map((frame2) => buildFrame(frame2, start)),
    omitted,
    omittedAfter: head,
    density:
      density === null
        ? null
        : {
            startMs: millisecondsBetween(start, density.start),
            sliceMs: density.counted.sliceMs,
            counts: density.counted.counts(),
          },
  };
}
function buildFrame(frame2, start) {
  const { packet, from, opcode, payloadLength, isFinal, payload } = frame2;
  return {
    packet,
    offsetMs: millisecondsBetween(start, frame2),
    from,
    opcode,
    length: payloadLength,
    final: isFinal,
    // Of a Close, the code and the reason are in `close` and in the timeline.
    ...(payload === null ? {} : { payload: buildPayload(payload, opcode === 'binary') }),
  };
}
function buildPayload({ bytes: bytes2, length }, isBinary) {
  const text2 = isBinary ? null : decoded(bytes2, bytes2.length < length);
  return text2 === null
    ? { encoding: 'hex', value: Buffer.from(bytes2).toString('hex'), bytes: bytes2.length, of: length }
    : { encoding: 'text', value: text2, bytes: bytes2.length, of: length };
}
function decoded(bytes2, isCut) {
  for (let end = bytes2.length; end >= bytes2.length - (isCut ? 3 : 0); end--) {
    try {
      return utf8.decode(bytes2.subarray(0, end));
    } catch {}
  }
  return null;
}

// src/report/build.ts
function buildConnection(record, judgement, verdict2, activity) {
  const { client: client2, server: server2, first, last } = record;
  return {
    id: record.id,
    client: { ...client2 },
    server: { ...server2 },
    firstPacket: first.packet,
    lastPacket: last.packet,
    openedAt: formatTimestamp(first),
    durationMs: millisecondsBetween(first, last),
    verdict: verdict2,
    opening: record.opening,
    // Made when it is read, as the timeline is: a table shows nothing of either.
    get lifecycle() {
      return record.phases.map((phase) => ({
        state: phase.state,
        packet: phase.packet,
        at: formatTimestamp(phase),
      }));
    },
    upgrade: buildUpgrade(record),
    traffic: {
      clientToServer: buildTraffic(record.clientSide),
      serverToClient: buildTraffic(record.serverSide),
    },
    close: buildClose(record),
    heartbeat: record.heartbeat,
    // Made when it is read: most of a report's size, and a table shows nothing of it.
    get timeline() {
      return record.timeline().map((event) => buildTimelineEntry(event, first));
    },
    ...(activity === void 0 ? {} : { activity: buildActivity(activity, first) }),
    anomalies: judgement.anomalies.map(buildAnomaly),
    notes: buildNotes(record, judgement),
  };
}
function buildUpgrade({ upgrade: upgrade2 }) {
  if (upgrade2 === null) return null;
  const { request, response, accept } = upgrade2;
  return {
    requestPacket: request?.packet ?? null,
    responsePacket: response?.packet ?? null,
    method: request?.head.method ?? null,
    target: request?.head.target ?? null,
    host: request === null ? null : headerValue(request.head, 'host'),
    httpVersion: request?.head.version ?? response?.head.version ?? null,
    status: response?.head.status ?? null,
    latencyMs: request === null || response === null ? null : millisecondsBetween(request, response),
    accept,
    subprotocol: response === null ? null : headerValue(response.head, 'sec-websocket-protocol'),
    extensions: response === null ? null : headerValue(response.head, 'sec-websocket-extensions'),
    requestHeaders: request?.head.headers ?? [],
    responseHeaders: response?.head.headers ?? [],
  };
}
function buildTraffic(side) {
  const {
    frames: frames2,
    messages,
    payloadBytes,
    segments,
    retransmissions: retransmissions2,
    outOfOrder,
    gapBytes,
  } = side;
  return {
    frames: { ...frames2 },
    messages,
    payloadBytes,
    segments,
    retransmissions: retransmissions2,
    outOfOrder,
    gapBytes,
  };
}
function buildClose(record) {
  const { firstEnd, clientSide, serverSide } = record;
  const clientClose = clientSide.closeFrame;
  const serverClose = serverSide.closeFrame;
  if (firstEnd === null && clientClose === null && serverClose === null) return null;
  const response = upgradeResponse(record);
  return {
    frameFirstBy: record.closeFirstBy,
    firstBy: firstEnd?.by ?? null,
    how: firstEnd?.how ?? null,
    packet: firstEnd?.mark.packet ?? null,
    afterUpgradeMs: firstEnd === null || response === null ? null : elapsedMs(response, firstEnd.mark),
    clientCode: clientClose?.code ?? null,
    clientReason: clientClose?.reason ?? null,
    serverCode: serverClose?.code ?? null,
    serverReason: serverClose?.reason ?? null,
    clean: clientClose !== null && serverClose !== null,
  };
}
function buildTimelineEntry(event, start) {
  const { packet, from, event: kind, opcode, length, code, detail, count: count2 } = event;
  return {
    at: formatTimestamp(event),
    packet,
    from,
    event: kind,
    offsetMs: millisecondsBetween(start, event),
    ...(opcode === null ? {} : { opcode }),
    ...(length === null ? {} : { length }),
    ...(code === null ? {} : { code }),
    ...(detail === null ? {} : { detail }),
    ...(count2 === null ? {} : { count: count2 }),
  };
}
function buildCaptureAnomaly(anomaly) {
  return { ...buildAnomaly(anomaly), connections: [...anomaly.connections] };
}
function buildAnomaly({ rule, kind, severity, message, advice: advice3, packets, at: at2, evidence }) {
  return {
    rule,
    kind,
    severity,
    message: `${message} ${advice3}`,
    advice: advice3,
    packets: [...packets],
    at: formatTimestamp(at2),
    explain: `wscap explain ${rule}`,
    evidence: { ...evidence },
  };
}
function buildNotes(record, { withheld, omitted }) {
  return [
    ...connectionNotes(record),
    ...withheld.map(({ rule, reason }) => ({
      code: 'rule-withheld',
      message: `${rule} was not judged: ${reason}`,
    })),
    ...omitted.map(({ rule, count: count2 }) => ({
      code: 'more-findings',
      message: `${rule} has ${count2} more findings on this connection`,
    })),
  ];
}

// src/rules/settings.ts
var DEFAULT_WINDOW_MS = 100;
function isOff(id, settings) {
  return settings[id]?.severity === 'off';
}
function optionValues({ id, options }, settings) {
  const given = settings[id]?.options ?? {};
  return Object.fromEntries(
    Object.entries(options).map(([name, spec]) => [name, given[name] ?? spec.default]),
  );
}
var GRAVITY = { info: 0, warning: 1, error: 2 };
function severityOf(rule, found, settings) {
  const wanted = settings[rule.id]?.severity;
  if (wanted === void 0 || wanted === 'off') return found;
  return found === rule.severity || GRAVITY[wanted] < GRAVITY[found] ? wanted : found;
}

// src/tcp/connection-table.ts
var INITIAL_SLOTS = 1 << 12;
var ConnectionTable = class {
  /** Address words a side: 1 for IPv4, 4 for IPv6. */
  #words;
  #stride;
  /** Tuples that share a slot could be made up in advance, and would make the table slow, if the hash were known. */
  #seed = (Math.random() * 2 ** 32) | 0;
  /** Tuple index + 1, or 0 for an empty slot. Twice as many slots as tuples, or more. */
  #slots = new Int32Array(INITIAL_SLOTS);
  /** Of each tuple: the lower endpoint's address, the higher one's, and both ports in one word. */
  #keys;
  #count = 0;
  /** After `find`: whether the segment was sent by the higher endpoint. */
  fromHigher = false;
  constructor(version) {
    this.#words = version === 4 ? 1 : 4;
    this.#stride = 2 * this.#words + 1;
    this.#keys = new Int32Array((INITIAL_SLOTS >> 1) * this.#stride);
  }
  get size() {
    return this.#count;
  }
  /** Index of the segment's 4-tuple, counted from 0 in order of first appearance; a new tuple is added. */
  find(segment) {
    const { addresses, sourcePort, destinationPort } = segment;
    const fromHigher = this.#isFromHigher(segment);
    this.fromHigher = fromHigher;
    const lower = fromHigher ? 4 : 0;
    const ports = fromHigher ? (destinationPort << 16) | sourcePort : (sourcePort << 16) | destinationPort;
    let hash2 = Math.imul(ports, 2654435761) ^ this.#seed;
    for (let word = 0; word < this.#words; word++) {
      hash2 = mix(hash2 ^ addresses[lower + word]);
      hash2 = mix(hash2 ^ addresses[(lower ^ 4) + word]);
    }
    const mask = this.#slots.length - 1;
    let slot = hash2 & mask;
    for (;;) {
      const tuple = this.#slots[slot] - 1;
      if (tuple < 0) break;
      if (this.#matches(tuple, addresses, lower, ports)) return tuple;
      slot = (slot + 1) & mask;
    }
    return this.#add(slot, addresses, lower, ports, hash2);
  }
  #isFromHigher({ addresses, sourcePort, destinationPort }) {
    for (let word = 0; word < this.#words; word++) {
      const source = addresses[word];
      const destination = addresses[4 + word];
      if (source !== destination) return source > destination;
    }
    return sourcePort > destinationPort;
  }
  #matches(tuple, addresses, lower, ports) {
    const keys = this.#keys;
    const words2 = this.#words;
    const at2 = tuple * this.#stride;
    for (let word = 0; word < words2; word++) {
      if (keys[at2 + word] !== addresses[lower + word]) return false;
      if (keys[at2 + words2 + word] !== addresses[(lower ^ 4) + word]) return false;
    }
    return keys[at2 + 2 * words2] === ports;
  }
  #add(slot, addresses, lower, ports, hash2) {
    const tuple = this.#count++;
    const at2 = tuple * this.#stride;
    if (at2 + this.#stride > this.#keys.length) this.#keys = grown(this.#keys);
    for (let word = 0; word < this.#words; word++) {
      this.#keys[at2 + word] = addresses[lower + word];
      this.#keys[at2 + this.#words + word] = addresses[(lower ^ 4) + word];
    }
    this.#keys[at2 + 2 * this.#words] = ports;
    if (this.#count * 2 > this.#slots.length) {
      this.#rehash();
      this.#place(tuple, hash2);
    } else {
      this.#slots[slot] = tuple + 1;
    }
    return tuple;
  }
  #rehash() {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const keys = this.#keys;
    const words2 = this.#words;
    for (let tuple = 0; tuple < this.#count - 1; tuple++) {
      const at2 = tuple * this.#stride;
      let hash2 = Math.imul(keys[at2 + 2 * words2], 2654435761) ^ this.#seed;
      for (let word = 0; word < words2; word++) {
        hash2 = mix(hash2 ^ keys[at2 + word]);
        hash2 = mix(hash2 ^ keys[at2 + words2 + word]);
      }
      this.#place(tuple, hash2);
    }
  }
  #place(tuple, hash2) {
    const mask = this.#slots.length - 1;
    let slot = hash2 & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = tuple + 1;
  }
};
function mix(value) {
  let hash2 = value;
  hash2 = Math.imul(hash2 ^ (hash2 >>> 16), 2246822507);
  hash2 = Math.imul(hash2 ^ (hash2 >>> 13), 3266489909);
  return hash2 ^ (hash2 >>> 16);
}
function grown(array) {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

// src/tcp/reassembly-budget.ts
var MAX_STREAM_BYTES = 8 * 1024 * 1024;
var MAX_STREAM_SEGMENTS = 8192;
var MAX_TOTAL_BYTES2 = 64 * 1024 * 1024;
var SEGMENT_OVERHEAD = 200;
var ReassemblyBudget = class {
  #totalBytes = 0;
  /** Those that hold 2^n bytes up to twice as many, by n: the largest is found without looking at all. */
  #bySize = Array.from({ length: 32 }, () => []);
  /** Of a holder that had `before` bytes and has `after`. */
  change(holder, before, after) {
    this.#totalBytes += after - before;
    const [from, to] = [classOf(before), classOf(after)];
    if (from === to) return;
    if (from >= 0) remove(this.#bySize[from], holder);
    if (to >= 0) holder.place = this.#bySize[to].push(holder) - 1;
  }
  /** Whether a stream that holds this much must let go. */
  isExceededBy(streamBytes, streamSegments) {
    return streamBytes > MAX_STREAM_BYTES || streamSegments > MAX_STREAM_SEGMENTS;
  }
  /** Has those that hold most let go until all is within the bound. */
  relieve() {
    while (this.#totalBytes > MAX_TOTAL_BYTES2) {
      const largest = this.#bySize.findLast((each) => each.length > 0)?.at(-1);
      if (largest === void 0) return;
      largest.letGo();
    }
  }
};
function classOf(bytes2) {
  return 31 - Math.clz32(bytes2);
}
function remove(holders, holder) {
  const last = holders.pop();
  if (last === holder) return;
  holders[holder.place] = last;
  last.place = holder.place;
}

// src/tcp/out-of-order-queue.ts
var OutOfOrderQueue = class {
  #segments = [];
  #budget;
  letGo;
  place = 0;
  #bytes = 0;
  /** @param letGo declares the hole in front of what waits a gap */
  constructor(budget, letGo) {
    this.#budget = budget;
    this.letGo = letGo;
  }
  get first() {
    return this.#segments[0];
  }
  get isEmpty() {
    return this.#segments.length === 0;
  }
  /** Stream offset after the last waiting byte; 0 when nothing waits. */
  get endOffset() {
    const last = this.#segments.at(-1);
    return last === void 0 ? 0 : last.offset + last.length;
  }
  /** Whether something must go, whatever others hold. */
  get isOverBudget() {
    return !this.isEmpty && this.#budget.isExceededBy(this.#bytes, this.#segments.length);
  }
  shift() {
    const segment = this.#segments.shift();
    if (segment !== void 0) this.#count(-1, segment);
    return segment;
  }
  /** Forgets all that waits. */
  clear() {
    for (const segment of this.#segments) this.#count(-1, segment);
    this.#segments.length = 0;
  }
  /** Copies what is new of the segment. Returns how many of its wire bytes were new. */
  insert(offset, length, data, start, end, packet, seconds2, nanoseconds) {
    const segmentEnd = offset + length;
    let index = this.#firstEndingAfter(offset);
    let from = offset;
    let added = 0;
    while (from < segmentEnd) {
      const next = this.#segments[index];
      const to = next === void 0 ? segmentEnd : Math.min(segmentEnd, next.offset);
      if (to > from) {
        const piece = {
          offset: from,
          length: to - from,
          bytes: data.slice(Math.min(end, start + from - offset), Math.min(end, start + to - offset)),
          packet,
          seconds: seconds2,
          nanoseconds,
        };
        this.#segments.splice(index, 0, piece);
        this.#count(1, piece);
        added += piece.length;
        index++;
      }
      if (next === void 0) break;
      from = next.offset + next.length;
      index++;
    }
    return added;
  }
  /** Index of the first waiting segment that ends after `offset`; most arrivals belong at the end. */
  #firstEndingAfter(offset) {
    if (this.endOffset <= offset) return this.#segments.length;
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = this.#segments[middle];
      if (segment.offset + segment.length <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  #count(sign, segment) {
    const before = this.#bytes;
    this.#bytes += sign * (segment.bytes.length + SEGMENT_OVERHEAD);
    this.#budget.change(this, before, this.#bytes);
  }
};

// src/tcp/recent-packets.ts
var KEPT = 8;
var FIELDS = 5;
var RecentPackets = class {
  #packets = new Int32Array(KEPT * FIELDS);
  #next = 0;
  #count = 0;
  add(sequence, kind, marks, seconds2, nanoseconds) {
    const packets = this.#packets;
    const at2 = this.#next * FIELDS;
    packets[at2] = sequence;
    packets[at2 + 1] = kind;
    packets[at2 + 2] = marks;
    packets[at2 + 3] = seconds2 | 0;
    packets[at2 + 4] = nanoseconds;
    this.#next = (this.#next + 1) % KEPT;
    if (this.#count < KEPT) this.#count++;
  }
  /** Whether one of them is the same, and was captured less than `withinNanoseconds` before. */
  has(sequence, kind, marks, seconds2, nanoseconds, withinNanoseconds) {
    const packets = this.#packets;
    for (let at2 = 0; at2 < this.#count * FIELDS; at2 += FIELDS) {
      if (packets[at2] !== sequence || packets[at2 + 1] !== kind || packets[at2 + 2] !== marks) continue;
      const elapsed = ((seconds2 | 0) - packets[at2 + 3]) * 1e9 + (nanoseconds - packets[at2 + 4]);
      if (elapsed < withinNanoseconds) return true;
    }
    return false;
  }
};

// src/tcp/stream-trouble.ts
var StreamTrouble = class {
  #firstRetransmission = null;
  /** Of the oldest data that was sent again: its first offset, and what was acknowledged then. */
  #oldestOffset = 0;
  #acknowledgedThen = 0;
  #data = null;
  /** The probe sent last, and how often the first one since the peer's last packet was repeated. */
  #lastProbe = 0;
  #probes = null;
  /** How often the window shut, as it is now, and the longest time before. */
  #shuts = 0;
  #shut = null;
  #longest = null;
  /** Data from `start` up to `end` were sent again. Of a side's retransmissions only those of its oldest data count. */
  retransmitted(start, end, acknowledged, mark) {
    this.#firstRetransmission ??= markOf(mark);
    if (end <= acknowledged) return;
    const oldest = Math.max(start, acknowledged);
    const isNew =
      this.#data === null || this.#acknowledgedThen !== acknowledged || oldest < this.#oldestOffset;
    if (!isNew && oldest > this.#oldestOffset) return;
    if (isNew) {
      this.#oldestOffset = oldest;
      this.#acknowledgedThen = acknowledged;
    }
    this.#data = again(isNew ? null : this.#data, mark);
  }
  /** A keep-alive probe; `peerPacket` is the peer's last packet so far. */
  probed(peerPacket, mark) {
    const isRepeated = this.#lastProbe > peerPacket;
    this.#probes = isRepeated ? again(this.#probes, mark) : null;
    this.#lastProbe = mark.packet;
  }
  /** The window is 0. */
  windowShut(mark) {
    const found = markOf(mark);
    if (this.#shut === null) {
      this.#shuts++;
      this.#shut = { from: found, until: found, isReopened: false };
    } else {
      this.#shut.until = found;
    }
  }
  /** It isn't any more. */
  windowOpened(mark) {
    if (this.#shut === null) return;
    this.#shut.until = markOf(mark);
    this.#shut.isReopened = true;
    this.#longest = longerOf(this.#longest, this.#shut);
    this.#shut = null;
  }
  /** As things stand: what was acknowledged, and the peer's last packet. */
  facts(acknowledged, peerPacket) {
    return {
      unacknowledged: this.#unacknowledged(acknowledged, peerPacket),
      zeroWindow: this.#zeroWindow(),
      firstRetransmission: this.#firstRetransmission,
    };
  }
  #unacknowledged(acknowledged, peerPacket) {
    const data = this.#acknowledgedThen === acknowledged ? this.#data : null;
    const probes = this.#lastProbe > peerPacket ? this.#probes : null;
    const isProbe = (probes?.count ?? 0) > (data?.count ?? 0);
    const what = isProbe ? probes : data;
    return what === null
      ? null
      : { retransmissions: what.count, first: what.first, last: what.last, isProbe };
  }
  #zeroWindow() {
    const longest = this.#shut === null ? this.#longest : longerOf(this.#longest, this.#shut);
    if (longest === null) return null;
    const { from, until, isReopened } = longest;
    return { count: this.#shuts, longestMs: elapsedMs(from, until), from, until, isReopened };
  }
};
function again(repetition, mark) {
  const last = markOf(mark);
  return { count: (repetition?.count ?? 0) + 1, first: repetition?.first ?? last, last };
}
function longerOf(before, now) {
  return before !== null && elapsedMs(before.from, before.until) >= elapsedMs(now.from, now.until)
    ? before
    : now;
}

// src/tcp/tcp-trouble.ts
var NO_TROUBLE = { unacknowledged: null, zeroWindow: null, firstRetransmission: null };

// src/tcp/stream-reassembler.ts
var MAX_AHEAD = 1 << 30;
var HOLE_PATIENCE_PACKETS = 8;
var MAX_RST_AHEAD = 1 << 24;
var DUPLICATE_NANOSECONDS = 2e6;
var StreamReassembler = class {
  // What every packet touches stands first, and together: with many connections open their state is out of the
  // processor's cache, and each line of it that a packet needs costs more than the packet's own arithmetic. The first
  // ones are also what the packets of the other direction touch.
  #nextSequence = 0;
  /** Offset of the next byte to deliver. */
  nextOffset = 0;
  /** The peer has acknowledged everything before this offset. */
  acknowledgedOffset = 0;
  /** The same, by the peer's last packet alone: a packet that was captured too late acknowledges less. */
  lastAcknowledgedOffset = 0;
  started = false;
  /** The window that its sender advertised last is 0. */
  isWindowShut = false;
  /** Made when the first segment arrives out of order: most streams never need one. */
  #waiting = null;
  #direction;
  #sink = null;
  /** The last packet of this direction, 0 while there is none. */
  lastPacket = 0;
  /** Segments with payload, those seen before included; the same packet captured twice is not counted again. */
  segments = 0;
  /** Of the last segment with payload, SYN, FIN or RST: `#lastKind` is its length and flags, -1 for none. */
  #lastSequence = 0;
  #lastKind = -1;
  /** Checksum and identification. */
  #lastMarks = 0;
  #lastSeconds = 0;
  #lastNanoseconds = 0;
  /** Of the packet that brought the last byte delivered; packet 0 is none. */
  #byteByPacket = 0;
  #byteAtSeconds = 0;
  #byteAtNanoseconds = 0;
  // From here on what few packets touch.
  #budget;
  /** Set by {@link discard}. */
  #isDiscarded = false;
  /** Kept from the first segment on that was sent again: that may be the copy of a packet before the last. */
  #recent = null;
  /** Of the hole that is proven now: where it begins, what was acknowledged then, and the packets since. */
  #holeOffset = -1;
  #holeProvenBefore = 0;
  #packetsSinceProof = 0;
  #trouble = null;
  /** Of the other direction, once a keep-alive probe has asked for its answer. */
  #peer = null;
  /** The SYN was captured, or the SYN/ACK that answers it: offset 0 is the stream's first byte. */
  startKnown = false;
  retransmissions = 0;
  outOfOrder = 0;
  /** Bytes that are not in the capture; of these, bytes of packets that the snapshot length cut. */
  gapBytes = 0;
  cutBytes = 0;
  /** Retransmitted ones included. */
  syns = 0;
  syn = null;
  fin = null;
  /** Stream offset of the FIN: the stream's length. */
  finOffset = 0;
  rst = null;
  /** Stream offset of the RST where it is believable: all before it was sent. */
  rstOffset = 0;
  /**
   * After {@link finish}: the offset from which on nothing was captured, though an ACK or a RST proves that there was
   * more (bytes, a FIN, or both); -1 where nothing is missing at the end.
   */
  unseenFrom = -1;
  constructor(direction, budget) {
    this.#direction = direction;
    this.#budget = budget;
  }
  /**
   * For the consumer: from the next segment on this direction's bytes go straight to `sink` (gaps still come to the
   * consumer), which spares them the way through an object that has nothing to do with them any more.
   */
  sendTo(sink) {
    this.#sink = sink;
  }
  /** The next byte of this stream has this sequence number. */
  start(sequence, isFirstByte) {
    this.started = true;
    this.startKnown = isFirstByte;
    this.#nextSequence = sequence;
  }
  /** A SYN, or the SYN/ACK that answers it, says which sequence number the first byte has. */
  synchronize(sequence) {
    if (!this.started) this.start(sequence, true);
    else if (this.offsetOf(sequence) === 0) this.startKnown = true;
  }
  /** Stream offset of a sequence number near the next byte's. */
  offsetOf(sequence) {
    return this.nextOffset + ((sequence - this.#nextSequence) | 0);
  }
  /** Bytes of the stream so far, in order or not, gaps included. */
  get streamBytes() {
    return Math.max(this.nextOffset, this.#waiting?.endOffset ?? 0);
  }
  /** A packet of this direction was captured. */
  get isCaptured() {
    return this.lastPacket > 0;
  }
  /** The packet that brought the last byte that was delivered. */
  get lastByte() {
    if (this.#byteByPacket === 0) return null;
    return {
      packet: this.#byteByPacket,
      seconds: this.#byteAtSeconds,
      nanoseconds: this.#byteAtNanoseconds,
    };
  }
  /** As things stand; call it when nothing more will come. */
  get trouble() {
    return this.#trouble?.facts(this.acknowledgedOffset, this.#peer?.lastPacket ?? 0) ?? NO_TROUBLE;
  }
  get hasWaiting() {
    return this.#waiting !== null && !this.#waiting.isEmpty;
  }
  /** Whether a FIN may stand there: one behind bytes already seen, or beyond any window, is of another connection. */
  canEndAt(offset) {
    return offset >= this.nextOffset && offset - this.nextOffset <= MAX_AHEAD;
  }
  /** A RST with this sequence number: what its sender had sent by then ends there, if it is anywhere near. */
  reset(sequence) {
    const offset = this.offsetOf(sequence);
    if (this.started && offset - this.nextOffset <= MAX_RST_AHEAD) this.rstOffset = Math.max(0, offset);
  }
  /**
   * Whether this is the packet before it, captured once more (on two interfaces, or going out and coming in): the
   * same in all that a sender changes between a segment and its retransmission. Once something was sent again, or
   * seemed to be, it may also be one of a few packets before (A B A B).
   */
  isDuplicate(segment) {
    const { sequence, seconds: seconds2, nanoseconds } = segment;
    const kind = ((segment.payloadLength << 8) | segment.flags) & 2147483647;
    const marks = (segment.checksum << 16) | segment.identification;
    const isSame =
      (this.#lastSequence === sequence &&
        this.#lastKind === kind &&
        this.#lastMarks === marks &&
        (seconds2 - this.#lastSeconds) * 1e9 + (nanoseconds - this.#lastNanoseconds) <
          DUPLICATE_NANOSECONDS) ||
      (this.#recent !== null &&
        this.#recent.has(sequence, kind, marks, seconds2, nanoseconds, DUPLICATE_NANOSECONDS));
    if (this.#recent !== null && !isSame) this.#recent.add(sequence, kind, marks, seconds2, nanoseconds);
    this.#lastSequence = sequence;
    this.#lastKind = kind;
    this.#lastMarks = marks;
    this.#lastSeconds = seconds2;
    this.#lastNanoseconds = nanoseconds;
    return isSame;
  }
  /** The peer acknowledges all before `sequence`. */
  acknowledge(sequence) {
    const ahead = (sequence - this.#nextSequence) | 0;
    if (ahead > MAX_AHEAD) return;
    const offset = this.nextOffset + ahead;
    this.lastAcknowledgedOffset = offset;
    if (offset > this.acknowledgedOffset) this.acknowledgedOffset = offset;
  }
  /**
   * Whether a segment of no or one byte is a keep-alive probe, which repeats the last byte or a part of nothing before
   * the next one (RFC 9293 §3.8.4). One byte that the peer has not acknowledged is data sent again.
   */
  isProbe(sequence, payloadLength) {
    if (((sequence + 1) | 0) !== this.#nextSequence) return false;
    return payloadLength === 0 || !this.#isUnacknowledged;
  }
  /** A keep-alive probe was sent, to which a packet of the peer is the answer. */
  probe(segment, peer) {
    this.#peer = peer;
    this.#trouble ??= new StreamTrouble();
    this.#trouble.probed(peer.lastPacket, segment);
  }
  /** This side advertises a window of 0, or has shut it before. */
  advertise(segment) {
    this.isWindowShut = segment.window === 0;
    this.#trouble ??= new StreamTrouble();
    if (this.isWindowShut) this.#trouble.windowShut(segment);
    else this.#trouble.windowOpened(segment);
  }
  /** Takes the payload of a segment whose first payload byte has this sequence number. */
  receive(segment, sequence, consumer) {
    const { packet, seconds: seconds2, nanoseconds, payloadStart, payloadEnd, payloadLength } = segment;
    const ahead = (sequence - this.#nextSequence) | 0;
    this.segments++;
    if (ahead === 0) {
      if (this.hasWaiting) {
        this.outOfOrder++;
        this.#deliverBeforeWaiting(segment, 0, consumer);
      } else {
        this.#deliver(
          consumer,
          segment.data,
          payloadStart,
          payloadEnd,
          payloadLength,
          packet,
          seconds2,
          nanoseconds,
        );
      }
      return;
    }
    if (ahead < 0) {
      const old = -ahead;
      if (payloadLength > 1 || !this.isProbe(sequence, payloadLength)) this.#sentAgain(segment, ahead);
      if (old < payloadLength) this.#deliverBeforeWaiting(segment, old, consumer);
      return;
    }
    if (ahead > MAX_AHEAD) return;
    this.#enqueue(segment, ahead, consumer);
  }
  /**
   * Another packet of the connection has come. Where the peer has acknowledged bytes that are missing before waiting
   * ones, they were received but not captured: a gap, once patience has run out.
   */
  considerHole(consumer) {
    const first = this.#waiting?.first;
    if (first === void 0 || first.offset > this.acknowledgedOffset) return;
    if (this.#holeOffset !== this.nextOffset) {
      this.#holeOffset = this.nextOffset;
      this.#holeProvenBefore = this.acknowledgedOffset;
      this.#packetsSinceProof = 0;
    }
    if (++this.#packetsSinceProof <= HOLE_PATIENCE_PACKETS) return;
    let next = first;
    while (next !== void 0 && next.offset <= this.#holeProvenBefore) {
      this.declareGap(consumer);
      next = this.#waiting?.first;
    }
  }
  /** Nobody wants the stream any more: forgets what waits, and says nothing further. */
  discard() {
    this.#isDiscarded = true;
    this.#waiting?.clear();
    this.#waiting = null;
  }
  /** The hole before the waiting bytes will not be filled any more: says so, and goes on after it. */
  declareGap(consumer) {
    const first = this.#waiting?.first;
    if (first === void 0) return;
    this.#skip(consumer, first.offset - this.nextOffset, first.packet, first.seconds, first.nanoseconds);
    this.#drain(consumer);
  }
  /** Delivers what still waits, and the gap at the end if an ACK, the FIN or a RST proves that there was more. */
  finish(consumer, last) {
    while (this.hasWaiting) this.declareGap(consumer);
    const hasFin = this.fin !== null;
    const proven = hasFin ? this.finOffset : Math.max(this.acknowledgedOffset, this.rstOffset);
    const missing = proven - this.nextOffset;
    if (!this.started || missing <= 0) return;
    this.unseenFrom = this.nextOffset;
    if (missing > (hasFin ? 0 : 1)) {
      this.#skip(consumer, missing, last.packet, last.seconds, last.nanoseconds);
    }
  }
  /** Where nothing was ever acknowledged, the capture may show this direction alone. */
  get #isUnacknowledged() {
    return this.acknowledgedOffset > 0 && this.acknowledgedOffset < this.nextOffset;
  }
  #sentAgain(segment, ahead) {
    if (this.nextOffset + ahead < 0) return;
    this.retransmissions++;
    if (this.#recent === null) {
      this.#recent = new RecentPackets();
      this.#recent.add(
        this.#lastSequence,
        this.#lastKind,
        this.#lastMarks,
        this.#lastSeconds,
        this.#lastNanoseconds,
      );
    }
    this.#trouble ??= new StreamTrouble();
    const start = this.nextOffset + ahead;
    this.#trouble.retransmitted(start, start + segment.payloadLength, this.acknowledgedOffset, segment);
  }
  #enqueue(segment, ahead, consumer) {
    const waiting = (this.#waiting ??= new OutOfOrderQueue(this.#budget, () => {
      this.declareGap(consumer);
    }));
    const offset = this.nextOffset + ahead;
    const isBehindOthers = offset < waiting.endOffset;
    const added = waiting.insert(
      offset,
      segment.payloadLength,
      segment.data,
      segment.payloadStart,
      segment.payloadEnd,
      segment.packet,
      segment.seconds,
      segment.nanoseconds,
    );
    if (added === 0) this.#sentAgain(segment, ahead);
    else if (isBehindOthers) this.outOfOrder++;
    while (waiting.isOverBudget) this.declareGap(consumer);
    this.#budget.relieve();
  }
  /**
   * New bytes that continue the stream while others may wait behind them. Bytes that are already waiting were
   * seen first and win; so deliver only up to them, and let the rest of the segment fill what is between.
   */
  #deliverBeforeWaiting(segment, skip, consumer) {
    const { packet, seconds: seconds2, nanoseconds, payloadStart, payloadEnd, payloadLength } = segment;
    const first = this.#waiting?.first;
    const length = payloadLength - skip;
    const room2 = first === void 0 ? length : Math.min(length, first.offset - this.nextOffset);
    const from = Math.min(payloadEnd, payloadStart + skip);
    const offset = this.nextOffset;
    if (length > room2) {
      this.#waiting.insert(offset, length, segment.data, from, payloadEnd, packet, seconds2, nanoseconds);
    } else {
      this.#deliver(consumer, segment.data, from, payloadEnd, room2, packet, seconds2, nanoseconds);
    }
    this.#drain(consumer);
  }
  #drain(consumer) {
    const waiting = this.#waiting;
    if (waiting === null) return;
    let next = waiting.first;
    while (next !== void 0 && next.offset <= this.nextOffset) {
      waiting.shift();
      const { bytes: bytes2, length, packet, seconds: seconds2, nanoseconds } = next;
      this.#deliver(consumer, bytes2, 0, bytes2.length, length, packet, seconds2, nanoseconds);
      next = waiting.first;
    }
  }
  #deliver(consumer, bytes2, start, end, length, packet, seconds2, nanoseconds) {
    const captured = end - start;
    this.#nextSequence = (this.#nextSequence + captured) | 0;
    this.nextOffset += captured;
    if (captured > 0) {
      this.#byteByPacket = packet;
      this.#byteAtSeconds = seconds2;
      this.#byteAtNanoseconds = nanoseconds;
      const sink = this.#sink;
      if (sink !== null) sink.push(bytes2, start, end, packet, seconds2, nanoseconds);
      else consumer.data(this.#direction, bytes2, start, end, packet, seconds2, nanoseconds);
    }
    if (length > captured) {
      this.cutBytes += length - captured;
      this.#skip(consumer, length - captured, packet, seconds2, nanoseconds);
    }
  }
  #skip(consumer, length, packet, seconds2, nanoseconds) {
    this.#nextSequence = (this.#nextSequence + length) | 0;
    this.nextOffset += length;
    this.gapBytes += length;
    if (!this.#isDiscarded) consumer.gap(this.#direction, length, packet, seconds2, nanoseconds);
  }
};

// src/tcp/tcp-connection.ts
var TcpConnection = class {
  // What every packet touches stands first (see StreamReassembler).
  consumer;
  stream0;
  stream1;
  /** TcpTracker's: whether direction 0 is that of the lower (0) or higher (1) endpoint. */
  sideOf0 = 0;
  /** TcpTracker's: what it needs to know of this 4-tuple it knows. */
  hasBases = false;
  /** Set by {@link ignore}. */
  ignored = false;
  /** Both sides have ended, or one has reset. */
  closed = false;
  lastPacket;
  lastSeconds;
  lastNanoseconds;
  /** Wireshark's tcp.stream. */
  id;
  first;
  /** Who sent the SYN (or was sent the SYN/ACK): null where neither was captured. */
  originator = null;
  /** The same packet captured more than once (as on `-i any`): how often, and where first. */
  duplicates = 0;
  firstDuplicate = 0;
  /** TcpTracker's: waits in its queue of closed connections. */
  inClosedQueue = false;
  /** The address of direction 0's sender, and of direction 1's: numbers for IPv4, for IPv6 words in one array. */
  #address0;
  #address1;
  #addresses;
  #port0;
  #port1;
  constructor(id, segment, budget) {
    this.stream0 = new StreamReassembler(0, budget);
    this.stream1 = new StreamReassembler(1, budget);
    this.lastPacket = segment.packet;
    this.lastSeconds = segment.seconds;
    this.lastNanoseconds = segment.nanoseconds;
    this.id = id;
    this.first = markOf(segment);
    this.#address0 = segment.addresses[0];
    this.#address1 = segment.addresses[4];
    this.#addresses = segment.isIPv6 ? segment.addresses.slice() : null;
    this.#port0 = segment.sourcePort;
    this.#port1 = segment.destinationPort;
  }
  /** By direction. */
  get streams() {
    return [this.stream0, this.stream1];
  }
  stream(direction) {
    return direction === 0 ? this.stream0 : this.stream1;
  }
  /** The latest packet. */
  get last() {
    return { packet: this.lastPacket, seconds: this.lastSeconds, nanoseconds: this.lastNanoseconds };
  }
  /** The sender of a direction's bytes. */
  endpoint(direction) {
    const address =
      this.#addresses === null
        ? formatIPv4(direction === 0 ? this.#address0 : this.#address1)
        : formatIPv6(this.#addresses, direction * 4);
    return { address, port: direction === 0 ? this.#port0 : this.#port1 };
  }
  /** For the consumer: this connection is none of ours. No more calls come, and its memory is released. */
  ignore() {
    this.ignored = true;
    this.stream0.discard();
    this.stream1.discard();
  }
};

// src/tcp/tcp-tracker.ts
var LINGER_PACKETS = 2e4;
var MAX_LIVE = 1 << 18;
var NEVER = 2 ** 31 - 1;
var INITIAL_TUPLES = 1 << 11;
var TupleState = class {
  table;
  /** The followed connection, or null after its end, or when it is none of ours. */
  live = [];
  /** Base sequence numbers, two a tuple: sent by the lower endpoint, by the higher one. */
  base = new Int32Array(2 * INITIAL_TUPLES);
  /** Bit 0: the lower endpoint's base is known; bit 1: the higher one's. */
  flags = new Int32Array(INITIAL_TUPLES);
  constructor(version) {
    this.table = new ConnectionTable(version);
  }
  reserve(tuple) {
    if (tuple < this.flags.length) return;
    this.flags = grown(this.flags);
    this.base = grown(this.base);
  }
};
var BOTH = 3;
var TcpTracker = class {
  #listener;
  #budget = new ReassemblyBudget();
  #ipv4 = new TupleState(4);
  #ipv6 = new TupleState(6);
  #closed = [];
  #closedHead = 0;
  /** When the first of them is due. */
  #nextDue = NEVER;
  #liveCount = 0;
  #connectionCount = 0;
  #evictedCount = 0;
  #maxLive;
  constructor(listener, maxLive = MAX_LIVE) {
    this.#listener = listener;
    this.#maxLive = maxLive;
  }
  /** Connections seen, as Wireshark counts them. */
  get connectionCount() {
    return this.#connectionCount;
  }
  /** Connections given up for lack of room before they ended. */
  get evictedCount() {
    return this.#evictedCount;
  }
  /** Takes the next segment; its view is not kept. */
  segment(segment) {
    const tuples = segment.isIPv6 ? this.#ipv6 : this.#ipv4;
    const { table } = tuples;
    const known = table.size;
    const tuple = table.find(segment);
    const side = table.fromHigher ? 1 : 0;
    const { packet } = segment;
    let connection2;
    if (tuple === known) {
      tuples.reserve(tuple);
      connection2 = this.#open(tuples, tuple, side, segment);
    } else if ((segment.flags & SYN) === 0) {
      connection2 = tuples.live[tuple];
    } else {
      connection2 = this.#synchronizeTuple(tuples, tuple, side, segment);
    }
    if (connection2 === null) {
      if (tuples.flags[tuple] !== BOTH) learnBases(tuples, tuple, side, segment);
      return;
    }
    if (!connection2.hasBases) {
      learnBases(tuples, tuple, side, segment);
      connection2.hasBases = tuples.flags[tuple] === BOTH;
    }
    this.#process(connection2, side === connection2.sideOf0 ? 0 : 1, segment);
    if (connection2.ignored) {
      this.#drop(tuples, tuple);
    } else if (connection2.closed) {
      this.#noteClosed(tuples, tuple, connection2, packet);
    }
    if (packet >= this.#nextDue) this.#releaseLingering(packet);
  }
  /** The capture has ended: closes out every connection, in the order in which they began. */
  end() {
    const open2 = [];
    for (const tuples of [this.#ipv4, this.#ipv6]) {
      tuples.live.forEach((connection2, tuple) => {
        if (connection2 !== null) open2.push({ tuples, tuple, connection: connection2 });
      });
    }
    open2.sort((a, b) => a.connection.id - b.connection.id);
    for (const { tuples, tuple, connection: connection2 } of open2) {
      this.#release(tuples, tuple, connection2, connection2.closed ? 'closed' : 'capture-ended');
    }
    this.#closed = [];
    this.#nextDue = NEVER;
  }
  /** The connection of a SYN on a known 4-tuple: often a new one. */
  #synchronizeTuple(tuples, tuple, side, segment) {
    const { flags, sequence } = segment;
    const live = tuples.live[tuple] ?? null;
    if ((flags & ACK) !== 0) {
      tuples.base[2 * tuple + side] = sequence;
      return live;
    }
    if ((tuples.flags[tuple] & (1 << side)) === 0 || tuples.base[2 * tuple + side] === sequence) return live;
    if (live !== null) this.#release(tuples, tuple, live, live.closed ? 'closed' : 'evicted');
    return this.#open(tuples, tuple, side, segment);
  }
  #open(tuples, tuple, side, segment) {
    const connection2 = new TcpConnection(this.#connectionCount++, segment, this.#budget);
    connection2.sideOf0 = side;
    connection2.consumer = this.#listener.open(connection2);
    tuples.live[tuple] = connection2;
    tuples.flags[tuple] = 0;
    this.#liveCount++;
    if (this.#liveCount > this.#maxLive) this.#evictIdle(connection2);
    return connection2;
  }
  #process(connection2, direction, segment) {
    if (connection2.ignored) return;
    const { stream0, stream1 } = connection2;
    const stream = direction === 0 ? stream0 : stream1;
    const reverse = direction === 0 ? stream1 : stream0;
    const { flags, payloadLength } = segment;
    stream.lastPacket = segment.packet;
    connection2.lastPacket = segment.packet;
    connection2.lastSeconds = segment.seconds;
    connection2.lastNanoseconds = segment.nanoseconds;
    if ((flags & (SYN | FIN | RST)) !== 0 || payloadLength > 0) {
      if (stream.isDuplicate(segment)) {
        if (connection2.duplicates++ === 0) connection2.firstDuplicate = segment.packet;
        return;
      }
    }
    const isSyn = (flags & SYN) !== 0;
    const sequence = isSyn ? (segment.sequence + 1) | 0 : segment.sequence;
    if (isSyn) {
      this.#synchronize(connection2, direction, segment);
      if (connection2.ignored) return;
    } else if (!stream.started && (flags & RST) === 0) {
      stream.start(sequence, false);
    }
    if ((flags & ACK) !== 0) {
      if (!reverse.started && (flags & RST) === 0) reverse.start(segment.acknowledgement, false);
      if (reverse.started) reverse.acknowledge(segment.acknowledgement);
      if (segment.window === 0 || stream.isWindowShut) noteWindow(stream, reverse, segment);
    }
    if (payloadLength <= 1 && stream.isProbe(sequence, payloadLength)) noteProbe(stream, reverse, segment);
    if (payloadLength > 0 && (flags & RST) === 0) {
      stream.receive(segment, sequence, connection2.consumer);
      if (connection2.ignored) return;
    }
    if ((flags & (FIN | RST)) !== 0) this.#end(connection2, direction, segment, sequence);
    if (stream.hasWaiting) stream.considerHole(connection2.consumer);
    if (reverse.hasWaiting) reverse.considerHole(connection2.consumer);
  }
  #synchronize(connection2, direction, segment) {
    const stream = connection2.stream(direction);
    const reverse = connection2.stream(otherOf(direction));
    const isAnswer = (segment.flags & ACK) !== 0;
    stream.syns++;
    if (stream.syn === null) {
      stream.syn = markOf(segment);
      stream.synchronize((segment.sequence + 1) | 0);
      connection2.consumer.flag(direction, 'syn');
    }
    if (isAnswer) reverse.synchronize(segment.acknowledgement);
    connection2.originator ??= isAnswer ? otherOf(direction) : direction;
  }
  #end(connection2, direction, segment, sequence) {
    const stream = connection2.stream(direction);
    if ((segment.flags & RST) !== 0) {
      if (stream.rst === null) {
        stream.rst = markOf(segment);
        stream.reset(sequence);
        connection2.consumer.flag(direction, 'rst');
      }
      connection2.closed = true;
    } else if (stream.fin === null) {
      const endOffset = stream.offsetOf((sequence + segment.payloadLength) | 0);
      if (!stream.canEndAt(endOffset)) return;
      stream.fin = markOf(segment);
      stream.finOffset = endOffset;
      connection2.consumer.flag(direction, 'fin');
      const reverse = connection2.stream(otherOf(direction));
      if (reverse.fin !== null) connection2.closed = true;
    }
  }
  #noteClosed(tuples, tuple, connection2, packet) {
    if (connection2.inClosedQueue) return;
    connection2.inClosedQueue = true;
    this.#closed.push({ tuples, tuple, connection: connection2, dueAtPacket: packet + LINGER_PACKETS });
    if (this.#nextDue === NEVER) this.#nextDue = packet + LINGER_PACKETS;
  }
  #releaseLingering(packet) {
    while (this.#closedHead < this.#closed.length) {
      const { tuples, tuple, connection: connection2, dueAtPacket } = this.#closed[this.#closedHead];
      if (packet < dueAtPacket) break;
      this.#closedHead++;
      if (tuples.live[tuple] !== connection2) continue;
      const lingersUntil = connection2.lastPacket + LINGER_PACKETS;
      if (packet >= lingersUntil) this.#release(tuples, tuple, connection2, 'closed');
      else this.#closed.push({ tuples, tuple, connection: connection2, dueAtPacket: lingersUntil });
    }
    this.#nextDue = this.#closed[this.#closedHead]?.dueAtPacket ?? NEVER;
    if (this.#closedHead > 4096 && this.#closedHead * 2 > this.#closed.length) {
      this.#closed = this.#closed.slice(this.#closedHead);
      this.#closedHead = 0;
    }
  }
  #release(tuples, tuple, connection2, reason) {
    const { last } = connection2;
    connection2.stream0.finish(connection2.consumer, last);
    connection2.stream1.finish(connection2.consumer, last);
    if (!connection2.ignored) connection2.consumer.end(reason);
    this.#drop(tuples, tuple);
  }
  #drop(tuples, tuple) {
    tuples.live[tuple] = null;
    this.#liveCount--;
  }
  /** Closes out the quarter of the live connections that has been idle longest, but not the newest. */
  #evictIdle(newest) {
    const lastPackets = [];
    for (const tuples of [this.#ipv4, this.#ipv6]) {
      for (const connection2 of tuples.live) if (connection2) lastPackets.push(connection2.lastPacket);
    }
    lastPackets.sort((a, b) => a - b);
    const threshold = lastPackets[lastPackets.length >> 2];
    for (const tuples of [this.#ipv4, this.#ipv6]) {
      tuples.live.forEach((connection2, tuple) => {
        if (connection2 === null || connection2 === newest || connection2.lastPacket > threshold) return;
        if (!connection2.closed) this.#evictedCount++;
        this.#release(tuples, tuple, connection2, connection2.closed ? 'closed' : 'evicted');
      });
    }
  }
};
function noteWindow(stream, reverse, segment) {
  const { flags, window, acknowledgement } = segment;
  if ((flags & (SYN | RST)) !== 0 || ((flags & FIN) !== 0 && window === 0)) return;
  if ((stream.fin ?? stream.rst ?? reverse.fin ?? reverse.rst) !== null) return;
  if (reverse.offsetOf(acknowledgement) < reverse.acknowledgedOffset) return;
  stream.advertise(segment);
}
function noteProbe(stream, reverse, segment) {
  if ((segment.flags & (SYN | FIN | RST)) !== 0) return;
  if (segment.payloadLength === 0 && stream.isDuplicate(segment)) return;
  stream.probe(segment, reverse);
}
function learnBases(tuples, tuple, side, segment) {
  const { flags, sequence, acknowledgement } = segment;
  const other = side === 0 ? 1 : 0;
  const known = tuples.flags[tuple];
  if ((known & (1 << side)) === 0) {
    tuples.base[2 * tuple + side] = (flags & SYN) !== 0 ? sequence : (sequence - 1) | 0;
    tuples.flags[tuple] |= 1 << side;
  }
  if ((known & (1 << other)) === 0 && (flags & ACK) !== 0) {
    tuples.base[2 * tuple + other] = (acknowledgement - 1) | 0;
    tuples.flags[tuple] |= 1 << other;
  }
}

// src/version.ts
var VERSION = true ? 'fuzz' : '0.0.0-dev';

// src/connection/activity-budget.ts
var MAX_FRAMES = 5e5;
var FRAMES_OF_ONE = 96;
var FRAMES_OF_LATER_ONE = 16;
var MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;
var BYTES_OF_ARRAY = 128;
var MAX_DENSITIES = 2e4;
var ActivityBudget = class {
  #frames = 0;
  #payloadBytes = 0;
  #densities = 0;
  /** Frames that a connection may keep that opens now. */
  framesOfOne() {
    return this.#frames < MAX_FRAMES / 2 ? FRAMES_OF_ONE : FRAMES_OF_LATER_ONE;
  }
  /** False: no room for another frame. */
  takeFrame() {
    if (this.#frames >= MAX_FRAMES) return false;
    this.#frames++;
    return true;
  }
  /** False: no room for a payload of so many bytes. */
  takePayload(bytes2) {
    const size = bytes2 + BYTES_OF_ARRAY;
    if (this.#payloadBytes + size > MAX_PAYLOAD_BYTES) return false;
    this.#payloadBytes += size;
    return true;
  }
  releasePayload(bytes2) {
    this.#payloadBytes -= bytes2 + BYTES_OF_ARRAY;
  }
  takeDensity() {
    return this.#densities++ < MAX_DENSITIES;
  }
};

// src/connection/density.ts
var SLICES = 48;
var SHORTEST_SLICE_MS = 0.25;
var ROLES = ['client', 'server'];
var OPCODES = ['text', 'binary', 'continuation', 'close', 'ping', 'pong', 'reserved'];
var COLUMNS = ROLES.length * OPCODES.length;
var Density = class {
  #start;
  /** A row a slice, a column a role and opcode. */
  #counts = new Uint32Array(SLICES * COLUMNS);
  sliceMs = SHORTEST_SLICE_MS;
  constructor(start) {
    this.#start = start;
  }
  add(from, opcode, at2) {
    const elapsed = Math.max(0, millisecondsBetween(this.#start, at2));
    while (elapsed >= SLICES * this.sliceMs) this.#widen();
    const slice = Math.floor(elapsed / this.sliceMs);
    const column = ROLES.indexOf(from) * OPCODES.length + OPCODES.indexOf(opcode);
    this.#counts[slice * COLUMNS + column]++;
  }
  /** In the order of time; slices without a frame are left out. */
  counts() {
    const counts = [];
    this.#counts.forEach((frames2, index) => {
      if (frames2 === 0) return;
      const column = index % COLUMNS;
      counts.push({
        slice: Math.floor(index / COLUMNS),
        from: ROLES[Math.floor(column / OPCODES.length)],
        opcode: OPCODES[column % OPCODES.length],
        frames: frames2,
      });
    });
    return counts;
  }
  #widen() {
    this.sliceMs *= 2;
    const counts = this.#counts;
    for (let index = 0; index < counts.length; index++) {
      const slice = Math.floor(index / COLUMNS);
      const left2 = 2 * slice * COLUMNS + (index % COLUMNS);
      counts[index] = slice < SLICES / 2 ? counts[left2] + counts[left2 + COLUMNS] : 0;
    }
  }
};

// src/connection/activity-log.ts
var PAYLOAD_BYTES = 160;
var HEAD_SHARE = 1 / 4;
var ActivityLog = class {
  keep = PAYLOAD_BYTES;
  #budget;
  #bound;
  #headBound;
  #start = null;
  #head = [];
  /** A ring once it is full; `#oldest` is its first. */
  #tail = [];
  #oldest = 0;
  #omitted = 0;
  #density = null;
  #message = null;
  constructor(budget) {
    this.#budget = budget;
    this.#bound = budget.framesOfOne();
    this.#headBound = this.#bound * HEAD_SHARE;
  }
  opened({ at: at2 }) {
    this.#start = at2;
  }
  message(_from, message) {
    this.#message = message;
  }
  control() {}
  frame(from, frame2) {
    const kept = {
      ...markOf(frame2),
      from,
      opcode: opcodeName(frame2.opcode),
      isFinal: frame2.isFinal,
      payloadLength: frame2.payloadLength,
      payload: this.#payloadOf(frame2),
    };
    this.#message = null;
    this.#density?.add(from, kept.opcode, kept);
    if (!this.#hasRoom()) {
      this.#leaveOut(kept);
    } else if (this.#head.length < this.#headBound && this.#omitted === 0) {
      this.#head.push(kept);
    } else {
      this.#tail.push(kept);
    }
  }
  get activity() {
    const { length } = this.#head;
    const tail = [...this.#tail.slice(this.#oldest), ...this.#tail.slice(0, this.#oldest)];
    const density = this.#density;
    return {
      frames: [...this.#head, ...tail],
      omitted: this.#omitted,
      head: length,
      density: density === null || this.#start === null ? null : { start: this.#start, counted: density },
    };
  }
  /** A ring that turns must not grow: its order would be lost. */
  #hasRoom() {
    const isTurning = this.#omitted > 0;
    return !isTurning && this.#head.length + this.#tail.length < this.#bound && this.#budget.takeFrame();
  }
  #leaveOut(kept) {
    if (this.#omitted++ === 0) this.#beginDensity(kept);
    const gone = this.#tail[this.#oldest] ?? kept;
    if (gone.payload !== null) this.#budget.releasePayload(gone.payload.bytes.length);
    if (gone === kept) return;
    this.#tail[this.#oldest] = kept;
    this.#oldest = (this.#oldest + 1) % this.#tail.length;
  }
  #beginDensity(latest) {
    if (this.#start === null || !this.#budget.takeDensity()) return;
    this.#density = new Density(this.#start);
    for (const frame2 of [...this.#head, ...this.#tail, latest]) {
      this.#density.add(frame2.from, frame2.opcode, frame2);
    }
  }
  #payloadOf({ controlPayload: controlPayload2, payloadLength }) {
    const bytes2 = controlPayload2 ?? this.#message?.bytes ?? null;
    const length = controlPayload2 === null ? (this.#message?.length ?? null) : payloadLength;
    if (bytes2 === null || length === null || length === 0) return null;
    return this.#budget.takePayload(bytes2.length) ? { bytes: bytes2, length } : null;
  }
};

// src/connection/activity-collector.ts
var ActivityCollector = class {
  #sink;
  #budget = new ActivityBudget();
  #logs = /* @__PURE__ */ new Map();
  /** What it is told it hands on to `sink`. */
  constructor(sink) {
    this.#sink = sink;
  }
  /** For one connection. */
  sink() {
    const { httpBudget, inflateBudget, ports } = this.#sink;
    const listener = new ActivityLog(this.#budget);
    return {
      record: (record) => {
        if (record.opening !== null) this.#logs.set(record.id, listener);
        this.#sink.record(record);
      },
      skipped: (reason) => {
        this.#sink.skipped(reason);
      },
      upgradeRequested: () => {
        this.#sink.upgradeRequested();
      },
      ...(httpBudget === void 0 ? {} : { httpBudget }),
      inflateBudget,
      ports,
      listener,
    };
  }
  /** Gives it out once; undefined where it was no WebSocket. */
  take(id) {
    const log = this.#logs.get(id);
    this.#logs.delete(id);
    return log?.activity;
  }
};

// src/rules/ending.ts
function endingOf({ firstEnd, closeFirstBy, clientSide, serverSide }) {
  if (firstEnd === null || firstEnd.followsUnseen) return null;
  if ([clientSide, serverSide].some((side) => !side.isCaptured || side.isFramingLost)) return null;
  const close = (closeFirstBy === 'client' ? clientSide : serverSide).closeFrame;
  if (closeFirstBy !== null && close !== null) {
    const isFirst = closeFirstBy === firstEnd.by || close.isBeforePeerEnd;
    if (isFirst) return { by: closeFirstBy, how: 'close', mark: close.mark, close };
  }
  return { by: firstEnd.by, how: firstEnd.how, mark: firstEnd.mark, close: null };
}

// src/rules/explains-end.ts
var EXPLAINS_END = [
  'handshake-close',
  'upgrade-rejected',
  'upgrade-unanswered',
  'accept-mismatch',
  'upgrade-response-invalid',
  'idle-timeout',
  'client-handshake-close',
  'error-close-code',
  'abnormal-closure',
  'close-unanswered',
];
function ruleThatExplainsEnd(anomalies) {
  const [gravest] = anomalies
    .filter(({ rule }) => EXPLAINS_END.includes(rule))
    .sort(
      (a, b) =>
        GRAVITY[b.severity] - GRAVITY[a.severity] ||
        EXPLAINS_END.indexOf(a.rule) - EXPLAINS_END.indexOf(b.rule),
    );
  return gravest?.rule ?? null;
}

// src/rules/connection-trace.ts
function traceOf(record, anomalies) {
  const { upgrade: upgrade2, clientSide, serverSide, firstEnd } = record;
  const response = upgrade2?.response ?? null;
  const ending = endingOf(record);
  return {
    id: record.id,
    clientAddress: record.client.address,
    server: record.server,
    first: record.first,
    last: record.last,
    openedAt: record.openedAt,
    hasResponse: upgradeResponse(record) !== null,
    request: requestOf(record),
    refusal: response === null || response.head.status === 101 ? null : response,
    ending:
      ending === null
        ? null
        : { by: ending.by, how: ending.how, mark: ending.mark, closeCode: ending.close?.code ?? null },
    end: ending?.mark ?? firstEnd?.mark ?? null,
    firstEndBy: firstEnd?.by ?? null,
    hasGaps: clientSide.gapBytes + serverSide.gapBytes > 0,
    lastData: later(clientSide.lastDataFrame, serverSide.lastDataFrame),
    cause: ruleThatExplainsEnd(anomalies),
    wasIdle: anomalies.some(({ rule, kind }) => rule === 'idle-timeout' && kind === 'both-directions'),
  };
}
function requestOf({ upgrade: upgrade2 }) {
  const request = upgrade2?.request ?? null;
  if (request === null || request.head.isCut) return null;
  const { packet, seconds: seconds2, nanoseconds, head } = request;
  return {
    packet,
    seconds: seconds2,
    nanoseconds,
    host: headerValue(head, 'host'),
    path: pathOf(head.target),
  };
}
function pathOf(target2) {
  return target2.split('?', 1)[0];
}
function later(a, b) {
  if (a === null || b === null) return a ?? b;
  return millisecondsBetween(a, b) > 0 ? b : a;
}

// src/rules/fill.ts
function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_place, name) => {
    const value = values[name];
    if (value === void 0) throw new Error(`a message wants "${name}", which its rule does not give`);
    return String(value);
  });
}

// src/format-duration.ts
function formatDuration(milliseconds) {
  if (milliseconds < 0) return `-${formatDuration(-milliseconds)}`;
  if (milliseconds === 0) return '0 ms';
  if (milliseconds < 0.9995) return `${withoutZeros(milliseconds.toFixed(3))} ms`;
  if (milliseconds < 9.95) return `${withoutZeros(milliseconds.toFixed(1))} ms`;
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`;
  const seconds2 = milliseconds / 1e3;
  if (seconds2 < 59.995) return `${withoutZeros(seconds2.toFixed(2))} s`;
  const wholeSeconds2 = Math.round(seconds2);
  if (wholeSeconds2 < 3600) return twoUnits(wholeSeconds2, 60, 'min', 's');
  const minutes = Math.round(seconds2 / 60);
  if (minutes < 48 * 60) return twoUnits(minutes, 60, 'h', 'min');
  return twoUnits(Math.round(seconds2 / 3600), 24, 'd', 'h');
}
function twoUnits(small, perLarge, large, unit) {
  const rest = small % perLarge;
  const whole = `${Math.floor(small / perLarge)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${unit}`;
}
function withoutZeros(fixed) {
  if (Number(fixed) === 0) return '0.001';
  return fixed.replace(/\.?0+$/, '');
}

// src/rules/wording.ts
var MAX_QUOTED = 60;
function quoted(text2) {
  return text2.length <= MAX_QUOTED ? text2 : `${text2.slice(0, MAX_QUOTED)}\u2026`;
}
function since(earlier, later2) {
  return formatDuration(elapsedMs(earlier, later2));
}
function describeClose({ code, reason }) {
  if (code === null) return 'Close without a code';
  const words2 = reason === '' ? closeCodeName(code) : `${closeCodeName(code)}, "${quoted(reason)}"`;
  return `Close ${code} (${words2})`;
}
function packetList(packets) {
  const unique = [...new Set(packets)];
  if (unique.length === 1) return `packet ${unique[0]}`;
  return `packets ${unique.slice(0, -1).join(', ')} and ${unique.at(-1)}`;
}
function count(number2, singular) {
  return `${number2} ${singular}${number2 === 1 ? '' : 's'}`;
}
function describeHandshake({ upgrade: upgrade2 }) {
  return `${describeResponse(upgrade2?.response?.head)}, ${describeRequest(upgrade2?.request?.head)}`;
}
function describeResponse(head) {
  const server2 = head === void 0 ? null : headerValue(head, 'server');
  if (server2 !== null) return `Server: ${quoted(server2)}`;
  return head?.isCut === true ? "the response's head is cut short" : 'the response names no Server';
}
function describeRequest(head) {
  if (head === void 0) return 'the request was not captured';
  const connection2 = headerValue(head, 'connection');
  const version = head.version === '' ? 'request' : `request HTTP/${head.version}`;
  if (connection2 !== null) return `${version}, Connection: ${quoted(connection2)}`;
  return head.isCut ? "the request's head is cut short" : `${version}, no Connection header`;
}
var NGINX_UPGRADE =
  'nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, proxy_set_header Connection "upgrade"';
function asksToClose(head) {
  return head.version === '1.0' || headerTokens(head, 'connection').includes('close');
}
function openingOf2({ opening }) {
  return opening === 'inferred' ? 'the first frame in the capture' : 'the 101';
}
function afterOpening(record, at2, { hasTimes }) {
  const { openedAt } = record;
  const after = `after ${openingOf2(record)}`;
  return hasTimes && openedAt !== null ? `${since(openedAt, at2)} ${after}` : after;
}
function describePosition({ unfinished }) {
  if (unfinished === null) return 'between frames';
  if (unfinished.opcode === null) return 'in the middle of a frame header';
  return `in the middle of a frame (${unfinished.received} of ${unfinished.payloadLength ?? 0} payload bytes sent)`;
}
function describeFrame({ opcode, payloadLength }) {
  return `${frameName(opcode)} (${count(payloadLength, 'byte')})`;
}
function frameName(opcode) {
  const name = opcodeName(opcode);
  if (name === 'reserved') return `frame with opcode 0x${opcode.toString(16).toUpperCase()}`;
  if (name === 'close') return 'Close';
  return name === 'ping' || name === 'pong' ? name : `${name} frame`;
}

// src/rules/abnormal-closure.ts
var MESSAGES = {
  'no-close':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, {position}, {traffic}. Browsers and libraries report 1006.',
  'close-unanswered':
    "The {by} ended the connection with {how} {when} (packet {packet}), without answering the {other}'s {close} (packet {closePacket}), {traffic}. The {other} is told 1006.",
};
var GOING_AWAY = 1001;
var abnormalClosure = {
  id: 'abnormal-closure',
  title: 'The connection ended without a closing handshake',
  severity: 'error',
  spec: 'RFC 6455 \xA77.1.5, \xA77.4.1 (1006)',
  options: {},
  messages: MESSAGES,
  requires: ['web-socket', 'both-directions', 'frames-of-ending-side', 'first-end'],
  check(record, context) {
    const { firstEnd, clientSide, serverSide, opening, openedAt } = record;
    if (openedAt === null || firstEnd === null) return null;
    const { by, how, mark } = firstEnd;
    const [side, other] = by === 'client' ? [clientSide, serverSide] : [serverSide, clientSide];
    if (side.closeFrame !== null) return null;
    const peerClose =
      other.closeFrame !== null && other.closeFrame.mark.packet <= mark.packet ? other.closeFrame : null;
    if (peerClose?.code === GOING_AWAY) return null;
    const values = {
      by,
      how: how.toUpperCase(),
      when: afterOpening(record, mark, context),
      packet: mark.packet,
      traffic: describeTraffic(clientSide.frameCount, serverSide.frameCount),
    };
    const told =
      peerClose === null
        ? {
            kind: 'no-close',
            message: fill(MESSAGES['no-close'], { ...values, position: describePosition(side) }),
          }
        : {
            kind: 'close-unanswered',
            message: fill(MESSAGES['close-unanswered'], {
              ...values,
              other: other.role,
              close: describeClose(peerClose),
              closePacket: peerClose.mark.packet,
            }),
          };
    return {
      ...told,
      severity: 'error',
      advice: advice(by, how),
      packets: peerClose === null ? [mark.packet] : [peerClose.mark.packet, mark.packet],
      at: mark,
      evidence: {
        by,
        how,
        afterUpgradeMs: opening === 'handshake' && context.hasTimes ? elapsedMs(openedAt, mark) : null,
        midFrame: side.unfinished !== null,
        clientFrames: clientSide.frameCount,
        serverFrames: serverSide.frameCount,
      },
    };
  },
};
function describeTraffic(client2, server2) {
  if (client2 + server2 === 0) return 'after no frame from either side';
  const fromClient2 = client2 === 0 ? 'no frame' : count(client2, 'frame');
  const fromServer2 = server2 === 0 ? 'none' : `${server2}`;
  return `after ${fromClient2} from the client and ${fromServer2} from the server`;
}
function advice(by, how) {
  if (by === 'client') {
    return 'Look at the client: closed without a Close by its code, by a crash, or by a device or network that went away.';
  }
  return how === 'rst'
    ? "Look at the server's log at that time: a crash, a kill, or a close with bytes unread; and at proxies in between."
    : "Look at the server's log at that time (a handler that ended, a restart), and at idle timeouts of proxies in between.";
}

// src/rules/accept-mismatch.ts
var MESSAGES2 = {
  wrong:
    'The 101 carries Sec-WebSocket-Accept {accept}{demanded} ({packets}). Every browser refuses such a connection.',
  missing:
    'The 101 carries no Sec-WebSocket-Accept{demanded} ({packets}). Every browser refuses such a connection.',
};
var acceptMismatch = {
  id: 'accept-mismatch',
  title: 'Sec-WebSocket-Accept does not match the key',
  severity: 'error',
  spec: 'RFC 6455 \xA74.1, \xA74.2.2',
  requires: ['whole-heads'],
  options: {},
  messages: MESSAGES2,
  check(record) {
    const response = upgradeResponse(record);
    const { upgrade: upgrade2 } = record;
    if (response === null || (upgrade2?.accept !== 'invalid' && upgrade2?.accept !== 'missing')) return null;
    const request = upgrade2.request;
    const key2 = request === null ? null : headerValue(request.head, 'sec-websocket-key');
    const expected = key2 === null ? null : acceptFor(key2);
    const accept = headerValue(response.head, 'sec-websocket-accept');
    const packets = request === null ? [response.packet] : [request.packet, response.packet];
    const kind = accept === null ? 'missing' : 'wrong';
    const accepts = headerValues(response.head, 'sec-websocket-accept');
    if (accepts.length > 1 && accepts.every((each) => each === expected)) return null;
    const advice3 =
      accept !== null && accept === key2
        ? 'The server sent the key back unchanged instead of hashing it.'
        : 'Look at how the server computes it, and for a proxy that replaces or caches the key or the answer.';
    return {
      kind,
      severity: 'error',
      message: fill(MESSAGES2[kind], {
        accept: quoted(accept ?? ''),
        demanded: expected === null ? '' : `; the key demands ${expected}`,
        packets: packetList(packets),
      }),
      advice: advice3,
      packets,
      at: markOf(response),
      evidence: { accept, expected, key: key2 },
    };
  },
};

// src/rules/client-handshake-close.ts
var MESSAGE =
  'The client sent {how} {after} after the 101 ({packets}), before any Close: it did not accept the handshake, or was closed at that moment. The 101 says: {facts}.';
var MESSAGE_AFTER_FRAMES =
  'The client sent {how} {after} after the 101 ({packets}), without a Close. It had accepted the handshake: {frames} had come from it by then.';
var clientHandshakeClose = {
  id: 'client-handshake-close',
  title: 'The client closed the connection right after the upgrade',
  severity: 'warning',
  spec: 'RFC 6455 \xA74.1 (what a client must verify), \xA77.1.7',
  options: {},
  messages: { refused: MESSAGE, 'after-frames': MESSAGE_AFTER_FRAMES },
  requires: ['times', 'web-socket', 'frames-of-ending-side', 'first-end'],
  check(record, { windowMs }) {
    const response = upgradeResponse(record);
    const { firstEnd, clientSide, serverSide, upgrade: upgrade2 } = record;
    if (response === null || firstEnd?.by !== 'client') return null;
    const { how, mark } = firstEnd;
    const afterUpgradeMs = elapsedMs(response, mark);
    if (afterUpgradeMs > windowMs) return null;
    if (clientSide.closeFrame !== null || serverSide.closeFrame?.isBeforePeerEnd === true) return null;
    const frames2 = clientSide.frameCount - (clientSide.framesBeforeUpgrade?.count ?? 0);
    const when = {
      how: how.toUpperCase(),
      after: formatDuration(afterUpgradeMs),
      packets: packetList([response.packet, mark.packet]),
    };
    const subprotocol = headerValue(response.head, 'sec-websocket-protocol');
    const extensions = headerValue(response.head, 'sec-websocket-extensions');
    const offered = upgrade2?.request ? headerValue(upgrade2.request.head, 'sec-websocket-protocol') : null;
    const facts = [
      `Sec-WebSocket-Accept ${upgrade2?.accept ?? 'unknown'}`,
      describeSubprotocol(offered, subprotocol),
      extensions === null ? 'no extensions' : `extensions ${quoted(extensions)}`,
    ].join(', ');
    return {
      ...(frames2 > 0
        ? {
            kind: 'after-frames',
            message: fill(MESSAGE_AFTER_FRAMES, { ...when, frames: count(frames2, 'frame') }),
            advice:
              'So nothing is wrong with the 101. Look at the client at that time: a program that sends and leaves without close(), a crash, a tab that was closed.',
          }
        : {
            kind: 'refused',
            message: fill(MESSAGE, { ...when, facts }),
            advice: "Look at the client's console, which names the header that it refused.",
          }),
      severity: 'warning',
      packets: [response.packet, mark.packet],
      at: mark,
      evidence: {
        afterUpgradeMs,
        how,
        responsePacket: response.packet,
        endPacket: mark.packet,
        clientFrames: frames2,
        accept: upgrade2?.accept ?? null,
        subprotocol,
        extensions,
      },
    };
  },
};
function describeSubprotocol(offered, selected) {
  if (offered === null && selected === null) return 'no subprotocol';
  const named = selected === '' ? 'an empty subprotocol' : `subprotocol ${quoted(selected ?? '')}`;
  const chosen = selected === null ? 'no subprotocol' : named;
  return offered === null ? `${chosen} (none offered)` : `${chosen} (offered: ${quoted(offered)})`;
}

// src/rules/frame-finding.ts
var REACTION_MS = 1e3;
var REFUSALS = /* @__PURE__ */ new Set([1002, 1003, 1007, 1008, 1009, 1010, 1011]);
var NONE3 = [];
var NO_REACTION = { how: null, text: '', packet: null };
function frameFindings(record, context, messages, cases) {
  const { clientSide, serverSide } = record;
  if (clientSide.irregularities.length + serverSide.irregularities.length === 0) return NONE3;
  return [
    ...findingOf(clientSide, serverSide, record, context, messages, cases),
    ...findingOf(serverSide, clientSide, record, context, messages, cases),
  ];
}
function findingOf(side, other, record, context, messages, cases) {
  const met = cases.flatMap((frameCase2) => {
    const irregularity2 = side.irregularities.find(({ kind }) => kind === frameCase2.irregularity);
    return irregularity2 === void 0
      ? []
      : [{ frameCase: frameCase2, irregularity: irregularity2, first: irregularity2.examples[0] }];
  });
  const [told, ...others] = met.toSorted(
    (a, b) => gravity(a.frameCase) - gravity(b.frameCase) || a.first.number - b.first.number,
  );
  if (told === void 0) return [];
  const { frameCase, irregularity, first } = told;
  const story = frameCase.tell(first, side, record);
  const reaction = reactionTo(first, side, other, context);
  const { openedAt, opening } = record;
  const isTimed = context.hasTimes && opening === 'handshake' && openedAt !== null;
  const { packet, seconds: seconds2, nanoseconds } = first;
  const packets = [...irregularity.examples.map((example) => example.packet), ...packetOf(reaction)];
  return [
    {
      kind: story.kind,
      severity: frameCase.severity ?? 'error',
      message: fill(messages[story.kind], {
        role: side.role,
        frame: describeFrame(first),
        when: placeInLife(record, first, context),
        more: [
          moreOf(irregularity, side),
          ...others.map((entry) => otherKind(entry.frameCase, entry.irregularity, irregularity)),
        ].join(''),
        reaction: reaction.text,
        ...story.values,
      }),
      advice: story.advice,
      packets: [...new Set(packets)].toSorted((a, b) => a - b),
      at: { packet, seconds: seconds2, nanoseconds },
      evidence: {
        by: side.role,
        count: irregularity.count,
        frameNumber: first.number,
        opcode: first.opcode,
        payloadBytes: first.payloadLength,
        afterUpgradeMs: isTimed ? elapsedMs(openedAt, first) : null,
        ...story.evidence,
        receiver: reaction.how,
        receiverCloseCode: reaction.how === 'close' ? (other.closeFrame?.code ?? null) : null,
      },
    },
  ];
}
function placeInLife(record, mark, context) {
  const { openedAt } = record;
  const place = `(packet ${mark.packet})`;
  if (openedAt === null || mark.packet > openedAt.packet)
    return `${afterOpening(record, mark, context)} ${place}`;
  return `${mark.packet < openedAt.packet ? 'before' : 'with'} ${openingOf2(record)} ${place}`;
}
function gravity({ severity = 'error' }) {
  return ['error', 'warning', 'info'].indexOf(severity);
}
function moreOf({ count: count2 }, { frameCount: frameCount2 }) {
  if (count2 === 1) return '';
  return `, and ${count2 - 1} more${count2 === frameCount2 ? ' (all that it sent)' : ''}`;
}
function otherKind({ also }, other, told) {
  const both = other.examples.filter(({ number: number2 }) =>
    told.examples.some((example) => example.number === number2),
  );
  const count2 = other.count - both.length;
  return also === void 0 || count2 === 0 ? '' : `, and ${count2} ${also}`;
}
function reactionTo(frame2, side, other, { hasTimes }) {
  const mayAnswerClose = (packet) => side.closeFrame !== null && side.closeFrame.mark.packet < packet;
  const { closeFrame, lastDataFrame } = other;
  if (closeFrame !== null && closeFrame.mark.packet > frame2.packet) {
    const { code, mark } = closeFrame;
    const isRefusal = code !== null && REFUSALS.has(code);
    const isSoon = hasTimes && elapsedMs(frame2, mark) <= REACTION_MS;
    if (isRefusal || (isSoon && !mayAnswerClose(mark.packet))) {
      return {
        how: 'close',
        text: hasTimes
          ? `; the ${other.role} sent ${describeClose(closeFrame)} ${since(frame2, mark)} later (packet ${mark.packet})`
          : `; the ${other.role} then sent ${describeClose(closeFrame)} (packet ${mark.packet})`,
        packet: mark.packet,
      };
    }
  }
  const end = endAfter(frame2, other);
  if (end !== null && hasTimes && elapsedMs(frame2, end.mark) <= REACTION_MS) {
    if (end.how === 'rst' || !mayAnswerClose(end.mark.packet)) {
      const { how, mark } = end;
      return {
        how,
        text: `; the ${other.role} ended the connection with ${how.toUpperCase()} ${since(frame2, mark)} later (packet ${mark.packet})`,
        packet: mark.packet,
      };
    }
  }
  if (
    lastDataFrame !== null &&
    lastDataFrame.packet > frame2.packet &&
    !mayAnswerClose(lastDataFrame.packet)
  ) {
    const { packet } = lastDataFrame;
    return {
      how: 'continued',
      text: `; the ${other.role} went on sending messages (packet ${packet})`,
      packet,
    };
  }
  return NO_REACTION;
}
function endAfter({ packet }, { closeFrame, fin, rst }) {
  const ends2 = [
    ...(fin === null || closeFrame !== null ? [] : [{ how: 'fin', mark: fin }]),
    ...(rst === null ? [] : [{ how: 'rst', mark: rst }]),
  ];
  return (
    ends2.filter(({ mark }) => mark.packet > packet).toSorted((a, b) => a.mark.packet - b.mark.packet)[0] ??
    null
  );
}
function packetOf({ packet }) {
  return packet === null ? [] : [packet];
}

// src/rules/close-frame-invalid.ts
var MESSAGES3 = {
  'one-byte': 'The {role} sent a Close with a payload of one byte, half a code, {when}{more}{reaction}.',
  code: 'The {role} sent a Close with code {code} ({name}), which may not be sent, {when}{more}{reaction}.',
};
var FIRST_OF_LIBRARIES = 3e3;
var CASES = [
  {
    irregularity: 'close-payload-of-one-byte',
    also: 'with a payload of one byte',
    tell: () => ({
      kind: 'one-byte',
      advice:
        'A Close has no payload, or a code of two bytes and a reason (RFC 6455 \xA75.5.1). Look at the code of the sender that writes it.',
    }),
  },
  {
    irregularity: 'close-code-not-sendable',
    also: 'with a code that may not be sent',
    tell: ({ detail }) => {
      const code = Number(detail);
      return {
        kind: 'code',
        values: { code, name: closeCodeName(code) },
        advice: adviceFor(code),
        evidence: { code },
      };
    },
  },
];
var closeFrameInvalid = {
  id: 'close-frame-invalid',
  title: 'A Close frame has half a code, or one that may not be sent',
  severity: 'error',
  spec: 'RFC 6455 \xA75.5.1, \xA77.4.1, \xA77.4.2',
  options: {},
  messages: MESSAGES3,
  requires: ['web-socket'],
  check: (record, context) => frameFindings(record, context, MESSAGES3, CASES),
};
function adviceFor(code) {
  if (code === 1005 || code === 1006 || code === 1015) {
    return `${code} is for APIs, which report it where no code came (RFC 6455 \xA77.4.1). Look for code of the sender, often a relay, that passes the code of one connection on to another.`;
  }
  const swapped = ((code & 255) << 8) | (code >> 8);
  if (isSendableCloseCode(swapped) && swapped < FIRST_OF_LIBRARIES) {
    return `These are the bytes of ${swapped} in the wrong order: the code is written with its high byte first (RFC 6455 \xA75.5.1). Look at the code of the sender that writes it.`;
  }
  return 'Applications may use 3000 to 4999 (RFC 6455 \xA77.4.2), and many libraries refuse all others. Look at where the sender takes its code from.';
}

// src/rules/close-lingering.ts
var MESSAGES4 = {
  'ended-late':
    'Both sides had sent their Close ({closes}, {packets}), but TCP stayed open for another {waited}, until the {by} sent {how} (packet {end}){clientEnd}.',
  'still-open':
    'Both sides had sent their Close ({closes}, {packets}), but {waited} later, at its last packet in the capture (packet {end}), the server had not ended TCP{clientEnd}.',
};
var OPTIONS = {
  lingerMs: {
    default: 5e3,
    unit: 'ms',
    description: 'a server that has not ended TCP so long after both Closes counts as lingering',
  },
};
var closeLingering = {
  id: 'close-lingering',
  title: 'The server kept TCP open after the closing handshake',
  severity: 'warning',
  spec: 'RFC 6455 \xA77.1.1',
  options: OPTIONS,
  messages: MESSAGES4,
  requires: ['web-socket', 'both-directions', 'first-end', 'every-packet', 'times'],
  check(record, _context, { lingerMs }) {
    const { clientSide, serverSide, closeFirstBy, last } = record;
    const [first, second] =
      closeFirstBy === 'server'
        ? [serverSide.closeFrame, clientSide.closeFrame]
        : [clientSide.closeFrame, serverSide.closeFrame];
    if (first === null || second === null) return null;
    const done = second.mark.packet > first.mark.packet ? second.mark : first.mark;
    const end = releasedBy(record);
    const until = end?.mark ?? last;
    const waitedMs = elapsedMs(done, until);
    if (waitedMs <= lingerMs) return null;
    const clientFin = clientSide.fin !== null && clientSide.fin.packet < until.packet ? clientSide.fin : null;
    const values = {
      closes: `${describeClose(first)} from the ${closeFirstBy ?? 'client'} first`,
      packets: packetList([first.mark.packet, second.mark.packet]),
      waited: since(done, until),
      end: until.packet,
      clientEnd:
        clientFin === null
          ? ''
          : `; the client had ended its side with FIN ${since(done, clientFin)} after the Closes (packet ${clientFin.packet})`,
    };
    const told =
      end === null
        ? { kind: 'still-open', message: fill(MESSAGES4['still-open'], values) }
        : {
            kind: 'ended-late',
            message: fill(MESSAGES4['ended-late'], { ...values, by: end.by, how: end.how.toUpperCase() }),
          };
    return {
      ...told,
      severity: 'warning',
      advice:
        "After both Closes the server ends TCP at once, and the client waits for that (RFC 6455 \xA77.1.1). Look at whether the server's code closes the socket when its handler is done, and at what keeps it: each one holds a file descriptor.",
      packets: [first.mark.packet, second.mark.packet, until.packet].toSorted((a, b) => a - b),
      at: done,
      evidence: {
        waitedMs,
        closeFirstBy,
        endedBy: end?.by ?? null,
        how: end?.how ?? null,
        clientFinPacket: clientFin?.packet ?? null,
      },
    };
  },
};
function releasedBy({ clientSide, serverSide }) {
  const ends2 = [];
  if (serverSide.fin !== null) ends2.push({ by: 'server', how: 'fin', mark: serverSide.fin });
  if (serverSide.rst !== null) ends2.push({ by: 'server', how: 'rst', mark: serverSide.rst });
  if (clientSide.rst !== null) ends2.push({ by: 'client', how: 'rst', mark: clientSide.rst });
  return ends2.toSorted((a, b) => a.mark.packet - b.mark.packet)[0] ?? null;
}

// src/rules/close-unanswered.ts
var MESSAGES5 = {
  dropped:
    'The {role} sent {close} {when}; the {other} never answered it, and ended the connection with {how}{later} (packet {packet}).',
  'gave-up':
    'The {role} sent {close} {when}; the {other} had not answered it when the {role} ended the connection with {how}{later} (packet {packet}).',
  'did-not-wait':
    'The {role} sent {close} {when} and ended the connection with {how}{later} (packet {packet}), without waiting for an answer; none came.',
  'ended-first':
    'The {role} sent {close} {when} and ended the connection with {how} (packet {packet}); the {other} never answered it.',
};
var OPTIONS2 = {
  waitMs: {
    default: 100,
    unit: 'ms',
    description: 'a side that ends TCP sooner than this after its own Close did not wait for the answer',
  },
};
var closeUnanswered = {
  id: 'close-unanswered',
  title: 'A Close was never answered',
  severity: 'warning',
  spec: 'RFC 6455 \xA75.5.1, \xA77.1.2',
  options: OPTIONS2,
  messages: MESSAGES5,
  requires: ['web-socket', 'both-directions', 'frames-of-both-sides', 'first-end'],
  check(record, context, { waitMs }) {
    const { clientSide, serverSide, firstEnd, openedAt } = record;
    if (openedAt === null || firstEnd === null) return null;
    const [side, other] =
      clientSide.closeFrame === null ? [serverSide, clientSide] : [clientSide, serverSide];
    const { closeFrame } = side;
    if (closeFrame?.isBeforePeerEnd !== true || other.closeFrame !== null || hidesFrames(other)) return null;
    const waitedMs = elapsedMs(closeFrame.mark, firstEnd.mark);
    const kind = kindOf(side, other, firstEnd, context.hasTimes ? waitedMs >= waitMs : null);
    if (kind === null) return null;
    const { how, mark } = firstEnd;
    return {
      kind,
      severity: severityOf2(kind, closeFrame),
      message: fill(MESSAGES5[kind], {
        role: side.role,
        other: other.role,
        close: describeClose(closeFrame),
        when: placeInLife(record, closeFrame.mark, context),
        how: how.toUpperCase(),
        later: context.hasTimes ? ` ${since(closeFrame.mark, mark)} later` : '',
        packet: mark.packet,
      }),
      advice: adviceFor2(kind, side, other),
      packets: [closeFrame.mark.packet, mark.packet],
      at: closeFrame.mark,
      evidence: {
        by: side.role,
        code: closeFrame.code,
        endedBy: firstEnd.by,
        how,
        waitedMs: context.hasTimes ? waitedMs : null,
        afterUpgradeMs:
          context.hasTimes && record.opening === 'handshake' ? elapsedMs(openedAt, closeFrame.mark) : null,
      },
    };
  },
};
function hidesFrames({ irregularities }) {
  return irregularities.some(({ kind }) => kind === 'length-too-large');
}
function kindOf(side, other, firstEnd, hasWaited) {
  if (firstEnd.by === other.role) return 'dropped';
  if (hasWaited === true) return 'gave-up';
  const isOver = side.rst !== null || other.fin !== null || other.rst !== null;
  if (!isOver) return null;
  return hasWaited === null ? 'ended-first' : 'did-not-wait';
}
function severityOf2(kind, { code }) {
  return kind === 'did-not-wait' || kind === 'ended-first' || code === 1001 ? 'info' : 'warning';
}
function adviceFor2(kind, { role }, { role: other }) {
  switch (kind) {
    case 'dropped':
      return `A Close is answered with a Close (RFC 6455 \xA75.5.1). Look at how the ${other} handles one, and at proxies in between that pass on the end of the connection only.`;
    case 'gave-up':
      return `Look at whether the ${other} still read from the connection then: a blocked event loop, a paused reader, a device or network that was gone.`;
    case 'did-not-wait':
    case 'ended-first':
      return `Usual for a browser tab, an app or a process that goes away. Look further only if the ${role} should have waited, or the ${other} should have answered at once.`;
  }
}

// src/rules/closed-before-request.ts
var OPTIONS3 = {
  preconnectMs: {
    default: 2e3,
    unit: 'ms',
    description:
      'a connection without a request that the server drops after so long may be one that a browser opened ahead of need',
  },
};
var MESSAGES6 = {
  closed: 'The server accepted the connection and sent {how}{later}, before any request byte ({packets}).',
  'closed-idle':
    'The server accepted the connection and sent {how}{later}, before any request byte ({packets}).',
};
var closedBeforeRequest = {
  id: 'closed-before-request',
  title: 'The server closed the connection before any request',
  severity: 'warning',
  spec: 'RFC 9293 \xA73.6; RFC 9112 \xA79.5',
  requires: ['both-directions', 'first-end'],
  options: OPTIONS3,
  messages: MESSAGES6,
  check(
    { upgrade: upgrade2, firstEnd, clientSide, serverSide, server: server2 },
    { hasTimes },
    { preconnectMs },
  ) {
    if (upgrade2 !== null || firstEnd?.by !== 'server') return null;
    if (clientSide.streamBytes > 0 || serverSide.streamBytes > 0) return null;
    const synAck = serverSide.syn;
    const { how, mark } = firstEnd;
    const opened = synAck ?? clientSide.syn;
    if (opened === null || (synAck === null && how === 'rst')) return null;
    const afterMs = elapsedMs(opened, mark);
    const packets = [opened.packet, mark.packet];
    const kind = afterMs >= preconnectMs ? 'closed-idle' : 'closed';
    return {
      kind,
      severity: 'warning',
      message: fill(MESSAGES6[kind], {
        how: how.toUpperCase(),
        later: hasTimes ? ` ${formatDuration(afterMs)} later` : '',
        packets: packetList(packets),
      }),
      advice:
        kind === 'closed-idle'
          ? 'After so long this may be an idle connection that a browser opened ahead of need and the server tidied up.'
          : `Look at what listens on port ${server2.port}: a full worker pool, a connection limit, an address filter, or a port forwarder with nothing behind it.`,
      packets,
      at: mark,
      evidence: { afterMs: hasTimes ? afterMs : null, how },
    };
  },
};

// src/rules/coalesced-first-frame.ts
var MESSAGES7 = {
  coalesced: "The server's first frame, a {frame}, came in the packet of its 101 (packet {packet}).",
  lost: "The server's first frame, a {frame}, came in the packet of its 101 (packet {packet}), and the client never sent a frame: the {by} ended the connection with {how} {when} (packet {endPacket}).",
};
var coalescedFirstFrame = {
  id: 'coalesced-first-frame',
  title: 'The first frame came in the packet of the 101',
  severity: 'warning',
  spec: 'RFC 6455 \xA74.1, \xA74.2.2; experience',
  requires: ['web-socket'],
  options: {},
  messages: MESSAGES7,
  check(record, context) {
    const response = upgradeResponse(record);
    const frame2 = record.serverSide.firstFrame;
    if (response === null || frame2?.firstPacket !== response.packet) return null;
    const { clientSide, firstEnd } = record;
    const isLost = firstEnd !== null && isClientMute(record, context);
    const kind = isLost ? 'lost' : 'coalesced';
    return {
      kind,
      severity: isLost ? 'warning' : 'info',
      message: fill(MESSAGES7[kind], {
        frame: describeFrame(frame2),
        packet: response.packet,
        by: firstEnd?.by ?? '',
        how: firstEnd?.how.toUpperCase() ?? '',
        when: firstEnd === null ? '' : afterOpening(record, firstEnd.mark, context),
        endPacket: firstEnd?.mark.packet ?? '',
      }),
      advice: isLost
        ? 'The frame may have been lost on its way to the application: look at what the client, or the proxy in between, does with bytes that it reads together with the 101.'
        : 'That is legal. Where the first message seems to be lost, look at what the client, or a proxy in between, does with bytes that it reads together with the 101.',
      packets: isLost ? [response.packet, firstEnd.mark.packet] : [response.packet],
      at: markOf(frame2),
      evidence: {
        opcode: frame2.opcode,
        payloadBytes: frame2.payloadLength,
        clientFrames: clientSide.frameCount,
        endedBy: firstEnd?.by ?? null,
      },
    };
  },
};
function isClientMute({ clientSide, serverSide, firstEnd, openedAt }, { windowMs, hasTimes }) {
  if (firstEnd === null || openedAt === null) return false;
  const { isCaptured, frameCount: frameCount2, gapBytes, isFramingLost, unfinished } = clientSide;
  const isSilent = isCaptured && frameCount2 === 0 && gapBytes === 0 && !isFramingLost && unfinished === null;
  const hadTime = firstEnd.by === 'client' || (hasTimes && elapsedMs(openedAt, firstEnd.mark) > windowMs);
  const isOver = [clientSide.fin, clientSide.rst, serverSide.rst].some((end) => end !== null);
  return isSilent && hadTime && isOver && !firstEnd.followsUnseen;
}

// src/rules/connection-refused.ts
var OPTIONS4 = {
  unansweredSyns: {
    default: 3,
    unit: 'count',
    description: 'a client that sends so many SYNs without an answer counts as refused',
  },
};
var MESSAGES8 = {
  refused:
    'The server {address} port {port} refused the connection: it answered the SYN with RST{later} ({packets}).',
  unanswered:
    'The server {address} port {port} did not answer: the client sent {syns} SYNs{during} ({packets}), and no answer came.',
};
var connectionRefused = {
  id: 'connection-refused',
  title: 'The TCP connection was refused',
  severity: 'error',
  spec: 'RFC 9293 \xA73.5, \xA73.10.7.1',
  requires: ['first-end'],
  options: OPTIONS4,
  messages: MESSAGES8,
  check(record, { hasTimes, webSocketPorts }, { unansweredSyns }) {
    const { clientSide, serverSide, server: server2, firstEnd, last } = record;
    const { syn } = clientSide;
    if (syn === null || !isUnopened(record) || !webSocketPorts.has(server2.port)) return null;
    const isRefused = firstEnd?.by === 'server' && firstEnd.how === 'rst';
    const isUnanswered3 = firstEnd === null && !serverSide.isCaptured && clientSide.syns >= unansweredSyns;
    if (!isRefused && !isUnanswered3) return null;
    const kind = isRefused ? 'refused' : 'unanswered';
    const end = markOf(firstEnd?.mark ?? last);
    const spentMs = elapsedMs(syn, end);
    const packets = [syn.packet, end.packet];
    return {
      kind,
      severity: 'error',
      message: fill(MESSAGES8[kind], {
        address: server2.address,
        port: server2.port,
        syns: clientSide.syns,
        later: hasTimes ? ` ${formatDuration(spentMs)} later` : '',
        during: hasTimes ? ` in ${formatDuration(spentMs)}` : '',
        packets: packetList(packets),
      }),
      advice: isRefused
        ? 'Look at whether the server runs and listens on that address and port (a crash, a restart, another port), and for a firewall that answers with RST.'
        : 'Look at whether that host is up and reachable, for a firewall or security group that drops packets, and for a server whose queue of connections is full.',
      packets,
      at: end,
      evidence: {
        syns: clientSide.syns,
        afterMs: hasTimes ? spentMs : null,
        address: server2.address,
        port: server2.port,
      },
    };
  },
};
function isUnopened({ upgrade: upgrade2, opening, clientSide, serverSide }) {
  return (
    upgrade2 === null &&
    opening === null &&
    serverSide.syn === null &&
    serverSide.streamBytes === 0 &&
    clientSide.streamBytes === 0
  );
}

// src/rules/control-frame-invalid.ts
var MESSAGES9 = {
  fragmented:
    'The {role} sent a {frame} without FIN, as the first of several frames, {when}{more}{reaction}.',
  'too-long':
    'The {role} sent a {frame}, longer than the 125 bytes of a control frame, {when}{more}{reaction}.',
};
var CASES2 = [
  {
    irregularity: 'control-fragmented',
    also: 'without FIN',
    tell: () => ({
      kind: 'fragmented',
      advice:
        "A control frame must not be fragmented; the receiver closes the connection, with code 1002 (RFC 6455 \xA75.5). Look at the sender's code: a fragmenting writer that pings and pongs go through as well, or frames out of step after a wrong length.",
    }),
  },
  {
    irregularity: 'control-too-long',
    also: 'over 125 bytes',
    tell: () => ({
      kind: 'too-long',
      advice:
        'The receiver closes the connection, with code 1002 (RFC 6455 \xA75.5). Look at what the sender puts into it: the reason of a Close has room for 123 bytes of UTF-8, and a ping carries no application data.',
    }),
  },
];
var controlFrameInvalid = {
  id: 'control-frame-invalid',
  title: 'A control frame is fragmented, or too long',
  severity: 'error',
  spec: 'RFC 6455 \xA75.4, \xA75.5',
  options: {},
  messages: MESSAGES9,
  requires: ['web-socket'],
  check: (record, context) => frameFindings(record, context, MESSAGES9, CASES2),
};

// src/rules/data-after-close.ts
var MESSAGES10 = {
  data: 'The {role} sent a {frame} in packet {packet}{more}, {afterClose}{reaction}.',
};
var dataAfterClose = {
  id: 'data-after-close',
  title: 'A message was sent after the Close of the same side',
  severity: 'error',
  spec: 'RFC 6455 \xA75.5.1',
  options: {},
  messages: MESSAGES10,
  requires: ['web-socket'],
  check: (record, context) =>
    frameFindings(record, context, MESSAGES10, [
      {
        irregularity: 'data-after-close',
        tell: (frame2, { closeFrame }) => ({
          kind: 'data',
          values: {
            packet: frame2.packet,
            afterClose: afterClose(closeFrame, frame2, context),
          },
          advice:
            "The receiver drops what comes after a Close (RFC 6455 \xA75.5.1), so this data is lost. Look at the sender's code for a task or timer that writes after close(), or that writes to the socket past the library.",
          evidence: {
            closeCode: closeFrame?.code ?? null,
            closePacket: closeFrame?.mark.packet ?? null,
            afterCloseMs:
              closeFrame === null || !context.hasTimes ? null : elapsedMs(closeFrame.mark, frame2),
          },
        }),
      },
    ]),
};
function afterClose(closeFrame, frame2, { hasTimes }) {
  if (closeFrame === null) return 'after its own Close';
  const after = `after its own ${describeClose(closeFrame)}`;
  const { mark } = closeFrame;
  if (mark.packet === frame2.packet) return `right ${after} in the same packet`;
  return `${hasTimes ? `${since(mark, frame2)} ` : ''}${after} in packet ${mark.packet}`;
}

// src/rules/data-before-upgrade.ts
var MESSAGES11 = {
  client:
    'The client sent {frames} before the 101 was complete ({packets}): the first, a {first}, {when}. RFC 6455 \xA74.1 has it wait for the 101.',
  server:
    'The server sent {bytes} no HTTP between the upgrade request and its 101 ({packets}){when}. What a client reads there is the 101, and nothing else.',
};
var dataBeforeUpgrade = {
  id: 'data-before-upgrade',
  title: 'Data came before the upgrade was complete',
  severity: 'warning',
  spec: 'RFC 6455 \xA74.1, \xA74.2.2',
  requires: ['web-socket', 'both-directions'],
  options: {},
  messages: MESSAGES11,
  check(record, { hasTimes }) {
    const response = upgradeResponse(record);
    if (response === null) return null;
    return [fromClient(record, response, hasTimes), fromServer(record, response, hasTimes)].filter(
      (finding2) => finding2 !== null,
    );
  },
};
function fromClient({ clientSide, upgrade: upgrade2 }, response, hasTimes) {
  if (clientSide.framesBeforeUpgrade === null) return null;
  const { count: frames2, first } = clientSide.framesBeforeUpgrade;
  const isWithRequest = upgrade2?.request?.packet === first.firstPacket;
  const before =
    hasTimes && first.packet < response.packet ? `, ${since(first, response)} before the 101` : '';
  const when = isWithRequest ? 'in the packet of its request' : `in packet ${first.firstPacket}${before}`;
  return {
    kind: 'client',
    severity: 'warning',
    message: fill(MESSAGES11.client, {
      frames: count(frames2, 'frame'),
      packets: packetList([first.firstPacket, response.packet]),
      first: describeFrame(first),
      when,
    }),
    advice:
      'Servers and proxies lose such frames, or refuse the connection. Look for client code that does not wait for its open event.',
    packets: [first.firstPacket, response.packet],
    at: { packet: first.packet, seconds: first.seconds, nanoseconds: first.nanoseconds },
    evidence: { by: 'client', frames: frames2, bytes: null, isWithRequest, server: null },
  };
}
function fromServer({ upgrade: upgrade2 }, response, hasTimes) {
  const stray = upgrade2?.bytesBeforeResponse ?? null;
  if (stray === null) return null;
  const { length, mark } = stray;
  const isWithResponse = mark.packet === response.packet;
  return {
    kind: 'server',
    severity: 'warning',
    message: fill(MESSAGES11.server, {
      bytes: `${count(length, 'byte')} that ${length === 1 ? 'is' : 'are'}`,
      packets: packetList([mark.packet, response.packet]),
      when: hasTimes && !isWithResponse ? `, ${since(mark, response)} before it was complete` : '',
    }),
    advice:
      'Look for server code that sends on a socket whose handshake is not written yet: a broadcast that reaches it too early, two threads on one socket.',
    packets: [.../* @__PURE__ */ new Set([mark.packet, response.packet])],
    at: mark,
    evidence: {
      by: 'server',
      frames: null,
      bytes: length,
      isWithRequest: false,
      server: headerValue(response.head, 'server'),
    },
  };
}

// src/rules/deflate-error.ts
var MESSAGES12 = {
  failed:
    'The {role} sent a compressed message that does not inflate ({error}) under {agreed}, {when}{more}{reaction}.',
  'too-long':
    'The {role} sent a compressed message that inflates to more than {inflated}, as far as wscap goes, {when}{more}{reaction}.',
};
var MIB = 1024 * 1024;
var CASES3 = [
  {
    irregularity: 'inflate-failed',
    tell: ({ detail }, side, record) => ({
      kind: 'failed',
      values: { error: quoted(String(detail)), agreed: agreedFor(side, record) },
      advice: adviceFor3(String(detail), side, record),
      evidence: { error: detail, ...parametersOf(side, record) },
    }),
  },
  {
    irregularity: 'inflate-too-long',
    severity: 'info',
    also: 'too large to follow',
    tell: ({ detail }, side, record) => ({
      kind: 'too-long',
      values: { inflated: `${Math.floor(Number(detail) / MIB)} MiB` },
      advice:
        'That is no fault in itself. Look at the size that the receiver accepts (it closes with 1009 beyond it), and whether such a message was meant: a small one that inflates to very much can exhaust its memory.',
      evidence: { inflatedBytes: detail, ...parametersOf(side, record) },
    }),
  },
];
var deflateError = {
  id: 'deflate-error',
  title: 'A compressed message does not inflate',
  severity: 'error',
  spec: 'RFC 7692 \xA77.1, \xA77.2.2',
  options: {},
  messages: MESSAGES12,
  requires: ['web-socket'],
  check: (record, context) => frameFindings(record, context, MESSAGES12, CASES3),
};
function directionOf2({ role }, { upgrade: upgrade2 }) {
  return upgrade2?.extensions?.deflate?.[role] ?? null;
}
function parametersOf(side, record) {
  const direction = directionOf2(side, record);
  return {
    noContextTakeover: direction?.noContextTakeover ?? null,
    windowBits: direction?.windowBits ?? null,
  };
}
function agreedFor(side, record) {
  const direction = directionOf2(side, record);
  if (direction === null) return 'permessage-deflate';
  const takeover = direction.noContextTakeover ? `${side.role}_no_context_takeover` : 'context takeover';
  return `permessage-deflate (${takeover}, window of ${direction.windowBits} bits)`;
}
var BEYOND_WINDOW = 'too far back';
function adviceFor3(error, side, record) {
  if (!error.includes(BEYOND_WINDOW)) {
    return 'Look at how the sender compresses: RSV1 on a message that is not compressed, a zlib or gzip header, the last four bytes (00 00 ff ff) cut off in the wrong place, or data that was changed on the way.';
  }
  if (directionOf2(side, record)?.noContextTakeover === true) {
    return `The message refers to bytes of an earlier one, which ${side.role}_no_context_takeover forbids, or to more than the window holds. Look at whether the sender begins each message with an empty window, as large as was agreed on.`;
  }
  return 'The message refers to bytes that no message before it had, or that the window no longer holds. Look at the window that the sender really uses, at messages that were dropped on the way, and at relays that mix connections.';
}

// src/rules/error-close-code.ts
var MESSAGES13 = {
  closed: 'The {role} closed the WebSocket with {close} {when}.',
  answered: "The {role} answered the {other}'s {peerClose} with {close} {when}.",
};
var errorCloseCode = {
  id: 'error-close-code',
  title: 'A Close carries a code that names a fault',
  severity: 'warning',
  spec: "RFC 6455 \xA77.4.1, IANA's registry of close codes",
  options: {},
  messages: MESSAGES13,
  // Of a Close that stands alone it is not known whether it is the first or repeats the code of the other side.
  requires: ['web-socket', 'both-directions', 'frames-of-both-sides'],
  check(record, context) {
    const { closeFirstBy, clientSide, serverSide } = record;
    if (record.openedAt === null || closeFirstBy === null) return null;
    const [first, second] = closeFirstBy === 'client' ? [clientSide, serverSide] : [serverSide, clientSide];
    const isEcho = second.closeFrame?.code === first.closeFrame?.code;
    return [
      ...findingOf2(first, second, null, record, context),
      ...(isEcho ? [] : findingOf2(second, first, first.closeFrame, record, context)),
    ];
  },
};
function findingOf2({ role, closeFrame }, other, answers, record, context) {
  const code = closeFrame?.code ?? null;
  const severity = code === null ? null : severityOf3(code);
  if (closeFrame === null || code === null || severity === null) return [];
  const { mark, reason } = closeFrame;
  const kind = answers === null ? 'closed' : 'answered';
  const suspected = suspectBefore(mark.packet, other, code);
  const { openedAt, opening } = record;
  const isTimed = context.hasTimes && opening === 'handshake' && openedAt !== null;
  return [
    {
      kind,
      severity,
      message: fill(MESSAGES13[kind], {
        role,
        other: other.role,
        close: describeClose(closeFrame),
        peerClose: answers === null ? '' : describeClose(answers),
        when: placeInLife(record, mark, context),
      }),
      advice: adviceFor4(code, role, other.role, suspected.text),
      packets: answers === null ? [mark.packet] : [answers.mark.packet, mark.packet],
      at: mark,
      evidence: {
        by: role,
        code,
        reason,
        isAnswer: answers !== null,
        afterUpgradeMs: isTimed ? elapsedMs(openedAt, mark) : null,
        suspectedPacket: suspected.packet,
      },
    },
  ];
}
function severityOf3(code) {
  if (code === 1002 || code === 1003 || (code >= 1007 && code <= 1014)) return 'warning';
  return code >= 3e3 && code <= 4999 ? 'info' : null;
}
function suspectBefore(packet, { role, irregularities, lastFrame, lastDataFrame }, code) {
  const isBefore2 = (frame2) => frame2 !== null && frame2.packet < packet;
  const endless = irregularities.find(({ kind }) => kind === 'length-too-large')?.examples[0] ?? null;
  if (isBefore2(endless)) {
    const text2 = `the length of the ${role}'s ${frameName(endless.opcode)} in packet ${endless.packet}, which another anomaly names`;
    return { text: text2, packet: endless.packet };
  }
  if (code === 1002 || code === 1007) {
    const broken = irregularities
      .flatMap(({ examples }) => examples)
      .filter(isBefore2)
      .toSorted((a, b) => b.number - a.number)[0];
    if (broken !== void 0) {
      const text2 = `the ${role}'s ${describeFrame(broken)} in packet ${broken.packet}, which another anomaly names`;
      return { text: text2, packet: broken.packet };
    }
  }
  if (code === 1002 && isBefore2(lastFrame)) return suspect('last frame', role, lastFrame);
  if (isBefore2(lastDataFrame)) return suspect('last data frame', role, lastDataFrame);
  return { text: `what the ${role} had sent`, packet: null };
}
function suspect(name, role, frame2) {
  const text2 = `the ${name} of the ${role} before it, a ${describeFrame(frame2)} in packet ${frame2.packet}`;
  return { text: text2, packet: frame2.packet };
}
function adviceFor4(code, role, other, suspected) {
  switch (code) {
    case 1002:
      return `The ${role} saw a breach of the protocol: look at ${suspected}.`;
    case 1003:
      return `The ${role} takes no data of that type, most often binary where it wants text: look at ${suspected}.`;
    case 1007:
      return `The ${role} could not read a message, most often a text that is not UTF-8: look at ${suspected}.`;
    case 1008:
      return `A policy of the ${role}: look in its log for authentication, origin and rate limits at that time.`;
    case 1009:
      return `A message was larger than the ${role} takes: look at ${suspected}, and at its limit of message size.`;
    case 1010:
      return `The ${role} needs an extension that the 101 did not agree to: compare Sec-WebSocket-Extensions in request and 101.`;
    case 1011:
      return `Look in the log of the ${role} at that time: an exception in a handler, or a ping of its own that was not answered in time.`;
    case 1012:
    case 1013:
      return `A restart or too much load, by the ${role}'s own account: look at its deployments and its load at that time, and at how long the ${other} waits before it connects again.`;
    case 1014:
      return `The ${role} is a gateway that got no proper answer from behind it: look at the connection to its backend and at its log.`;
    default:
      return `${code} is a code of the application's or a library's own: look for it in the source of the ${role}.`;
  }
}

// src/rules/capture-findings.ts
var MAX_FINDINGS = 20;
var MAX_PACKETS2 = 20;
var MORE = '{more} more like it are not listed.';
function bounded(findings) {
  const kept = findings
    .toSorted((a, b) => b.connections.length - a.connections.length)
    .slice(0, MAX_FINDINGS)
    .sort((a, b) => a.at.packet - b.at.packet);
  const more = findings.length - kept.length;
  const last = kept.at(-1);
  if (more > 0 && last !== void 0) {
    kept[kept.length - 1] = { ...last, message: `${last.message} ${fill(MORE, { more })}` };
  }
  return kept;
}
function firstPackets(packets) {
  return [...new Set(packets)].sort((a, b) => a - b).slice(0, MAX_PACKETS2);
}
function groupBy(items, keyOf2) {
  const groups = /* @__PURE__ */ new Map();
  for (const item of items) {
    const key2 = keyOf2(item);
    if (key2 === null) continue;
    const group = groups.get(key2);
    if (group === void 0) groups.set(key2, [item]);
    else group.push(item);
  }
  return groups;
}
function describeEndpoint({ address, port }) {
  return `${address} port ${port}`;
}
function tally(texts) {
  return [...groupBy(texts, (text2) => text2)]
    .map(([text2, same]) => ({ text: text2, count: same.length }))
    .sort((a, b) => b.count - a.count)
    .map(({ text: text2, count: count2 }) => `${count2} ${text2}`)
    .join(', ');
}
function durationRange(shortestMs, longestMs) {
  const [shortest, longest] = [formatDuration(shortestMs), formatDuration(longestMs)];
  return shortest === longest ? shortest : `${shortest} to ${longest}`;
}
function rangeOf(values) {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}

// src/rules/fixed-lifetime.ts
var OPTIONS5 = {
  connections: {
    default: 3,
    unit: 'count',
    description: 'this many connections to one server that lived as long as each other show a limit',
  },
  tolerancePercent: {
    default: 1,
    unit: 'percent',
    description: 'the longest of these lives exceeds the shortest by at most this',
  },
  minimumLifeMs: {
    default: 1e3,
    unit: 'ms',
    description: 'a shorter life than this is left to other rules',
  },
};
var MESSAGES14 = {
  'same-age':
    'The server {server} ended {count} connections at the same age, {life} after their 101, although data flowed: the last frame came at most {silence} before. It ended {ends}{others}.',
  more: MORE,
};
var ONE_EVENT_MS = 1e3;
var MIN_SHARE = 0.5;
var fixedLifetime = {
  id: 'fixed-lifetime',
  title: 'Connections to one server all end at the same age, although data flows',
  severity: 'warning',
  spec: 'experience',
  options: OPTIONS5,
  messages: MESSAGES14,
  checkCapture(connections, { hasTimes }, options) {
    if (!hasTimes) return [];
    const lives = livesOf(connections, options.minimumLifeMs);
    return bounded(
      [
        ...groupBy(lives, ({ connection: connection2 }) => describeEndpoint(connection2.server)).values(),
      ].flatMap((group) => findingOf3(group, options) ?? []),
    );
  },
};
function* livesOf(connections, minimumMs) {
  for (const connection2 of connections) {
    const life = lifeOf(connection2, minimumMs);
    if (life !== null) yield life;
  }
}
function lifeOf(connection2, minimumMs) {
  const { ending, hasResponse, openedAt } = connection2;
  if (!hasResponse || openedAt === null || ending?.by !== 'server') return null;
  const { mark, how, closeCode } = ending;
  const lifeMs = elapsedMs(openedAt, mark);
  if (lifeMs < minimumMs || connection2.wasIdle) return null;
  const silenceMs = connection2.lastData === null ? Infinity : elapsedMs(connection2.lastData, mark);
  if (silenceMs > lifeMs / 2) return null;
  const end = how === 'close' ? `Close ${closeCode ?? 'without a code'}` : how.toUpperCase();
  return { connection: connection2, lifeMs, silenceMs, end: mark, how: `with ${end}` };
}
function findingOf3(group, { connections: least, tolerancePercent }) {
  const same = largestCluster(group, 1 + tolerancePercent / 100).toSorted(
    (a, b) => a.end.packet - b.end.packet,
  );
  if (eventsOf2(same) < Math.max(2, least) || same.length < group.length * MIN_SHARE) return null;
  const first = same[0];
  const { server: server2 } = first.connection;
  const { min, max } = rangeOf(same.map(({ lifeMs }) => lifeMs));
  const longestSilenceMs = rangeOf(same.map(({ silenceMs }) => silenceMs)).max;
  const others = group.length - same.length;
  return {
    kind: 'same-age',
    severity: 'warning',
    message: fill(MESSAGES14['same-age'], {
      server: describeEndpoint(server2),
      count: same.length,
      life: durationRange(min, max),
      silence: formatDuration(longestSilenceMs),
      ends: tally(same.map(({ how }) => how)),
      others: others === 0 ? '' : `, and ${others} more at another age`,
    }),
    advice:
      'That is a limit on age, which neither data nor pings put off: look for a maximum duration of connections at the server, or at a proxy or load balancer before it, and for a session or token that runs out.',
    packets: firstPackets(same.map(({ end }) => end.packet)),
    at: first.end,
    connections: same.map(({ connection: connection2 }) => connection2.id).sort((a, b) => a - b),
    evidence: {
      serverAddress: server2.address,
      serverPort: server2.port,
      connections: same.length,
      othersEndedByServer: others,
      shortestLifeMs: min,
      longestLifeMs: max,
      longestSilenceMs,
    },
  };
}
function largestCluster(lives, ratio) {
  const sorted = lives.toSorted((a, b) => a.lifeMs - b.lifeMs);
  let best = { from: 0, to: 0 };
  for (let from = 0, to = 0; from < sorted.length; from++) {
    while (to < sorted.length && sorted[to].lifeMs <= sorted[from].lifeMs * ratio) to++;
    if (to - from > best.to - best.from) best = { from, to };
  }
  return sorted.slice(best.from, best.to);
}
function eventsOf2(lives) {
  let events = 0;
  let previous = null;
  for (const { end } of lives) {
    if (previous !== null && Math.abs(millisecondsBetween(previous, end)) < ONE_EVENT_MS) continue;
    events++;
    previous = end;
  }
  return events;
}

// src/rules/fragmentation-invalid.ts
var MESSAGES15 = {
  'nothing-to-continue': 'The {role} sent a {frame} with no message to continue {when}{more}{reaction}.',
  'message-inside-message':
    'The {role} began a new message, a {frame}, inside a fragmented one {when}{more}{reaction}.',
};
var CASES4 = [
  {
    irregularity: 'continuation-without-start',
    also: 'with nothing to continue',
    tell: () => ({
      kind: 'nothing-to-continue',
      advice:
        'The receiver must close the connection, with code 1002 (RFC 6455 \xA75.4). Look at how the sender splits messages: a first frame that has FIN set or was dropped on the way, or a writer that takes every frame for a later one.',
    }),
  },
  {
    irregularity: 'message-inside-message',
    also: 'inside an unfinished message',
    tell: () => ({
      kind: 'message-inside-message',
      advice:
        'Only control frames may come between the frames of a message; the receiver closes the connection, with code 1002 (RFC 6455 \xA75.4). Look for two tasks of the sender that write to one connection without a lock.',
    }),
  },
];
var fragmentationInvalid = {
  id: 'fragmentation-invalid',
  title: 'The frames of a message are out of order',
  severity: 'error',
  spec: 'RFC 6455 \xA75.4',
  options: {},
  messages: MESSAGES15,
  requires: ['web-socket'],
  check: (record, context) => frameFindings(record, context, MESSAGES15, CASES4),
};

// src/rules/sides.ts
function eachSide({ clientSide, serverSide }, tell) {
  return [tell(clientSide, serverSide), tell(serverSide, clientSide)].filter((finding2) => finding2 !== null);
}

// src/rules/half-open.ts
var MESSAGES16 = {
  data: 'The {side} sent the same data again {times} ({packets}{over}), and the {other} acknowledged none of it{silent}.',
  probe:
    'The {side} sent {times} of a keep-alive probe ({packets}{over}), and the {other} answered none of them{silent}.',
};
var OPTIONS6 = {
  retransmissions: {
    default: 3,
    unit: 'count',
    description:
      'data that was sent again so often without an acknowledgement counts as lost on a dead connection',
  },
};
var halfOpen = {
  id: 'half-open',
  title: 'One side was gone while the other still sent',
  severity: 'warning',
  spec: 'RFC 9293 \xA73.5.1 (half-open connections), \xA73.8.3, \xA73.8.4',
  options: OPTIONS6,
  messages: MESSAGES16,
  requires: ['both-directions', 'first-end'],
  check: (record, context, { retransmissions: retransmissions2 }) =>
    eachSide(record, (side, other) => vanished(side, other, context, retransmissions2)),
};
function vanished(side, other, { hasTimes }, minimum) {
  const { unacknowledged } = side.trouble;
  if (unacknowledged === null || unacknowledged.retransmissions < minimum) return null;
  const { retransmissions: retransmissions2, first, last, isProbe } = unacknowledged;
  if ([other.fin, other.rst].some((end) => end !== null && end.packet < first.packet)) return null;
  const kind = isProbe ? 'probe' : 'data';
  const { lastByte } = other;
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES16[kind], {
      side: side.role,
      other: other.role,
      times: describeTimes(retransmissions2, isProbe),
      packets: packetList([first.packet, last.packet]),
      over: hasTimes && last.packet !== first.packet ? `, within ${since(first, last)}` : '',
      silent:
        lastByte === null
          ? ''
          : `; its last bytes had come ${hasTimes ? `${since(lastByte, first)} before` : 'before'} (packet ${lastByte.packet})`,
    }),
    advice: `Look at what became of the ${other.role}, or of the path to it: a device that went to sleep or changed networks, a NAT or firewall that forgot the connection, a host that died. Pings with a time limit find such connections; TCP alone takes minutes.`,
    packets: [...(lastByte === null ? [] : [lastByte.packet]), first.packet, last.packet].toSorted(
      (a, b) => a - b,
    ),
    at: first,
    evidence: {
      by: side.role,
      isProbe,
      retransmissions: retransmissions2,
      retransmittedForMs: hasTimes ? elapsedMs(first, last) : null,
      lastBytePacket: lastByte?.packet ?? null,
      silentMs: hasTimes && lastByte !== null ? elapsedMs(lastByte, last) : null,
    },
  };
}
function describeTimes(number2, isProbe) {
  return isProbe ? `${number2} repetitions` : `${number2} times`;
}

// src/rules/handshake-close.ts
var ORDERLY_CODES = [null, 1e3, 1001];
var COMPLAINTS = /* @__PURE__ */ new Set([1002, 1003, 1007, 1009, 1010]);
var MESSAGES17 = {
  /** No Close of anybody explains it: the founding case. */
  bare: 'The server sent {how} {when}, {frames}. Handshake: {handshake}.',
  'server-close':
    'The server sent {how} {when}, after a {close} of its own ({closePacket}). Handshake: {handshake}.',
  'server-close-code':
    'The server sent {how} {when}, and had said why: {close}, {closePacket}. Handshake: {handshake}.',
  'server-close-echo':
    'The server sent {how} {when}, after a {close} ({closePacket}), which may answer one that is not in the capture. Handshake: {handshake}.',
  'client-close':
    'The server sent {how} {when}, after the client had begun the closing handshake: {close} in {closePacket}, {answer}. Handshake: {handshake}.',
  'client-end':
    "The server sent {how} {when}, but only after the client's {clientHow} in {clientPacket}. Handshake: {handshake}.",
  'client-unseen':
    'The server sent {how} {when}, and what the client had sent by then is not all in the capture. Handshake: {handshake}.',
  'server-unseen':
    'The server sent {how} {when}, and the client had sent {clientFrames}. Handshake: {handshake}.',
};
var handshakeClose = {
  id: 'handshake-close',
  title: 'The server closed the connection right after the upgrade',
  severity: 'error',
  spec: 'RFC 6455 \xA77.1.1, \xA77.2.1; RFC 9293 \xA73.6',
  options: {},
  messages: MESSAGES17,
  requires: ['times'],
  check(record, { windowMs }) {
    const response = upgradeResponse(record);
    const end = serverEnd(record.serverSide);
    if (response === null || end === null) return null;
    const afterUpgradeMs = elapsedMs(response, end.mark);
    return afterUpgradeMs <= windowMs ? finding(record, response, end, afterUpgradeMs) : null;
  },
};
function serverEnd({ fin, rst }) {
  if (rst !== null && (fin === null || rst.packet < fin.packet)) return { how: 'RST', mark: rst };
  return fin === null ? null : { how: 'FIN', mark: fin };
}
function finding(record, response, end, afterUpgradeMs) {
  const { clientSide, serverSide, upgrade: upgrade2 } = record;
  const { kind, severity, values, advice: advice3, packets } = judge(record, end);
  return {
    kind,
    severity,
    message: fill(MESSAGES17[kind], {
      how: end.how,
      when: describeWhen(response, end, afterUpgradeMs),
      handshake: describeHandshake(record),
      ...values,
    }),
    advice: advice3,
    packets: [.../* @__PURE__ */ new Set([response.packet, ...packets, end.mark.packet])].sort(
      (a, b) => a - b,
    ),
    at: end.mark,
    evidence: {
      afterUpgradeMs,
      how: end.how === 'FIN' ? 'fin' : 'rst',
      responsePacket: response.packet,
      endPacket: end.mark.packet,
      clientFrames: clientSide.framesBeforePeerEnd,
      serverFrames: serverSide.frameCount,
      clientCloseCode: clientSide.closeFrame?.code ?? null,
      serverCloseCode: serverSide.closeFrame?.code ?? null,
      accept: upgrade2?.accept ?? null,
    },
  };
}
function describeWhen(response, { mark }, afterUpgradeMs) {
  if (mark.packet === response.packet) return `in the packet of its 101 (packet ${mark.packet})`;
  if (mark.packet < response.packet) {
    return `right after its 101 (packet ${mark.packet}, captured before the 101's packet ${response.packet})`;
  }
  return `${formatDuration(afterUpgradeMs)} after its 101 (${packetList([response.packet, mark.packet])})`;
}
function judge(record, end) {
  const { clientSide, serverSide, firstEnd } = record;
  const clientClose = clientSide.closeFrame;
  const serverClose = serverSide.closeFrame;
  const clientBegan = clientClose !== null && clientClose.isBeforePeerEnd && record.closeFirstBy === 'client';
  if (clientBegan) {
    const answer = serverClose === null ? 'the server sent none back' : 'the server answered it';
    return {
      kind: 'client-close',
      severity: 'info',
      values: { ...closeValues(clientClose), answer },
      advice: isComplaint(clientClose)
        ? 'The client ended it because of what it had received: look at what the server sent before that Close.'
        : 'A short session that the client ended; nothing to look for at the server.',
      packets: [clientClose.mark.packet],
    };
  }
  const clientEnd = firstEnd?.by === 'client' ? firstEnd : null;
  if (serverClose !== null && (clientEnd === null || serverClose.mark.packet < clientEnd.mark.packet)) {
    return judgeServerClose(serverClose, isUnseen(clientSide));
  }
  if (clientEnd !== null) {
    return {
      kind: 'client-end',
      severity: 'info',
      values: { clientHow: clientEnd.how.toUpperCase(), clientPacket: `packet ${clientEnd.mark.packet}` },
      advice: 'The client hung up first; the server only followed.',
      packets: [clientEnd.mark.packet],
    };
  }
  const isClientUnseen = isUnseen(clientSide) || firstEnd?.followsUnseen === true;
  if (isUnseen(serverSide) || isClientUnseen) return judgeUnseen(clientSide, isClientUnseen);
  return {
    kind: 'bare',
    severity: 'error',
    values: { frames: describeFrames(clientSide.framesBeforePeerEnd, serverSide.frameCount) },
    advice: adviceFor5(record, end),
    packets: [],
  };
}
function isComplaint({ code }) {
  return code !== null && COMPLAINTS.has(code);
}
function closeValues(close) {
  return { close: describeClose(close), closePacket: `packet ${close.mark.packet}` };
}
function isUnseen({ isFramingLost, isCaptured }) {
  return isFramingLost || !isCaptured;
}
function judgeServerClose(close, mayBeEcho) {
  const { mark, code } = close;
  if (ORDERLY_CODES.includes(code)) {
    return {
      kind: mayBeEcho ? 'server-close-echo' : 'server-close',
      severity: mayBeEcho ? 'info' : 'warning',
      values: closeValues(close),
      advice: mayBeEcho
        ? 'Capture both directions, with `-s 0`, to see who began the closing handshake.'
        : 'It let the client in and sent it away in good order: look at what the server decides on open.',
      packets: [mark.packet],
    };
  }
  return {
    kind: 'server-close-code',
    severity: mayBeEcho ? 'warning' : 'error',
    values: closeValues(close),
    advice: "Look for that code and reason in the server's code and log.",
    packets: [mark.packet],
  };
}
function judgeUnseen(clientSide, isClientUnseen) {
  if (isClientUnseen) {
    return {
      kind: 'client-unseen',
      severity: 'info',
      values: {},
      advice:
        'So a Close by the client, or its FIN, cannot be ruled out: capture both directions, with `-s 0`.',
      packets: [],
    };
  }
  const isClientSilent = clientSide.frameCount === 0;
  return {
    kind: 'server-unseen',
    severity: isClientSilent ? 'warning' : 'info',
    values: {
      clientFrames: isClientSilent ? 'no frame' : count(clientSide.framesBeforePeerEnd, 'frame'),
    },
    advice:
      'Bytes after the 101 are not in the capture, so a Close by the server cannot be ruled out: capture again with `-s 0`.',
    packets: [],
  };
}
function describeFrames(client2, server2) {
  if (client2 + server2 === 0) return 'with no frame from either side and no Close';
  const parts = [
    ...(client2 > 0 ? [`${count(client2, 'frame')} from the client`] : []),
    ...(server2 > 0 ? [`${count(server2, 'frame')} from the server`] : []),
  ];
  return `after ${parts.join(' and ')}, with no Close from either side`;
}
function adviceFor5({ upgrade: upgrade2 }, { how }) {
  if (upgrade2?.request && asksToClose(upgrade2.request.head)) {
    return 'The request asked the server to close after the response: look for a proxy in between that was not told to use HTTP/1.1 and to pass on Upgrade and Connection.';
  }
  if (upgrade2?.accept === 'invalid' || upgrade2?.accept === 'missing') {
    return 'Its Sec-WebSocket-Accept is wrong as well: look at which code answers the upgrade.';
  }
  if (how === 'RST') {
    return 'Browsers report this as "connected", then 1006. A RST means that the server closed with bytes unread or was killed: look at its log for a crash or an exception on open.';
  }
  return 'Browsers report this as "connected", then 1006. Look at what the server does after the handshake: an open handler that throws or returns, a plain HTTP handler that ends the response, a worker that exits.';
}

// src/rules/idle-timeout.ts
var MESSAGES18 = {
  'both-directions':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from the client for {clientSilence} (since packet {clientPacket}) and from the server for {serverSilence} (since packet {serverPacket}). That matches {limits}.',
  'one-direction':
    'The {by} ended the connection with {how} {when} (packet {packet}), without a Close, when nothing had come from the {side} for {silence} (since packet {lastPacket}); {other}. That matches {limits}.',
};
var OPTIONS7 = {
  toleranceMs: {
    default: 500,
    unit: 'ms',
    description: 'a silence counts as a known limit where it is so near to it, or within 1 % of it',
  },
};
var KNOWN_LIMITS = [
  { ms: 3e4, name: 'the usual 30 s of HAProxy (timeout client)' },
  { ms: 6e4, name: 'the 60 s default of nginx (proxy_read_timeout) and AWS ALB' },
  { ms: 1e5, name: 'the 100 s of Cloudflare' },
  { ms: 24e4, name: 'the 240 s default of Azure Load Balancer' },
  { ms: 3e5, name: 'the 300 s default of Envoy (stream_idle_timeout)' },
  { ms: 35e4, name: 'the 350 s default of AWS NLB' },
  { ms: 6e5, name: 'the 600 s of AWS API Gateway' },
];
var RELATIVE_TOLERANCE = 0.01;
var idleTimeout = {
  id: 'idle-timeout',
  title: 'The connection was ended after a silence as long as a known idle timeout',
  severity: 'warning',
  spec: 'RFC 6455 \xA77.1.5; documented defaults of proxies and load balancers',
  options: OPTIONS7,
  messages: MESSAGES18,
  requires: [
    'web-socket',
    'both-directions',
    'times',
    'frames-of-ending-side',
    'frames-of-both-sides',
    'first-end',
    'every-packet',
  ],
  check(record, context, { toleranceMs }) {
    const { firstEnd, clientSide, serverSide } = record;
    if (firstEnd === null) return null;
    const { by, how, mark } = firstEnd;
    if ([clientSide, serverSide].some(({ closeFrame }) => isBefore(closeFrame?.mark, mark))) return null;
    const client2 = silenceOf(clientSide, record, mark, toleranceMs);
    const server2 = silenceOf(serverSide, record, mark, toleranceMs);
    const matching = [client2, server2].filter(isMatch);
    const [first, second] = matching;
    if (first === void 0) return null;
    const limits = [...new Set(matching.map(({ limit }) => limit.name))].join(' and ');
    const values = {
      by,
      how: how.toUpperCase(),
      when: afterOpening(record, mark, context),
      packet: mark.packet,
    };
    const told =
      second === void 0
        ? {
            kind: 'one-direction',
            message: fill(MESSAGES18['one-direction'], {
              ...values,
              side: first.side.role,
              silence: formatDuration(first.ms),
              lastPacket: first.since.packet,
              other: describeOther(first === client2 ? server2 : client2, first.side),
              limits,
            }),
          }
        : {
            kind: 'both-directions',
            message: fill(MESSAGES18['both-directions'], {
              ...values,
              clientSilence: formatDuration(first.ms),
              clientPacket: first.since.packet,
              serverSilence: formatDuration(second.ms),
              serverPacket: second.since.packet,
              limits,
            }),
          };
    return {
      ...told,
      severity: 'warning',
      advice:
        'These are candidates, known by their time alone: look at the idle timeouts of every proxy, load balancer and server on the way. Raise the shortest, or send pings more often than that, from the side whose silence counts.',
      packets: [
        .../* @__PURE__ */ new Set([...matching.map(({ since: since2 }) => since2.packet), mark.packet]),
      ].toSorted((a, b) => a - b),
      at: mark,
      evidence: {
        by,
        how,
        clientSilenceMs: client2?.ms ?? null,
        serverSilenceMs: server2?.ms ?? null,
        clientLimitMs: client2?.limit?.ms ?? null,
        serverLimitMs: server2?.limit?.ms ?? null,
      },
    };
  },
};
function isBefore(mark, end) {
  return mark !== void 0 && mark.packet <= end.packet;
}
function isMatch(silence) {
  return silence !== null && silence.limit !== null;
}
function silenceOf(side, { openedAt, opening }, end, toleranceMs) {
  const { lastByte } = side;
  if (openedAt === null) return null;
  const isLater = lastByte !== null && lastByte.packet >= openedAt.packet;
  if (!isLater && opening === 'inferred') return null;
  const since2 = isLater ? lastByte : openedAt;
  const ms = elapsedMs(since2, end);
  const [limit] = KNOWN_LIMITS.filter(
    (known) => Math.abs(ms - known.ms) <= Math.max(toleranceMs, known.ms * RELATIVE_TOLERANCE),
  ).sort((a, b) => Math.abs(ms - a.ms) - Math.abs(ms - b.ms));
  return { side, since: since2, ms, limit: limit ?? null };
}
function describeOther(other, { role }) {
  return other === null
    ? `the ${role === 'client' ? 'server' : 'client'} had sent nothing since the capture began`
    : `the ${other.side.role}'s last bytes had come ${formatDuration(other.ms)} before the end (packet ${other.since.packet})`;
}

// src/rules/invalid-utf8.ts
var MESSAGES19 = {
  text: 'The {role} sent a text message that is not UTF-8, {when}{more}{reaction}.',
  'close-reason': 'The {role} sent a Close whose reason is not UTF-8, {when}{more}{reaction}.',
};
var CASES5 = [
  {
    irregularity: 'text-not-utf8',
    also: 'in text messages',
    tell: () => ({
      kind: 'text',
      advice:
        'The receiver must close the connection, with code 1007 (RFC 6455 \xA78.1). Look at what the sender puts into the message: binary data sent as text, another character set, or a string that was cut in the middle of a character.',
    }),
  },
  {
    irregularity: 'close-reason-not-utf8',
    also: 'in a Close',
    tell: () => ({
      kind: 'close-reason',
      advice:
        'The reason must be UTF-8 (RFC 6455 \xA75.5.1). Look at where the sender takes it from: an error message in another character set, or one that was cut to 123 bytes in the middle of a character.',
    }),
  },
];
var invalidUtf8 = {
  id: 'invalid-utf8',
  title: 'A text message, or the reason of a Close, is not UTF-8',
  severity: 'error',
  spec: 'RFC 6455 \xA75.5.1, \xA75.6, \xA78.1',
  options: {},
  messages: MESSAGES19,
  requires: ['web-socket'],
  check: (record, context) => frameFindings(record, context, MESSAGES19, CASES5),
};

// src/rules/length-invalid.ts
var MESSAGES20 = {
  'not-shortest':
    'The {role} sent a {frame} whose length is not in its shortest form {when}{more}{reaction}.',
  'top-bit':
    'The {role} sent the header of a {name} whose 64-bit length has its top bit set {when}{reaction}.',
};
var CASES6 = [
  {
    irregularity: 'length-not-shortest',
    also: 'with a length not in its shortest form',
    tell: () => ({
      kind: 'not-shortest',
      advice:
        'Up to 125 bytes the length takes 7 bits, up to 65535 it takes 16 (RFC 6455 \xA75.2). Some receivers let this pass, others close with 1002: look at the code of the sender that writes frame headers.',
    }),
  },
  {
    irregularity: 'length-too-large',
    also: 'with the top bit of its length set',
    tell: ({ opcode }) => ({
      kind: 'top-bit',
      values: { name: frameName(opcode) },
      advice:
        "No frame can have such a length (RFC 6455 \xA75.2), and nothing after it can be read as a frame. Look at the frame before it, since frames that are out of step read payload as a header, and for a negative number in the sender's code.",
      // As a number it is not exact.
      evidence: { payloadBytes: null },
    }),
  },
];
var lengthInvalid = {
  id: 'length-invalid',
  title: 'The length of a frame is written in a form that is not allowed',
  severity: 'error',
  spec: 'RFC 6455 \xA75.2',
  options: {},
  messages: MESSAGES20,
  requires: ['web-socket'],
  check: (record, context) => frameFindings(record, context, MESSAGES20, CASES6),
};

// src/rules/masked-server-frame.ts
var MESSAGES21 = {
  masked: 'The server sent a masked {frame} {when}{more}{reaction}.',
};
var CASES7 = [
  {
    irregularity: 'masking',
    tell: () => ({
      kind: 'masked',
      advice:
        "A client must close the connection on such a frame, with code 1002 (RFC 6455 \xA75.1); browsers do. Look at the code that writes the server's frames: a client's library in the place of a server's, or a relay that passes frames on as they came.",
    }),
  },
];
var maskedServerFrame = {
  id: 'masked-server-frame',
  title: 'The server sent a masked frame',
  severity: 'error',
  spec: 'RFC 6455 \xA75.1',
  options: {},
  messages: MESSAGES21,
  requires: ['web-socket'],
  check: (record, context) =>
    frameFindings(record, context, MESSAGES21, CASES7).filter(({ evidence }) => evidence['by'] === 'server'),
};

// src/rules/reconnect-series.ts
var RECONNECT_OPTIONS = {
  connections: {
    default: 3,
    unit: 'count',
    description: 'this many short connections, one after the other, are a loop',
  },
  lifeMs: {
    default: 15e3,
    unit: 'ms',
    description: 'a connection that lives longer than this after its 101 is no part of a loop',
  },
};
var MAX_PAUSE_MS = 3e5;
var FIRST_COMPLAINT = 1002;
var LAST_COMPLAINT = 1015;
function reconnectSeries(connections, { connections: least, lifeMs }) {
  const found = new SeriesFinder(Math.max(2, least));
  for (const connection2 of connections.byRequest()) {
    const { request } = connection2;
    if (request === null) continue;
    const outcome = outcomeOf(connection2, request, lifeMs);
    if (outcome !== null) found.add(keyOf(connection2, request), outcome);
  }
  return found.finish();
}
function keyOf({ clientAddress, server: server2 }, { host, path }) {
  return JSON.stringify([clientAddress, server2.address, server2.port, host?.toLowerCase() ?? null, path]);
}
var SeriesFinder = class {
  #enough;
  #open = /* @__PURE__ */ new Map();
  #found = [];
  constructor(enough) {
    this.#enough = enough;
  }
  /** In the order of the requests. */
  add(key2, outcome) {
    const current = this.#open.get(key2);
    if (typeof outcome === 'string') {
      if (current !== void 0) this.#close(key2, current);
      return;
    }
    const previous = current?.attempts.at(-1);
    if (current === void 0 || previous === void 0 || isNewSeries(previous, outcome)) {
      if (current !== void 0) this.#close(key2, current);
      this.#open.set(key2, { attempts: [outcome], overlapping: 0 });
    } else if (outcome.request.packet >= previous.over.packet) {
      current.attempts.push(outcome);
    } else {
      current.overlapping++;
      if (outcome.over.packet < previous.over.packet) current.attempts.splice(-1, 1, outcome);
    }
  }
  /** By where they begin. */
  finish() {
    for (const [key2, series] of this.#open) this.#close(key2, series);
    return this.#found.sort((a, b) => a.attempts[0].request.packet - b.attempts[0].request.packet);
  }
  #close(key2, series) {
    this.#open.delete(key2);
    if (series.attempts.length >= this.#enough) this.#found.push(series);
  }
};
function isNewSeries(previous, next) {
  return millisecondsBetween(previous.over, next.request) > MAX_PAUSE_MS;
}
function outcomeOf(connection2, request, lifeMs) {
  const { ending, openedAt, refusal, hasResponse } = connection2;
  const response = hasResponse ? openedAt : null;
  if (ending === null) {
    const hasLasted = response !== null && elapsedMs(response, connection2.last) > lifeMs;
    return hasLasted ? 'lasted' : null;
  }
  if (response === null && connection2.hasGaps) return null;
  const over = refusal ?? ending.mark;
  const lived = elapsedMs(response ?? request, over);
  if (lived > lifeMs) return 'lasted';
  if (isInOrder(ending)) return 'left in order';
  return { connection: connection2, request, over, ending, lifeMs: lived };
}
function isInOrder({ by, how, closeCode }) {
  if (by !== 'client' || how !== 'close') return false;
  return closeCode === null || closeCode < FIRST_COMPLAINT || closeCode > LAST_COMPLAINT;
}

// src/rules/mass-disconnect.ts
var OPTIONS8 = {
  connections: {
    default: 3,
    unit: 'count',
    description: 'this many connections to one server that end together are a mass',
  },
  withinMs: { default: 1e3, unit: 'ms', description: 'ends no further apart than this are together' },
};
var MESSAGES22 = {
  'without-close':
    '{share} WebSockets then open to {server} ended {span}, from packet {packet} on, none with a Close frame: {ends}. They had been open for {life}.',
  restart:
    'The server {server} sent a Close to {share} WebSockets then open, {span}, from packet {packet} on: {ends}. They had been open for {life}.',
  more: MORE,
};
var RESTART_CODES = [1001, 1012];
var MIN_LIFE_MS = 1e3;
var MIN_SHARE2 = 0.1;
var massDisconnect = {
  id: 'mass-disconnect',
  title: 'Many connections to one server ended at the same moment',
  severity: 'warning',
  spec: 'experience; RFC 6455 \xA77.4.1 (1001), IANA registry (1012)',
  options: OPTIONS8,
  messages: MESSAGES22,
  checkCapture(connections, { hasTimes }, options) {
    if (!hasTimes) return [];
    const looping = loopingIds(connections);
    return bounded([...serversOf(connections, looping)].flatMap((server2) => findingsOf(server2, options)));
  },
};
function loopingIds(connections) {
  const options = {
    connections: RECONNECT_OPTIONS.connections.default,
    lifeMs: RECONNECT_OPTIONS.lifeMs.default,
  };
  return new Set(
    reconnectSeries(connections, options).flatMap(({ attempts }) =>
      attempts.map(({ connection: connection2 }) => connection2.id),
    ),
  );
}
function serversOf(connections, looping) {
  const servers = /* @__PURE__ */ new Map();
  for (const connection2 of connections) {
    const { openedAt, end } = connection2;
    if (openedAt === null) continue;
    const key2 = describeEndpoint(connection2.server);
    let server2 = servers.get(key2);
    if (server2 === void 0) {
      server2 = { start: connection2.first, openings: [], ends: [], ended: [] };
      servers.set(key2, server2);
    }
    server2.openings.push(millisecondsBetween(server2.start, openedAt));
    if (end !== null) server2.ends.push(millisecondsBetween(server2.start, end));
    const ended = looping.has(connection2.id) ? null : endedOf(connection2, openedAt, server2.start);
    if (ended !== null) server2.ended.push(ended);
  }
  return servers.values();
}
function findingsOf(server2, options) {
  const openAt = openCounter(server2);
  return [false, true].flatMap((isRestart) =>
    clustersOf(
      server2.ended.filter((end) => end.isRestart === isRestart),
      openAt,
      options,
    ).map((cluster) => findingOf4(cluster, openAt)),
  );
}
function endedOf(connection2, openedAt, start) {
  const { ending } = connection2;
  if (ending === null) return null;
  const { by, how, mark, closeCode } = ending;
  const isRestart = how === 'close' && by === 'server' && RESTART_CODES.includes(closeCode);
  if (how === 'close' && !isRestart) return null;
  const lifeMs = elapsedMs(openedAt, mark);
  if (lifeMs < MIN_LIFE_MS) return null;
  return {
    connection: connection2,
    mark,
    atMs: millisecondsBetween(start, mark),
    lifeMs,
    isRestart,
    how: how === 'close' ? `with ${closeCode ?? 'no code'}` : `by the ${by} with ${how.toUpperCase()}`,
  };
}
function openCounter({ openings, ends: ends2 }) {
  openings.sort((a, b) => a - b);
  ends2.sort((a, b) => a - b);
  return (atMs) => firstAfter(openings, atMs) - firstNotBefore(ends2, atMs);
}
function firstAfter(sorted, limit) {
  return partition(sorted, (value) => value <= limit);
}
function firstNotBefore(sorted, limit) {
  return partition(sorted, (value) => value < limit);
}
function partition(sorted, isBefore2) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore2(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
function clustersOf(ended, openAt, { connections: least, withinMs }) {
  const sorted = ended.toSorted((a, b) => a.atMs - b.atMs);
  const clusters = [];
  for (let from = 0, to = 0; from < sorted.length;) {
    const { atMs } = sorted[from];
    while (to < sorted.length && sorted[to].atMs - atMs <= withinMs) to++;
    const count2 = to - from;
    if (count2 < Math.max(2, least) || count2 < openAt(atMs) * MIN_SHARE2) {
      from++;
      continue;
    }
    while (to < sorted.length && sorted[to].atMs - sorted[to - 1].atMs <= withinMs) to++;
    clusters.push(sorted.slice(from, to));
    from = to;
  }
  return clusters;
}
function findingOf4(cluster, openAt) {
  const first = cluster[0];
  const { isRestart, atMs } = first;
  const { server: server2 } = first.connection;
  const spanMs = cluster.at(-1).atMs - atMs;
  const open2 = Math.max(openAt(atMs), cluster.length);
  const { min, max } = rangeOf(cluster.map(({ lifeMs }) => lifeMs));
  const byServer = cluster.filter(
    ({ connection: connection2 }) => connection2.firstEndBy === 'server',
  ).length;
  const clients = new Set(cluster.map((end) => end.connection.clientAddress)).size;
  return {
    kind: isRestart ? 'restart' : 'without-close',
    severity: isRestart ? 'info' : 'warning',
    message: fill(isRestart ? MESSAGES22.restart : MESSAGES22['without-close'], {
      share: describeShare(cluster.length, open2, isRestart),
      server: describeEndpoint(server2),
      span: spanMs === 0 ? 'at the same moment' : `within ${formatDuration(spanMs)}`,
      packet: first.mark.packet,
      ends: tally(cluster.map(({ how }) => how)),
      life: durationRange(min, max),
    }),
    advice: isRestart ? ADVICE.restart : adviceOn(byServer, cluster.length, clients),
    packets: firstPackets(cluster.map(({ mark }) => mark.packet)),
    at: first.mark,
    connections: cluster.map((end) => end.connection.id).sort((a, b) => a - b),
    evidence: {
      serverAddress: server2.address,
      serverPort: server2.port,
      connections: cluster.length,
      open: open2,
      spanMs,
      endedByServer: byServer,
      clientAddresses: clients,
      shortestLifeMs: min,
      longestLifeMs: max,
    },
  };
}
function describeShare(count2, open2, isInSentence) {
  if (count2 < open2) return `${count2} of the ${open2}`;
  return isInSentence ? `all ${count2}` : `All ${count2}`;
}
var ADVICE = {
  restart:
    'A planned restart, announced as it should be. See that clients wait a random time before they come back, or they all arrive at once.',
  server:
    'Look at what happened to that server, or to a proxy or load balancer before it, at that moment: a reload that ended its old workers, a deployment, a crash.',
  client:
    'Look at that client at that moment: a program or device that ended, or, where it is a proxy or gateway, one that was restarted.',
  clients:
    'Different clients hung up together: look at what they share at that moment, such as a proxy, a gateway or a network, and at an update that restarted them.',
};
function adviceOn(byServer, all, clients) {
  if (byServer * 2 >= all) return ADVICE.server;
  return clients === 1 ? ADVICE.client : ADVICE.clients;
}

// src/rules/message-unfinished.ts
var MESSAGES23 = {
  'own-close': 'The {role} sent its Close {when} inside {position}: the message never came to its end.',
  'own-end': 'The {role} ended the connection with {how} {when} in the middle of {position}.',
  'cut-off':
    'The {role} was cut off in the middle of {position}: the {other} ended the connection with {how} {when}.',
};
var messageUnfinished = {
  id: 'message-unfinished',
  title: 'A message was never finished',
  severity: 'warning',
  spec: 'RFC 6455 \xA75.4, \xA75.5.1',
  options: {},
  messages: MESSAGES23,
  requires: ['web-socket', 'both-directions', 'frames-of-both-sides', 'first-end'],
  check(record, context) {
    const { clientSide, serverSide } = record;
    if (record.openedAt === null) return null;
    return [
      ...findingOf5(clientSide, serverSide, record, context),
      ...findingOf5(serverSide, clientSide, record, context),
    ];
  },
};
function findingOf5(side, other, record, context) {
  const end = side.isFramingLost ? null : endOf(side, other, record);
  const position = end === null ? null : positionOf(side, end);
  if (end === null || position === null) return [];
  const { kind, how, mark } = end;
  return [
    {
      kind,
      severity: 'warning',
      message: fill(MESSAGES23[kind], {
        role: side.role,
        other: other.role,
        position: position.text,
        how: how === null ? '' : how.toUpperCase(),
        when: placeInLife(record, mark, context),
      }),
      advice: adviceFor6(kind, side.role, other.role),
      packets: [.../* @__PURE__ */ new Set([position.firstPacket, mark.packet])].toSorted((a, b) => a - b),
      at: mark,
      evidence: {
        by: side.role,
        endedBy: kind === 'cut-off' ? other.role : side.role,
        how,
        ...position.evidence,
      },
    },
  ];
}
function endOf(side, other, { closeFirstBy, firstEnd }) {
  if (closeFirstBy === other.role) return null;
  if (side.closeFrame !== null) return { kind: 'own-close', how: null, mark: side.closeFrame.mark };
  const ownEnd = side.fin ?? side.rst;
  if (firstEnd?.by === other.role) {
    const isOver = ownEnd !== null || firstEnd.how === 'rst' || other.rst !== null;
    return isOver ? { kind: 'cut-off', how: firstEnd.how, mark: firstEnd.mark } : null;
  }
  return firstEnd === null ? null : { kind: 'own-end', how: firstEnd.how, mark: firstEnd.mark };
}
function positionOf(side, { kind }) {
  const { unfinished, unfinishedMessage: unfinishedMessage2, irregularities } = side;
  if (kind === 'own-close') {
    const close = irregularities.find((entry) => entry.kind === 'close-inside-message');
    return close === void 0 ? null : messagePosition(side);
  }
  if (irregularities.some((entry) => entry.kind === 'length-too-large')) return null;
  if (unfinished === null) return unfinishedMessage2 === null ? null : messagePosition(side);
  const { opcode, payloadLength, received, firstPacket } = unfinished;
  return {
    text:
      opcode === null
        ? `the header of a frame (${count(received, 'byte')} of it sent)`
        : `a ${frameName(opcode)} (${received} of ${payloadLength ?? 0} payload bytes sent)`,
    firstPacket,
    evidence: { within: 'frame', opcode, payloadBytes: payloadLength, receivedBytes: received },
  };
}
function messagePosition({ unfinishedMessage: unfinishedMessage2, closeFrame }) {
  if (unfinishedMessage2 === null) {
    const packet = closeFrame?.mark.packet ?? 0;
    return { text: 'a fragmented message', firstPacket: packet, evidence: { within: 'message' } };
  }
  const { opcode, frames: frames2, payloadBytes, firstPacket } = unfinishedMessage2;
  const name = frameName(opcode).replace(' frame', ' message');
  return {
    text: `a ${name} (${count(frames2, 'frame')} without a final one, ${count(payloadBytes, 'byte')}, from packet ${firstPacket} on)`,
    firstPacket,
    evidence: { within: 'message', opcode, frames: frames2, receivedBytes: payloadBytes },
  };
}
function adviceFor6(kind, role, other) {
  switch (kind) {
    case 'own-close':
      return `The ${other} never gets that message. Look at the ${role}'s code for a close() while a stream or another task still sends.`;
    case 'own-end':
      return `The ${other} never gets that message. Look at the ${role} at that time: a crash, a kill, a socket that was ended past the WebSocket library.`;
    case 'cut-off':
      return `The ${role} is not to blame. Look at the ${other} and at proxies in between at that time: a crash, a kill, a time limit, or a message larger than they take.`;
  }
}

// src/rules/watched-until.ts
function watchedUntil({ last, endedBy }, { captureEnds }) {
  const end = captureEnds.find(({ packet }) => packet >= last.packet);
  if (endedBy === 'capture-ended' && end !== void 0 && millisecondsBetween(last, end) >= 0) {
    return { mark: markOf(end), text: `the last packet of the capture (packet ${end.packet})` };
  }
  return { mark: markOf(last), text: `its last packet in the capture (packet ${last.packet})` };
}

// src/rules/pong-missing.ts
var MESSAGES24 = {
  unanswered:
    "The {other} did not answer the {side}'s ping sent {when} (packet {ping}){more}: {waited} later, {until}, no pong had come.",
  'other-payload':
    "The {other} did not answer the {side}'s ping sent {when} (packet {ping}){more}: {waited} later, {until}, no pong with its payload had come; the one in packet {otherPong} carries another.",
  late: "The {other} took {waited} to answer the {side}'s ping sent {when} (packets {ping} and {pong}).",
};
var OPTIONS9 = {
  waitMs: {
    default: 1e4,
    unit: 'ms',
    description: 'a ping that waits longer than this for its pong counts as missed',
  },
  lastWaitMs: {
    default: 2e3,
    unit: 'ms',
    description: 'so long before the closing begins a ping must have been sent to count as missed',
  },
};
var pongMissing = {
  id: 'pong-missing',
  title: 'A ping was not answered in time',
  severity: 'warning',
  spec: 'RFC 6455 \xA75.5.2, \xA75.5.3',
  options: OPTIONS9,
  messages: MESSAGES24,
  requires: ['web-socket', 'both-directions', 'frames-of-both-sides', 'first-end', 'times'],
  check: (record, context, options) =>
    record.openedAt === null
      ? null
      : eachSide(
          record,
          (side, other) =>
            unanswered(side, other, record, context, options) ?? late(side, other, record, context, options),
        ),
};
function unanswered({ role, pings }, other, record, context, { waitMs, lastWaitMs }) {
  if (pings.unanswered === null) return null;
  const { first, last, count: count2 } = pings.unanswered;
  const end = waitEnd(record, context);
  const waitedMs = elapsedMs(first, end.mark);
  if (first.packet >= end.mark.packet) return null;
  if (end.isClosing ? waitedMs < lastWaitMs : waitedMs <= waitMs) return null;
  const otherPong =
    pings.otherPong !== null && pings.otherPong.packet < end.mark.packet ? pings.otherPong : null;
  const kind = otherPong === null ? 'unanswered' : 'other-payload';
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES24[kind], {
      side: role,
      other: other.role,
      when: afterOpening(record, first, context),
      ping: first.packet,
      more: count2 === 1 ? '' : `, nor ${count2 - 1} more up to packet ${last.packet}`,
      waited: since(first, end.mark),
      until: end.text,
      otherPong: otherPong?.packet ?? '',
    }),
    advice:
      otherPong === null
        ? `Look at whether the ${other.role} still lived: an event loop that hangs, a device that sleeps, a network path that is gone (does TCP acknowledge the ping?), or a proxy that swallows control frames.`
        : `Look at the code of the ${other.role} that answers pings: a pong repeats the payload of its ping (RFC 6455 \xA75.5.3).`,
    packets: [
      .../* @__PURE__ */ new Set([
        first.packet,
        ...(otherPong === null ? [] : [otherPong.packet]),
        end.isClosing ? end.mark.packet : record.last.packet,
      ]),
    ].toSorted((a, b) => a - b),
    at: first,
    evidence: {
      by: role,
      unanswered: count2,
      pingsSent: pings.sent,
      waitedMs,
      pingPacket: first.packet,
      lastPingPacket: last.packet,
      otherPongPacket: otherPong?.packet ?? null,
    },
  };
}
function late({ role, pings }, other, record, context, { waitMs }) {
  if (pings.slowest === null) return null;
  const { ping, pong } = pings.slowest;
  const waitedMs = elapsedMs(ping, pong);
  if (waitedMs <= waitMs || ping.packet >= waitEnd(record, context).mark.packet) return null;
  return {
    kind: 'late',
    severity: 'warning',
    message: fill(MESSAGES24.late, {
      side: role,
      other: other.role,
      when: afterOpening(record, ping, context),
      waited: since(ping, pong),
      ping: ping.packet,
      pong: pong.packet,
    }),
    advice: `Look at what held up the ${other.role} in that time: an event loop that hangs, a device that slept, a queue of data before the pong, packets lost on the way. Many keepalives give up sooner than this.`,
    packets: [ping.packet, pong.packet],
    at: ping,
    evidence: {
      by: role,
      unanswered: 0,
      pingsSent: pings.sent,
      waitedMs,
      pingPacket: ping.packet,
      pongPacket: pong.packet,
    },
  };
}
function waitEnd(record, context) {
  const { clientSide, serverSide, firstEnd } = record;
  const ends2 = [clientSide, serverSide].flatMap(({ role, closeFrame }) =>
    closeFrame === null
      ? []
      : [
          {
            mark: closeFrame.mark,
            text: `when the ${role} sent its Close (packet ${closeFrame.mark.packet})`,
          },
        ],
  );
  if (firstEnd !== null) {
    const { by, how, mark: mark2 } = firstEnd;
    ends2.push({
      mark: mark2,
      text: `when the ${by} ended the connection with ${how.toUpperCase()} (packet ${mark2.packet})`,
    });
  }
  const first = ends2.toSorted((a, b) => a.mark.packet - b.mark.packet)[0];
  if (first !== void 0) return { ...first, isClosing: true };
  const { mark, text: text2 } = watchedUntil(record, context);
  return { mark, text: `at ${text2}`, isClosing: false };
}

// src/rules/reconnect-loop.ts
var MESSAGES25 = {
  loop: '{client} asked {server} for a WebSocket at {url} {count} times, one after the other (packets {first} to {last}), and none lasted longer than {longest}. What ended them: {causes}. They began {interval} apart.',
  overlapping:
    '{client} asked {server} for a WebSocket at {url} {count} times, one after the other (packets {first} to {last}), and none lasted longer than {longest}. What ended them: {causes}. They began {interval} apart. {overlapping} more that ended as soon were under way at the same time: several clients at that address, or a load test.',
  more: MORE,
};
var GROWTH = 1.5;
var reconnectLoop = {
  id: 'reconnect-loop',
  title: 'A client reconnects again and again, and no connection lasts',
  severity: 'error',
  spec: 'experience; RFC 6455 \xA77.2.3',
  options: RECONNECT_OPTIONS,
  messages: MESSAGES25,
  checkCapture(connections, { hasTimes }, options) {
    if (!hasTimes) return [];
    return bounded(reconnectSeries(connections, options).map(findingOf6));
  },
};
function findingOf6({ attempts, overlapping }) {
  const first = attempts[0];
  const last = attempts.at(-1);
  const { clientAddress, server: server2 } = first.connection;
  const host = first.request.host ?? '';
  const path = quoted(first.request.path);
  const intervals = attempts
    .slice(1)
    .map(({ request }, index) => elapsedMs(attempts[index].request, request));
  const intervalMs = median(intervals);
  const { min, max } = rangeOf(intervals);
  const longestMs = rangeOf(attempts.map(({ lifeMs }) => lifeMs)).max;
  const causes = tally(attempts.map(causeOf));
  return {
    kind: overlapping > 0 ? 'overlapping' : 'loop',
    severity: 'error',
    message: fill(overlapping > 0 ? MESSAGES25.overlapping : MESSAGES25.loop, {
      client: clientAddress,
      server: describeEndpoint(server2),
      url: `${quoted(host)}${path}`,
      count: attempts.length,
      first: first.request.packet,
      last: last.request.packet,
      longest: formatDuration(longestMs),
      causes,
      interval: describeIntervals(intervalMs, min, max),
      overlapping,
    }),
    advice: `Look first at what ended connection ${first.connection.id}: until that is mended the client comes back. ${adviceOnBackOff(intervals)}`,
    packets: firstPackets(attempts.map(({ request }) => request.packet)),
    at: first.request,
    connections: attempts.map(({ connection: connection2 }) => connection2.id).sort((a, b) => a - b),
    evidence: {
      clientAddress,
      serverAddress: server2.address,
      serverPort: server2.port,
      host: host === '' ? null : quoted(host),
      path,
      connections: attempts.length,
      overlapping,
      intervalMedianMs: intervalMs,
      intervalMinMs: min,
      intervalMaxMs: max,
      longestLifeMs: longestMs,
      causes,
    },
  };
}
function causeOf({ connection: { cause }, ending: { by, how, closeCode } }) {
  if (cause !== null) return `by ${cause}`;
  return `by the ${by}'s ${how === 'close' ? `Close ${closeCode ?? 'without a code'}` : how.toUpperCase()}`;
}
function describeIntervals(medianMs, min, max) {
  const range = durationRange(min, max);
  const middle = formatDuration(medianMs);
  return range === middle ? middle : `${middle} (median; ${range})`;
}
function adviceOnBackOff(intervals) {
  const [first, last] = [intervals[0], intervals.at(-1)];
  return intervals.length > 1 && last >= first * GROWTH
    ? `The pauses grow, from ${formatDuration(first)} to ${formatDuration(last)}, as they should.`
    : 'The pauses do not grow: a delay that doubles each time, with a random part, would spare the server.';
}

// src/rules/reserved-bits.ts
var MESSAGES26 = {
  'not-negotiated':
    'The {role} sent a {frame} with {bits} set {when}{more}, and no extension that was agreed on uses {it}{reaction}.',
  misplaced:
    'The {role} sent a {frame} with RSV1 set {when}{more}; permessage-deflate sets it on the first frame of a message only{reaction}.',
};
var RSV14 = 4;
var CASES8 = [
  {
    irregularity: 'reserved-bits',
    tell: ({ detail }, _side, { upgrade: upgrade2 }) => {
      const bits = Number(detail);
      const isDeflateAgreed = (upgrade2?.extensions?.deflate ?? null) !== null;
      const evidence = { reservedBits: bitNames(bits).join(' '), isDeflateAgreed };
      if (isDeflateAgreed && bits === RSV14) {
        return {
          kind: 'misplaced',
          advice:
            'The receiver must close the connection, with code 1002 (RFC 7692 \xA76, RFC 6455 \xA75.2). Look at the sender: code that marks every frame of a compressed message, or control frames, as compressed.',
          evidence,
        };
      }
      return {
        kind: 'not-negotiated',
        values: { bits: bitNames(bits).join(' and '), it: bitNames(bits).length === 1 ? 'it' : 'them' },
        advice: `The receiver must close the connection, with code 1002 (RFC 6455 \xA75.2). ${adviceFor7(bits)}`,
        evidence,
      };
    },
  },
];
var reservedBits = {
  id: 'reserved-bits',
  title: 'A frame has a reserved bit set that no extension uses',
  severity: 'error',
  spec: 'RFC 6455 \xA75.2, RFC 7692 \xA76',
  options: {},
  messages: MESSAGES26,
  requires: ['web-socket'],
  check: (record, context) => frameFindings(record, context, MESSAGES26, CASES8),
};
function bitNames(bits) {
  return ['RSV1', 'RSV2', 'RSV3'].filter((_name, index) => (bits & (RSV14 >> index)) !== 0);
}
function adviceFor7(bits) {
  return bits === RSV14
    ? 'RSV1 marks a compressed message: compare Sec-WebSocket-Extensions in the request and in the 101, here and in front of any proxy, which may have dropped the header on the way.'
    : 'Look at the frame before it: a wrong length, or two writers on one connection, leave frames out of step, and payload is then read as a header.';
}

// src/rules/reserved-opcode.ts
var MESSAGES27 = {
  reserved: 'The {role} sent a {frame}, which is reserved, {when}{more}{reaction}.',
};
var CASES9 = [
  {
    irregularity: 'reserved-opcode',
    tell: () => ({
      kind: 'reserved',
      advice:
        'The receiver must close the connection, with code 1002 (RFC 6455 \xA75.2). Look at the frame before it: a wrong length, or two writers on one connection, leave frames out of step, and payload is then read as a header.',
    }),
  },
];
var reservedOpcode = {
  id: 'reserved-opcode',
  title: 'A frame has an opcode that is reserved',
  severity: 'error',
  spec: 'RFC 6455 \xA75.2, \xA711.8',
  options: {},
  messages: MESSAGES27,
  requires: ['web-socket'],
  check: (record, context) => frameFindings(record, context, MESSAGES27, CASES9),
};

// src/rules/retransmissions.ts
var MESSAGES28 = {
  some: 'The {side} sent {retransmissions} of {segments} data segments again ({percent} %){first}.',
  many: 'The {side} sent {retransmissions} of {segments} data segments again ({percent} %){first}: the path loses packets, or delays them for long.',
};
var OPTIONS10 = {
  minimum: {
    default: 3,
    unit: 'count',
    description: 'fewer retransmissions of one side are not told',
  },
  warningPercent: {
    default: 5,
    unit: 'percent',
    description: 'a larger share of data segments sent again than this is a warning',
  },
};
var retransmissions = {
  id: 'retransmissions',
  title: 'Data segments were sent again',
  severity: 'warning',
  spec: 'RFC 9293 \xA73.8.1; RFC 6298',
  options: OPTIONS10,
  messages: MESSAGES28,
  requires: [],
  check: (record, _context, options) => eachSide(record, (side) => sentAgain(side, record, options)),
};
function sentAgain(
  { role, retransmissions: all, segments, trouble },
  { first },
  { minimum, warningPercent },
) {
  const { unacknowledged, firstRetransmission } = trouble;
  const count2 = unacknowledged?.isProbe === false ? all - unacknowledged.retransmissions : all;
  if (count2 < minimum || count2 <= 0) return null;
  const percent = (100 * count2) / segments;
  const kind = percent > warningPercent ? 'many' : 'some';
  return {
    kind,
    severity: kind === 'many' ? 'warning' : 'info',
    message: fill(MESSAGES28[kind], {
      side: role,
      retransmissions: count2,
      segments,
      percent: rounded(percent),
      first:
        firstRetransmission === null ? '' : `, for the first time in packet ${firstRetransmission.packet}`,
    }),
    advice:
      kind === 'many'
        ? `Messages of the ${role} arrive late and in bursts. Look at the network between the two: a radio link, an overloaded link or host, a wrong MTU where only large segments are affected.`
        : 'A few are ordinary; each one delays the messages behind it by a round trip or more.',
    packets: firstRetransmission === null ? [] : [firstRetransmission.packet],
    at: firstRetransmission ?? first,
    evidence: { by: role, retransmissions: count2, segments, percent: rounded(percent) },
  };
}
function rounded(percent) {
  return Math.round(percent * 10) / 10;
}

// src/rules/silent-after-upgrade.ts
var MESSAGES29 = {
  'late-first-frame':
    'For {silence} after the 101 no frame came from either side; the first one was a {frame} from the {side} (packet {packet}).',
  'until-the-end':
    'No frame came from either side in the {silence} from the 101 until the {by} ended the connection with {how} (packet {packet}).',
  'still-silent': 'No frame came from either side in the {silence} from the 101 to {until}.',
};
var OPTIONS11 = {
  silenceMs: {
    default: 1e4,
    unit: 'ms',
    description: 'so long after the 101 without a frame counts as silence',
  },
  minimumLifeMs: {
    default: 1e3,
    unit: 'ms',
    description: 'a connection that ends without a frame must have lasted so long to count',
  },
};
var silentAfterUpgrade = {
  id: 'silent-after-upgrade',
  title: 'No frame came from either side after the upgrade',
  severity: 'warning',
  spec: 'Experience; RFC 6455 \xA74.2.2 (the connection is open once the 101 is sent)',
  options: OPTIONS11,
  messages: MESSAGES29,
  requires: ['web-socket', 'both-directions', 'frames-of-both-sides', 'first-end', 'times'],
  check(record, context, { silenceMs, minimumLifeMs }) {
    const { windowMs } = context;
    const { opening, openedAt, clientSide, serverSide, firstEnd } = record;
    if (opening !== 'handshake' || openedAt === null) return null;
    if (hasBegun(clientSide) || hasBegun(serverSide)) return null;
    const { kind, mark, values } = firstSound(record, watchedUntil(record, context));
    const silentMs = elapsedMs(openedAt, mark);
    const isSilent =
      kind === 'until-the-end' ? silentMs >= minimumLifeMs && silentMs > windowMs : silentMs >= silenceMs;
    if (!isSilent) return null;
    return {
      kind,
      severity: 'warning',
      message: fill(MESSAGES29[kind], { ...values, silence: since(openedAt, mark), packet: mark.packet }),
      advice:
        'Where the server was to greet, look at whether its open handler ran at all: a handshake handler of its own may keep the library from calling it. Where the client was, look for a first message that was sent before the socket was open.',
      packets: [openedAt.packet, kind === 'still-silent' ? record.last.packet : mark.packet],
      at: kind === 'still-silent' ? markOf(record.last) : mark,
      evidence: {
        silentMs,
        endedBy: kind === 'until-the-end' ? (firstEnd?.by ?? null) : null,
        how: kind === 'until-the-end' ? (firstEnd?.how ?? null) : null,
      },
    };
  },
};
function hasBegun({ firstFrame, unfinished }) {
  return firstFrame === null ? unfinished !== null : firstFrame.firstPacket !== firstFrame.packet;
}
function firstSound({ clientSide, serverSide, firstEnd }, watched) {
  const speaker = earlierOf(clientSide, serverSide);
  const frame2 = speaker.firstFrame;
  if (frame2 !== null && (firstEnd === null || frame2.packet <= firstEnd.mark.packet)) {
    return {
      kind: 'late-first-frame',
      mark: markOf(frame2),
      values: { frame: frameName(frame2.opcode), side: speaker.role },
    };
  }
  if (firstEnd === null) {
    return { kind: 'still-silent', mark: watched.mark, values: { until: watched.text } };
  }
  return {
    kind: 'until-the-end',
    mark: firstEnd.mark,
    values: { by: firstEnd.by, how: firstEnd.how.toUpperCase() },
  };
}
function earlierOf(client2, server2) {
  if (client2.firstFrame === null || server2.firstFrame === null) {
    return client2.firstFrame === null ? server2 : client2;
  }
  return client2.firstFrame.packet <= server2.firstFrame.packet ? client2 : server2;
}

// src/rules/slow-upgrade.ts
var OPTIONS12 = {
  thresholdMs: {
    default: 1e3,
    unit: 'ms',
    description: 'a 101 that comes later than this after its request counts as slow',
  },
};
var MESSAGES30 = {
  slow: 'The 101 came {waited} after the upgrade request for {target} ({packets}).',
};
var slowUpgrade = {
  id: 'slow-upgrade',
  title: 'The upgrade took long',
  severity: 'warning',
  spec: 'RFC 6455 \xA74.1; experience',
  requires: ['times', 'whole-heads', 'pairs'],
  options: OPTIONS12,
  messages: MESSAGES30,
  check(record, _context, { thresholdMs }) {
    const response = upgradeResponse(record);
    const request = record.upgrade?.request ?? null;
    if (response === null || request === null) return null;
    const waitedMs = elapsedMs(request, response);
    if (waitedMs <= thresholdMs) return null;
    const packets = [request.packet, response.packet];
    return {
      kind: 'slow',
      severity: 'warning',
      message: fill(MESSAGES30.slow, {
        waited: formatDuration(waitedMs),
        target: quoted(request.head.target),
        packets: packetList(packets),
      }),
      advice:
        'Look at what the server does before it accepts: a login, a database or a backend that it asks first, a full worker pool. With a proxy in between, capture behind it as well to see which of the two is slow.',
      packets,
      at: markOf(response),
      evidence: { waitedMs, thresholdMs, server: headerValue(response.head, 'server') },
    };
  },
};

// src/rules/subprotocol-unanswered.ts
var MESSAGES31 = {
  none: 'The client offered the subprotocol {offered}, and the 101 selects none ({packets}). Browsers fail such a connection; RFC 6455 does not.',
  empty:
    'The client offered the subprotocol {offered}, and the 101 answers with an empty Sec-WebSocket-Protocol ({packets}). Browsers fail such a connection.',
};
var subprotocolUnanswered = {
  id: 'subprotocol-unanswered',
  title: 'The server selected none of the offered subprotocols',
  severity: 'warning',
  spec: 'RFC 6455 \xA74.1, \xA74.2.2, \xA711.3.4; WHATWG WebSockets',
  requires: ['whole-heads', 'pairs'],
  options: {},
  messages: MESSAGES31,
  check(record) {
    const response = upgradeResponse(record);
    const request = record.upgrade?.request ?? null;
    if (response === null || request === null) return null;
    if (headerTokens(request.head, 'sec-websocket-protocol').length === 0) return null;
    if (headerTokens(response.head, 'sec-websocket-protocol').length > 0) return null;
    const offered = headerValue(request.head, 'sec-websocket-protocol');
    const answer = headerValue(response.head, 'sec-websocket-protocol');
    const kind = answer === null ? 'none' : 'empty';
    const packets = [request.packet, response.packet];
    return {
      kind,
      severity: 'warning',
      message: fill(MESSAGES31[kind], { offered: quoted(offered ?? ''), packets: packetList(packets) }),
      advice:
        'Look at which subprotocols the server knows under that path, at how it is told to select one, and for a proxy that drops the header.',
      packets,
      at: markOf(response),
      evidence: { offered, isHeaderEmpty: answer !== null },
    };
  },
};

// src/rules/unmasked-client-frame.ts
var MESSAGES32 = {
  unmasked: 'The client sent an unmasked {frame} {when}{more}{reaction}.',
};
var CASES10 = [
  {
    irregularity: 'masking',
    tell: () => ({
      kind: 'unmasked',
      advice:
        'A server must close the connection on such a frame, with code 1002 (RFC 6455 \xA75.1). Look at the WebSocket library of the client, and at what writes frames of its own in between: a proxy, a test tool, code that answers pings.',
    }),
  },
];
var unmaskedClientFrame = {
  id: 'unmasked-client-frame',
  title: 'The client sent a frame without a mask',
  severity: 'error',
  spec: 'RFC 6455 \xA75.1, \xA75.3',
  options: {},
  messages: MESSAGES32,
  requires: ['web-socket'],
  check: (record, context) =>
    frameFindings(record, context, MESSAGES32, CASES10).filter(({ evidence }) => evidence['by'] === 'client'),
};

// src/rules/upgrade-rejected.ts
var MESSAGES33 = {
  refused:
    'The server answered the upgrade request for {target} with {status}{after} ({packets}){refusal}.{server}',
  'refused-at-first':
    'The server answered the upgrade request for {target} with {status}{after} ({packets}){refusal}.{server}',
};
var upgradeRejected = {
  id: 'upgrade-rejected',
  title: 'The upgrade was refused',
  severity: 'warning',
  spec: 'RFC 6455 \xA74.2.2; RFC 9110 \xA715',
  requires: ['packets-of-client'],
  options: {},
  messages: MESSAGES33,
  check({ upgrade: upgrade2, refusedBefore }, { hasTimes }) {
    if (upgrade2 === null) return null;
    const { request, response } = upgrade2;
    if (request !== null && response !== null && response.head.status !== 101) {
      return { severity: 'warning', ...describe('refused', request, response, '', hasTimes) };
    }
    const before = refusedBefore.at(-1);
    if (before === void 0) return null;
    const later2 =
      response === null
        ? 'The client tried again on the same connection.'
        : `A later attempt on the same connection was answered ${response.head.status} (packet ${response.packet}).`;
    return {
      severity: 'info',
      ...describe('refused-at-first', before.request, before.response, later2, hasTimes),
    };
  },
};
function describe(kind, request, response, later2, hasTimes) {
  const { status, reason } = response.head;
  const { refusal, advice: advice3 } = classify(request.head, response.head);
  const isSaid = reason.toLowerCase() === refusal;
  const phrase = reason === '' ? '' : ` ${quoted(reason)}`;
  const server2 = headerValue(response.head, 'server');
  return {
    kind,
    message: fill(MESSAGES33[kind], {
      target: quoted(request.head.target),
      status: `${status}${phrase}`,
      after: hasTimes ? ` after ${since(request, response)}` : '',
      packets: packetList([request.packet, response.packet]),
      refusal: isSaid ? '' : `: ${refusal}`,
      server: server2 === null ? '' : ` It calls itself ${quoted(server2)}.`,
    }),
    advice: later2 === '' ? advice3 : later2,
    packets: [request.packet, response.packet],
    at: markOf(response),
    evidence: { status, reason, server: server2, location: headerValue(response.head, 'location') },
  };
}
function classify(request, response) {
  const { status } = response;
  if (!request.isCut && !headerTokens(request, 'upgrade').includes('websocket')) {
    return {
      refusal:
        'the request has a Sec-WebSocket-Key but no `Upgrade: websocket`, so to the server it is a plain one',
      advice: `A proxy in front dropped the header: tell it to speak HTTP/1.1 and to pass on Upgrade and Connection (${NGINX_UPGRADE}).`,
    };
  }
  if (status === 401 || status === 403 || status === 407) {
    return {
      refusal: status === 403 ? 'forbidden' : 'authentication required',
      advice:
        'Look at the cookie, token and Origin that the request carries; browsers send no other credentials.',
    };
  }
  if (status === 400) {
    return {
      refusal: 'bad request',
      advice: asksToClose(request)
        ? 'The request is HTTP/1.0 or asks to close: look at the proxy that sent it.'
        : 'Compare Upgrade, Connection, Sec-WebSocket-Key and Sec-WebSocket-Version of the request with RFC 6455 \xA74.1, and the path with the one that the server has: some (ws) answer 400 to any other.',
    };
  }
  if (status === 404 || status === 410) {
    return { refusal: 'no such path', advice: 'Compare path and Host with the route that the server has.' };
  }
  if (status === 426) {
    return {
      refusal: 'upgrade required',
      advice:
        'The server did not see an upgrade that it takes: look for a proxy that drops Upgrade and Connection, or at the version.',
    };
  }
  if (status >= 300 && status < 400) {
    const location = headerValue(response, 'location');
    const target2 = location === null ? '' : ` to ${quoted(location)}`;
    return {
      refusal: `redirected${target2}`,
      advice: 'Browsers do not follow redirects of a WebSocket: use the final URL.',
    };
  }
  if (status >= 200 && status < 300) {
    return {
      refusal: 'an ordinary page instead of an upgrade',
      advice:
        'The request reached something that serves plain HTTP: look at the routing, and for a proxy that drops Upgrade.',
    };
  }
  if (status >= 500) {
    return {
      refusal:
        status === 502 || status === 504 ? 'the proxy could not reach the server behind it' : 'server error',
      advice:
        'Look at the log of the server (or of the proxy) at that time, and at whether the backend runs.',
    };
  }
  return { refusal: 'refused', advice: "Look at the server's log at that time." };
}

// src/rules/upgrade-request-invalid.ts
var MESSAGES34 = {
  invalid:
    'The upgrade request for {target} (packet {packet}) is not what RFC 6455 \xA74.1 demands: {violations}.',
  'asks-to-close':
    'The upgrade request for {target} (packet {packet}) also asks the server to close the connection: Connection: {connection}.',
};
var KEY = /^[A-Za-z0-9+/]{22}==$/;
var upgradeRequestInvalid = {
  id: 'upgrade-request-invalid',
  title: 'The upgrade request is not valid',
  severity: 'warning',
  spec: 'RFC 6455 \xA74.1, \xA74.2.1; RFC 9112 \xA79.6',
  requires: ['whole-request', 'own-request'],
  options: {},
  messages: MESSAGES34,
  check({ upgrade: upgrade2 }) {
    const request = upgrade2?.request ?? null;
    if (request === null) return null;
    const { head } = request;
    const violations = violationsOf(head);
    if (violations.length === 0) return null;
    const isCloseAlone = violations.every(({ code }) => code === 'close');
    const kind = isCloseAlone ? 'asks-to-close' : 'invalid';
    const connection2 = headerValue(head, 'connection');
    return {
      kind,
      severity: 'warning',
      message: fill(MESSAGES34[kind], {
        target: quoted(head.target),
        packet: request.packet,
        violations: violations.map(({ clause }) => clause).join('; '),
        connection: quoted(connection2 ?? ''),
      }),
      advice: advice2(violations),
      packets: [request.packet],
      at: markOf(request),
      evidence: {
        violations: violations.map(({ code }) => code).join(' '),
        method: head.method,
        httpVersion: head.version,
        host: headerValue(head, 'host'),
        upgrade: headerValue(head, 'upgrade'),
        connection: connection2,
        version: headerValue(head, 'sec-websocket-version'),
        key: headerValue(head, 'sec-websocket-key'),
        status: upgrade2?.response?.head.status ?? null,
      },
    };
  },
};
function violationsOf(head) {
  const violations = [];
  const say = (code, clause, isProxys = false) => violations.push({ code, clause, isProxys });
  const listed3 = (name) => quoted(headerValue(head, name) ?? '');
  if (head.method !== 'GET') say('method', `its method is ${quoted(head.method)}, not GET`);
  if (head.version < '1.1') say('http-version', `it is HTTP/${head.version}, which has no upgrade`, true);
  const hosts = headerValues(head, 'host').length;
  if (hosts !== 1) say('host', hosts === 0 ? 'it has no Host' : `it has ${hosts} Host headers`);
  if (!headerTokens(head, 'upgrade').includes('websocket')) {
    const value = headerValue(head, 'upgrade');
    const clause =
      value === null ? 'it has no Upgrade header' : `its Upgrade (${quoted(value)}) does not name websocket`;
    say('upgrade', clause, true);
  }
  const connection2 = headerTokens(head, 'connection');
  if (!connection2.includes('upgrade')) {
    const clause =
      connection2.length === 0
        ? 'it has no Connection header'
        : `its Connection (${listed3('connection')}) does not name Upgrade`;
    say('connection', clause, true);
  }
  if (connection2.includes('close')) {
    const value = connection2.includes('upgrade') ? ` (${listed3('connection')})` : '';
    say('close', `its Connection${value} asks the server to close`, true);
  }
  const versions = headerValues(head, 'sec-websocket-version');
  if (versions.length === 0) say('version', 'it has no Sec-WebSocket-Version');
  else if (versions.length > 1 || versions[0] !== '13') {
    say('version', `its Sec-WebSocket-Version is ${listed3('sec-websocket-version')} instead of 13`);
  }
  const keys = headerValues(head, 'sec-websocket-key');
  if (keys.length === 0) say('key', 'it has no Sec-WebSocket-Key');
  else if (keys.length > 1) say('key', `it has ${keys.length} Sec-WebSocket-Keys`);
  else if (!KEY.test(keys[0]))
    say('key', `its Sec-WebSocket-Key (${quoted(keys[0])}) is not 16 bytes in base64`);
  return violations;
}
function advice2(violations) {
  if (!violations.some(({ isProxys }) => isProxys)) {
    return 'Look at the code of the client, and for something in between that rewrites headers: many servers refuse such a request.';
  }
  const close = violations.some(({ code }) => code === 'close')
    ? 'A server that honours the close answers 101 and then hangs up. '
    : '';
  return `${close}Look for a proxy in between that was not told to speak HTTP/1.1 and to pass on Upgrade and Connection (${NGINX_UPGRADE}).`;
}

// src/rules/upgrade-response-invalid.ts
var MESSAGES35 = {
  invalid: 'The 101 ({packets}) is not valid: {violations}.',
};
var upgradeResponseInvalid = {
  id: 'upgrade-response-invalid',
  title: 'The 101 is not valid',
  severity: 'error',
  spec: 'RFC 6455 \xA74.1, \xA74.2.2; RFC 7692 \xA77.1; RFC 9110 \xA78.6; RFC 9112 \xA76.1',
  requires: ['whole-response'],
  options: {},
  messages: MESSAGES35,
  check({ upgrade: upgrade2, clientSide }) {
    const response = upgrade2?.response ?? null;
    if (upgrade2 === null || response?.head.status !== 101) return null;
    const { head } = response;
    const request = answeredRequest(upgrade2, clientSide.gapBytes);
    const offers = request === null ? [] : offerViolations(request, head);
    const violations = [...headViolations(head), ...offers];
    if (violations.length === 0) return null;
    const packets =
      offers.length > 0 && upgrade2.request !== null
        ? [upgrade2.request.packet, response.packet]
        : [response.packet];
    return {
      kind: 'invalid',
      severity: 'error',
      message: fill(MESSAGES35.invalid, {
        packets: packetList(packets),
        violations: listed(violations),
      }),
      advice: ADVICE2[violations[0].code],
      packets,
      at: markOf(response),
      evidence: {
        violations: [...new Set(violations.map(({ code }) => code))].join(' '),
        upgrade: headerValue(head, 'upgrade'),
        connection: headerValue(head, 'connection'),
        contentLength: headerValue(head, 'content-length'),
        transferEncoding: headerValue(head, 'transfer-encoding'),
        subprotocol: headerValue(head, 'sec-websocket-protocol'),
        extensions: headerValue(head, 'sec-websocket-extensions'),
        server: headerValue(head, 'server'),
      },
    };
  },
};
var MAX_CLAUSES = 8;
function listed(violations) {
  const clauses = violations.slice(0, MAX_CLAUSES).map(({ clause }) => clause);
  const more = violations.length - clauses.length;
  return [...clauses, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
function answeredRequest({ request, accept }, clientGapBytes) {
  if (request === null || request.head.isCut) return null;
  return accept === 'valid' || clientGapBytes === 0 ? request.head : null;
}
function headViolations(head) {
  const violations = [];
  const upgrade2 = headerValue(head, 'upgrade');
  const connection2 = headerValue(head, 'connection');
  if (upgrade2 === null) violations.push({ code: 'upgrade', clause: 'it has no Upgrade header' });
  else if (!headerTokens(head, 'upgrade').includes('websocket')) {
    violations.push({ code: 'upgrade', clause: `its Upgrade is ${quoted(upgrade2)}, not websocket` });
  }
  if (connection2 === null) violations.push({ code: 'connection', clause: 'it has no Connection header' });
  else if (!headerTokens(head, 'connection').includes('upgrade')) {
    const clause = `its Connection (${quoted(connection2)}) does not name Upgrade`;
    violations.push({ code: 'connection', clause });
  }
  for (const name of ['Content-Length', 'Transfer-Encoding']) {
    const value = headerValue(head, name.toLowerCase());
    if (value !== null) violations.push({ code: 'body', clause: `it carries ${name}: ${quoted(value)}` });
  }
  const accepts = headerValues(head, 'sec-websocket-accept').length;
  if (accepts > 1)
    violations.push({ code: 'accept', clause: `it has ${accepts} Sec-WebSocket-Accept headers` });
  return violations;
}
function offerViolations(request, response) {
  const extensions = extensionClauses(extensionsOf2(request), extensionsOf2(response));
  return [
    ...subprotocolClauses(request, response).map((clause) => ({ code: 'subprotocol', clause })),
    ...extensions.map((clause) => ({ code: 'extension', clause })),
  ];
}
function subprotocolClauses(request, response) {
  if (!response.names.includes('sec-websocket-protocol')) return [];
  const offered = subprotocols(request);
  const selected = subprotocols(response);
  if (selected.length > 1)
    return [`it selects ${selected.length} subprotocols (${quoted(selected.join(', '))})`];
  const [only] = selected;
  if (only === void 0) {
    return offered.length === 0 ? ['its Sec-WebSocket-Protocol is empty, and none was offered'] : [];
  }
  if (offered.includes(only)) return [];
  const offer = offered.length === 0 ? 'none was' : `only ${quoted(offered.join(', '))} was`;
  return [`it selects the subprotocol ${quoted(only)}, where ${offer} offered`];
}
function subprotocols(head) {
  return headerValues(head, 'sec-websocket-protocol')
    .flatMap((value) => value.split(','))
    .map((member) => member.trim())
    .filter((member) => member !== '');
}
function extensionsOf2(head) {
  return parseExtensions(headerValue(head, 'sec-websocket-extensions') ?? '');
}
function extensionClauses(offered, agreed) {
  if (agreed.length === 0) return [];
  const offersOf = groupBy(offered, ({ name }) => name);
  const byName = new Map(agreed.toReversed().map((extension) => [extension.name, extension]));
  const first = agreed.filter((extension) => byName.get(extension.name) === extension);
  return first.flatMap((extension) => {
    const offers = offersOf.get(extension.name) ?? [];
    if (offers.length === 0)
      return [`it agrees to the extension ${quoted(extension.name)}, which was not offered`];
    return extension.name === PERMESSAGE_DEFLATE ? deflateClauses(offers, extension) : [];
  });
}
var DEFLATE_PARAMETERS = [
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
];
function deflateClauses(offers, { parameters }) {
  const clauses = [];
  for (const name of parameters.keys()) {
    if (!DEFLATE_PARAMETERS.includes(name)) {
      clauses.push(`its permessage-deflate has a parameter ${quoted(name)}, which there is not`);
    }
  }
  if (
    parameters.has('client_max_window_bits') &&
    !offers.some((offer) => offer.parameters.has('client_max_window_bits'))
  ) {
    clauses.push('its permessage-deflate has client_max_window_bits, which the client did not offer');
  }
  for (const name of ['server_max_window_bits', 'client_max_window_bits']) {
    const value = parameters.get(name);
    if (value === void 0 || (value !== null && /^(?:[89]|1[0-5])$/.test(value))) continue;
    const shown = value === null ? 'without a value' : `of ${quoted(value)}`;
    clauses.push(`its permessage-deflate has a ${name} ${shown}, not of 8 to 15`);
  }
  return [...clauses, ...unmetDemands(offers, parameters)];
}
function unmetDemands(offers, agreed) {
  const clauses = [];
  for (const name of ['server_no_context_takeover', 'server_max_window_bits']) {
    if (!agreed.has(name) && offers.every((offer) => offer.parameters.has(name))) {
      clauses.push(`its permessage-deflate lacks ${name}, which the client demanded`);
    }
  }
  const bits = Number(agreed.get('server_max_window_bits') ?? 0);
  const isTooWide = (offer) => bits > Number(offer.parameters.get('server_max_window_bits') ?? Infinity);
  if (offers.every(isTooWide)) {
    clauses.push(`its permessage-deflate has server_max_window_bits=${bits}, more than the client allowed`);
  }
  return clauses;
}
var PROXY =
  'Look for a proxy that strips these headers, and at code that writes the 101 by hand; browsers refuse such a 101.';
var ADVICE2 = {
  upgrade: PROXY,
  connection: PROXY,
  body: 'A 101 has no body: some clients drop it, or take the first frames for one. Look at the framework or proxy that writes it with the code for ordinary responses.',
  accept:
    'Two layers of the server, or a proxy and the server, each add one: only one may answer the upgrade.',
  subprotocol:
    "Browsers refuse it. Look for a subprotocol that is fixed in the server's code, or a proxy that drops or renames the client's offer.",
  extension:
    "Browsers refuse it. Look at the server's compression settings, or for a proxy that drops or rewrites the client's offer.",
};

// src/rules/upgrade-unanswered.ts
var OPTIONS13 = {
  silenceMs: {
    default: 5e3,
    unit: 'ms',
    description:
      'a server that says nothing for so long counts as silent, even where the connection is still open',
  },
};
var MESSAGES36 = {
  ended:
    'The upgrade request for {target} (packet {request}) was never answered: {bytes}, and the {by} ended the connection with {how}{later} (packet {packet}).',
  silent:
    'The upgrade request for {target} (packet {request}) was never answered: {bytes}, and nothing had happened{later}, at {until}.',
};
var upgradeUnanswered = {
  id: 'upgrade-unanswered',
  title: 'The upgrade request was never answered',
  severity: 'error',
  spec: 'RFC 6455 \xA74.1, \xA74.2.2',
  requires: ['both-directions', 'bytes-of-server', 'pairs', 'packets-of-client', 'first-end'],
  options: OPTIONS13,
  messages: MESSAGES36,
  check(record, context, { silenceMs }) {
    const { hasTimes } = context;
    const { upgrade: upgrade2, firstEnd, last, serverSide } = record;
    const request = upgrade2?.request ?? null;
    if (upgrade2 === null || request === null || upgrade2.response !== null) return null;
    const watched = watchedUntil(record, context);
    const end = firstEnd?.mark ?? watched.mark;
    const waitedMs = elapsedMs(request, end);
    if (firstEnd === null && waitedMs < silenceMs) return null;
    const packets = [.../* @__PURE__ */ new Set([request.packet, firstEnd?.mark.packet ?? last.packet])];
    const bytes2 =
      serverSide.streamBytes === 0 ? 'not one byte came back' : 'what came back holds no answer to it';
    const kind = firstEnd === null ? 'silent' : 'ended';
    return {
      kind,
      severity: 'error',
      message: fill(MESSAGES36[kind], {
        target: quoted(request.head.target),
        request: request.packet,
        bytes: bytes2,
        by: firstEnd?.by ?? '',
        how: firstEnd?.how.toUpperCase() ?? '',
        later: hasTimes ? ` ${formatDuration(waitedMs)} later` : '',
        packet: end.packet,
        until: watched.text,
      }),
      advice:
        firstEnd?.by === 'server'
          ? "Look at the server's log at that time: it took the request and hung up, as a handler that throws does, or a port that speaks something else."
          : 'Look at whether the server (or the proxy) got as far as its handler: a worker that hangs, a backend that does not accept.',
      packets,
      at: firstEnd?.mark ?? markOf(last),
      evidence: {
        waitedMs: hasTimes ? waitedMs : null,
        endedBy: firstEnd?.by ?? null,
        how: firstEnd?.how ?? null,
      },
    };
  },
};

// src/rules/zero-window.ts
var MESSAGES37 = {
  reopened:
    'The {side} advertised a receive window of 0 for {shut} ({packets}){more}: it did not read what the {other} sent, which had to wait.',
  'not-reopened':
    'The {side} advertised a receive window of 0 for {shut} and did not open it again in the capture ({packets}){more}: it did not read what the {other} sent, which had to wait.',
};
var OPTIONS14 = {
  thresholdMs: {
    default: 1e3,
    unit: 'ms',
    description: 'a receive window that stays at 0 for longer than this is told',
  },
};
var zeroWindow = {
  id: 'zero-window',
  title: 'A receiver did not read, and its window stayed shut',
  severity: 'warning',
  spec: 'RFC 9293 \xA73.8.6.1',
  options: OPTIONS14,
  messages: MESSAGES37,
  requires: ['both-directions', 'every-packet', 'times'],
  check: (record, _context, { thresholdMs }) =>
    eachSide(record, (side, other) => notReading(side, other, thresholdMs)),
};
function notReading(side, other, thresholdMs) {
  const { zeroWindow: shut } = side.trouble;
  if (shut === null || shut.longestMs <= thresholdMs) return null;
  const { count: count2, longestMs, from, until, isReopened } = shut;
  const kind = isReopened ? 'reopened' : 'not-reopened';
  return {
    kind,
    severity: 'warning',
    message: fill(MESSAGES37[kind], {
      side: side.role,
      other: other.role,
      shut: formatDuration(longestMs),
      packets: packetList([from.packet, until.packet]),
      more: count2 === 1 ? '' : `, the longest of ${count2} times`,
    }),
    advice:
      side.role === 'server'
        ? 'Look at what kept the server from reading: a handler that blocks the event loop, a queue that is full, a slow call to another service for each message.'
        : 'Look at what kept the client from reading: a tab in the background, a loop that blocks, a slow consumer. The server keeps what it can not send in memory: look at its send queue as well.',
    packets: [from.packet, until.packet],
    at: from,
    evidence: { by: side.role, longestMs, count: count2, isReopened },
  };
}

// src/rules/index.ts
var RULES = [
  connectionRefused,
  closedBeforeRequest,
  upgradeRequestInvalid,
  upgradeUnanswered,
  upgradeRejected,
  upgradeResponseInvalid,
  acceptMismatch,
  subprotocolUnanswered,
  slowUpgrade,
  dataBeforeUpgrade,
  coalescedFirstFrame,
  unmaskedClientFrame,
  maskedServerFrame,
  reservedBits,
  reservedOpcode,
  controlFrameInvalid,
  lengthInvalid,
  fragmentationInvalid,
  deflateError,
  invalidUtf8,
  closeFrameInvalid,
  dataAfterClose,
  messageUnfinished,
  handshakeClose,
  clientHandshakeClose,
  errorCloseCode,
  closeUnanswered,
  closeLingering,
  abnormalClosure,
  silentAfterUpgrade,
  pongMissing,
  idleTimeout,
  halfOpen,
  zeroWindow,
  retransmissions,
];
var CAPTURE_RULES = [reconnectLoop, massDisconnect, fixedLifetime];
var ALL_RULES = [...RULES, ...CAPTURE_RULES];

// src/rules/requirements.ts
var REQUIREMENTS = {
  'both-directions': ({ clientSide, serverSide }) => {
    if (!clientSide.isCaptured) return 'no packet from the client was captured';
    return serverSide.isCaptured ? null : 'no packet from the server was captured';
  },
  'frames-of-ending-side': ({ firstEnd, clientSide, serverSide, opening }) => {
    const side = firstEnd?.by === 'client' ? clientSide : serverSide;
    if (side.isFramingLost) {
      return `${side.gapBytes} bytes from the ${side.role} are not in the capture, and a Close may be among them`;
    }
    return opening === 'inferred' && side.frameCount === side.frames.pong
      ? `what the ${side.role} sent before the first frame is not in the capture, and a Close may be among it`
      : null;
  },
  'frames-of-both-sides': ({ clientSide, serverSide }) => {
    const lost = [clientSide, serverSide].find(({ isFramingLost }) => isFramingLost);
    return lost === void 0
      ? null
      : `${lost.gapBytes} bytes from the ${lost.role} are not in the capture, and where its frames begin after that is not known`;
  },
  'every-packet': ({ clientSide, serverSide }) => {
    const side = [clientSide, serverSide].find(({ gapBytes, cutBytes }) => gapBytes > cutBytes);
    return side === void 0
      ? null
      : `packets with ${side.gapBytes - side.cutBytes} bytes from the ${side.role} are not in the capture`;
  },
  'first-end': ({ firstEnd, clientSide, serverSide }) => {
    if (firstEnd === null) {
      const side = [clientSide, serverSide].find(({ hasUnseenEnd }) => hasUnseenEnd);
      return side === void 0
        ? null
        : `what the ${side.role} sent last is not in the capture, and may be a FIN`;
    }
    if (!firstEnd.followsUnseen) return null;
    const other = firstEnd.by === 'client' ? 'server' : 'client';
    return `what the ${other} had sent before that ${firstEnd.how.toUpperCase()} is not in the capture, and may be a FIN of its own`;
  },
  'bytes-of-server': ({ serverSide: { gapBytes, segments, syn }, upgrade: upgrade2 }) => {
    if (gapBytes > 0) {
      return `${gapBytes} bytes from the server are not in the capture, and an answer may be among them`;
    }
    const isFromStart = syn !== null && syn.packet < (upgrade2?.request?.packet ?? Infinity);
    return isFromStart || segments === 0
      ? null
      : "the capture lacks the server's SYN, and an answer may stand in its bytes where nothing tells the beginning";
  },
  'packets-of-client': ({ clientSide: { gapBytes, cutBytes } }) =>
    gapBytes > cutBytes
      ? `${gapBytes - cutBytes} bytes from the client are not in the capture: it may have had another answer, and gone on`
      : null,
  'own-request': ({ upgrade: upgrade2, clientSide: { gapBytes } }) => {
    const request = upgrade2?.request ?? null;
    return gapBytes === 0 || request === null || isUpgradeRequest(request.head)
      ? null
      : `${gapBytes} bytes from the client are not in the capture, and the request that was answered may be among them`;
  },
  'web-socket': ({ upgrade: upgrade2, opening }) => {
    const { request = null, response = null } = upgrade2 ?? {};
    const isNamed =
      (request !== null && isUpgradeRequest(request.head)) ||
      (response !== null &&
        (headerTokens(response.head, 'upgrade').includes('websocket') ||
          headerValue(response.head, 'sec-websocket-accept') !== null));
    return opening === 'inferred' || isNamed || response?.head.isCut !== true
      ? null
      : 'the capture cut the heads of the opening handshake short, and the 101 may be one to another protocol';
  },
  pairs: ({ clientSide, serverSide }) =>
    clientSide.gapBytes > 0 && serverSide.streamBytes > 0
      ? `${clientSide.gapBytes} bytes from the client are not in the capture, and an answer may belong to a request among them, or to this one`
      : null,
  'whole-heads': ({ upgrade: upgrade2 }) =>
    upgrade2?.request?.head.isCut === true || upgrade2?.response?.head.isCut === true
      ? 'the capture cut the heads of the opening handshake short'
      : null,
  'whole-request': ({ upgrade: upgrade2 }) =>
    upgrade2?.request?.head.isCut === true ? 'the capture cut the head of the request short' : null,
  'whole-response': ({ upgrade: upgrade2 }) =>
    upgrade2?.response?.head.isCut === true ? 'the capture cut the head of the response short' : null,
  times: (record, { hasTimes, windowMs }) => {
    if (!hasTimes) return 'packets of this capture carry no time';
    return wasClockSetBack(record, windowMs)
      ? `the clock was set back between ${openingOf2(record)} and the end`
      : null;
  },
};
function wasClockSetBack(record, windowMs) {
  const { openedAt, firstEnd, serverSide } = record;
  const ends2 = [firstEnd?.mark ?? null, serverSide.fin, serverSide.rst];
  return (
    openedAt !== null &&
    ends2.some(
      (end) => end !== null && end.packet > openedAt.packet && millisecondsBetween(end, openedAt) > windowMs,
    )
  );
}
function unmetRequirement(ids, record, context) {
  for (const id of ids) {
    const reason = REQUIREMENTS[id](record, context);
    if (reason !== null) return reason;
  }
  return null;
}

// src/rules/engine.ts
var RULES_BY_ID = new Map(RULES.map((rule) => [rule.id, rule]));
var MAX_FINDINGS2 = 4;
function saysMoreThanAbnormalClosure({ rule, severity }) {
  return (rule === 'handshake-close' && severity === 'error') || rule === 'client-handshake-close';
}
var RuleEngine = class {
  #context;
  #settings;
  #rules;
  constructor(context, settings = {}) {
    this.#context = context;
    this.#settings = settings;
    this.#rules = RULES.map((rule) => ({ rule, options: optionValues(rule, settings) }));
  }
  /** What the rules over one connection say of it. */
  judge(record) {
    const anomalies = [];
    const withheld = [];
    const omitted = [];
    for (const { rule, options } of this.#rules) {
      const found = rule.check(record, this.#context, options);
      if (found === null) continue;
      const findings = listOf(found);
      if (findings.length === 0) continue;
      const reason = unmetRequirement(rule.requires, record, this.#context);
      if (reason !== null) {
        withheld.push({ rule: rule.id, reason });
        continue;
      }
      for (const finding2 of findings.slice(0, MAX_FINDINGS2)) anomalies.push({ rule: rule.id, ...finding2 });
      const count2 = findings.length - MAX_FINDINGS2;
      if (count2 > 0) omitted.push({ rule: rule.id, count: count2 });
    }
    const isCovered = anomalies.length > 0 && anomalies.some(saysMoreThanAbnormalClosure);
    return {
      anomalies: isCovered ? anomalies.filter(({ rule }) => rule !== 'abnormal-closure') : anomalies,
      withheld: isCovered ? withheld.filter(({ rule }) => rule !== 'abnormal-closure') : withheld,
      omitted,
    };
  }
  /** What the rules over the whole capture say, at the severities that the user set. */
  judgeCapture(connections) {
    return CAPTURE_RULES.filter(({ id }) => !isOff(id, this.#settings)).flatMap((rule) =>
      rule.checkCapture(connections, this.#context, optionValues(rule, this.#settings)).map((finding2) => ({
        rule: rule.id,
        ...finding2,
        severity: severityOf(rule, finding2.severity, this.#settings),
      })),
    );
  }
  /**
   * A judgement as the user wants to see it: without the rules that are off, at the severities that were set. Apart
   * from {@link judge}, for verdicts and rules over the capture rest on what is true, not on what is shown.
   */
  present(judgement) {
    const isShown = ({ rule }) => !isOff(rule, this.#settings);
    return {
      anomalies: judgement.anomalies.filter(isShown).map((anomaly) => ({
        ...anomaly,
        severity: severityOf(RULES_BY_ID.get(anomaly.rule), anomaly.severity, this.#settings),
      })),
      withheld: judgement.withheld.filter(isShown),
      omitted: judgement.omitted.filter(isShown),
    };
  }
};
function listOf(found) {
  return isList(found) ? found : [found];
}
function isList(found) {
  return Array.isArray(found);
}

// src/rules/leg-origin.ts
function describeOrigin(legs) {
  const earliest = legs.reduce((first, leg) => (leg.end.packet < first.end.packet ? leg : first));
  const node = legs.indexOf(earliest) + (earliest.by === 'server' ? 1 : 0);
  if (node === legs.length) return beganAtBackend(earliest, legs);
  if (node === 0) return beganAtClient(earliest, legs);
  const [front, back] = [legs[node - 1], legs[node]];
  if (front.by !== 'server' || back.by !== 'client') return /* @__PURE__ */ new Map();
  return new Map([
    ...passedToClient(front, legs.slice(0, node - 1)),
    [front, beganAtProxy('server', `connection ${back.id}, its leg to the backend`, back)],
    [back, beganAtProxy('client', `connection ${front.id}, its leg to the client`, front)],
    ...passedToBackend(back, legs.slice(node + 1)),
  ]);
}
function beganAtBackend(origin, legs) {
  const others = passedToClient(origin, legs.slice(0, -1));
  const { address, port } = origin.record.server;
  return withOrigin(origin, others, 'before', `${address} port ${port}`);
}
function beganAtClient(origin, legs) {
  const others = passedToBackend(origin, legs.slice(1));
  return withOrigin(origin, others, 'behind', `the client ${origin.record.client.address}`);
}
function withOrigin(origin, others, side, where) {
  if (others.size === 0) return others;
  const ids = [...others.keys()].map(({ id }) => id).join(' and ');
  const same = others.size === 1 ? `Connection ${ids} is` : `Connections ${ids} are`;
  const message = `${same} the same WebSocket seen ${side} a proxy: the close began here, at ${where}.`;
  return new Map([
    ...others,
    [origin, { message, advice: null, originConnection: origin.id, endedByProxy: false }],
  ]);
}
function passedToClient(origin, inFront) {
  const backend = `its leg to the backend, the backend had closed`;
  return passedOn(origin, inFront.toReversed(), 'server', backend);
}
function passedToBackend(origin, behind) {
  return passedOn(origin, behind, 'client', 'its leg to the client, the client had closed');
}
function passedOn(origin, legs, by, event) {
  const passed = /* @__PURE__ */ new Map();
  for (const leg of legs) {
    if (leg.by !== by) break;
    const lagMs = elapsedMs(origin.end, leg.end);
    const before = lagMs === 0 ? 'before' : `${formatDuration(lagMs)} before`;
    passed.set(leg, {
      message: `It did not begin here: this ${by} is a proxy, and on connection ${origin.id}, ${event} ${before} (packet ${origin.end.packet}).`,
      advice: `Look at connection ${origin.id}.`,
      originConnection: origin.id,
      endedByProxy: false,
    });
  }
  return passed;
}
function beganAtProxy(role, otherLeg, other) {
  const how = other.how === 'close' ? 'a Close' : other.how.toUpperCase();
  return {
    message: `This ${role} is a proxy, and the proxy closed both legs: this one, and ${otherLeg}, with ${how} in packet ${other.end.packet}.`,
    advice:
      'Look at the timeouts of that proxy, and at its log at that time: neither the client nor the backend had closed.',
    originConnection: null,
    endedByProxy: true,
  };
}

// src/rules/proxy-legs.ts
var MAX_LEGS = 8;
var ABOUT_END = ['handshake-close', 'client-handshake-close', 'abnormal-closure', 'idle-timeout'];
function hasOriginToName(anomalies) {
  return anomalies.some(isAboutEnd);
}
function legKey(record) {
  const response = upgradeResponse(record);
  return response === null ? null : headerValue(response.head, 'sec-websocket-accept');
}
function nameOrigins(connections) {
  const replaced = /* @__PURE__ */ new Map();
  const anomaliesOf = new Map(connections.map(({ record, anomalies }) => [record.id, anomalies]));
  for (const legs of legsByAccept(connections).values()) {
    const ordered = frontToBack(legs);
    if (ordered === null) continue;
    for (const [{ id }, origin] of describeOrigin(ordered)) {
      const anomalies = anomaliesOf.get(id) ?? [];
      replaced.set(
        id,
        anomalies.map((anomaly) => (isAboutEnd(anomaly) ? withOrigin2(anomaly, origin) : anomaly)),
      );
    }
  }
  return replaced;
}
function isAboutEnd({ rule, severity }) {
  return ABOUT_END.includes(rule) && severity !== 'info';
}
function withOrigin2(anomaly, { message, advice: advice3, originConnection, endedByProxy }) {
  const keepsAdvice = advice3 === null || (endedByProxy && anomaly.rule === 'idle-timeout');
  return {
    ...anomaly,
    message: `${anomaly.message} ${message}`,
    advice: keepsAdvice ? anomaly.advice : advice3,
    evidence: { ...anomaly.evidence, originConnection, endedByProxy },
  };
}
function legsByAccept(connections) {
  const groups = /* @__PURE__ */ new Map();
  for (const { record, anomalies } of connections) {
    const leg = anomalies.some(isAboutEnd) ? legOf(record) : null;
    if (leg === null) continue;
    const accept = legKey(record);
    if (accept === null) continue;
    const legs = groups.get(accept);
    if (legs === void 0) groups.set(accept, [leg]);
    else if (legs.length < MAX_LEGS && legs.every((other) => isOtherLeg(other.record, record)))
      legs.push(leg);
  }
  return groups;
}
function legOf(record) {
  const response = upgradeResponse(record);
  const end = endingOf(record) ?? (record.firstEnd?.followsUnseen === false ? record.firstEnd : null);
  if (response === null || end === null) return null;
  return { id: record.id, record, response, by: end.by, how: end.how, end: end.mark };
}
function isOtherLeg(a, b) {
  return (
    a.first.packet <= b.last.packet &&
    b.first.packet <= a.last.packet &&
    (a.server.address !== b.server.address || a.server.port !== b.server.port)
  );
}
function frontToBack(legs) {
  const ordered = legs.toSorted((a, b) => b.response.packet - a.response.packet);
  const isNested = ordered.every((leg, index) => index === 0 || isInside(leg, ordered[index - 1]));
  return ordered.length > 1 && isNested ? ordered : null;
}
function isInside(inner, outer) {
  const [innerRequest, outerRequest] = [inner.record.upgrade?.request, outer.record.upgrade?.request];
  const isAskedLater = !innerRequest || !outerRequest || innerRequest.packet > outerRequest.packet;
  return isAskedLater && inner.response.packet < outer.response.packet;
}

// src/rules/leg-window.ts
var MAX_KEPT = 2e3;
var LegWindow = class {
  #release;
  #bound;
  /** In order of arrival; the key of one that can't be a leg is its own. */
  #kept = /* @__PURE__ */ new Map();
  #count = 0;
  /** @param release gets each connection once, with its anomalies as they are now */
  constructor(release, bound = MAX_KEPT) {
    this.#release = release;
    this.#bound = bound;
  }
  add(connection2) {
    const { record } = connection2;
    const key2 = legKey(record) ?? `connection ${record.id}`;
    const group = this.#kept.get(key2);
    if (group === void 0) this.#kept.set(key2, [connection2]);
    else group.push(connection2);
    this.#count++;
    if (this.#count <= this.#bound) return;
    const [oldest] = this.#kept;
    this.#kept.delete(oldest[0]);
    this.#count -= oldest[1].length;
    this.#letGo(oldest[1]);
  }
  /** Nothing more will come. */
  flush() {
    const rest = [...this.#kept.values()].flat();
    this.#kept = /* @__PURE__ */ new Map();
    this.#count = 0;
    this.#letGo(rest.sort((a, b) => a.record.id - b.record.id));
  }
  #letGo(connections) {
    const named = nameOrigins(connections);
    for (const connection2 of connections) {
      this.#release(connection2, named.get(connection2.record.id) ?? connection2.anomalies);
    }
  }
};

// src/rules/trace-store.ts
var ROWS_A_BLOCK = 4096;
var ID = 0;
var CLIENT = 1;
var SERVER = 2;
var PORT_AND_FLAGS = 3;
var HOST = 4;
var PATH = 5;
var CAUSE_AND_CODE = 6;
var FIRST = 7;
var LAST = 10;
var OPENED = 13;
var REQUEST = 16;
var ANSWER_OR_DATA = 19;
var END = 22;
var COLUMNS2 = 25;
var HAS_RESPONSE = 1 << 16;
var IS_REFUSED = 1 << 17;
var HAS_GAPS = 1 << 18;
var WAS_IDLE = 1 << 19;
var HAS_ENDING = 1 << 20;
var ENDED_BY_SERVER = 1 << 21;
var FIRST_END_BY_SERVER = 1 << 22;
var HAS_FIRST_END = 1 << 23;
var HOW_SHIFT = 24;
var HOWS = ['close', 'fin', 'rst'];
var MAX_TEXT = 1024;
var NO_TEXT = 0;
var MAX_TEXTS = 1 << 20;
var CODE_SHIFT2 = 8;
var CAUSE_MASK = 255;
var TraceStore = class {
  #blocks = [];
  #texts = [null];
  #textNumbers = /* @__PURE__ */ new Map();
  /** Rule ids. */
  #causes = [null];
  #count = 0;
  /** Seconds of the first trace: rows hold the difference, which fits into 32 bits whatever the year. */
  #startSeconds = 0;
  get size() {
    return this.#count;
  }
  add(trace) {
    if (this.#count === 0) this.#startSeconds = trace.first.seconds;
    const number2 = this.#count++;
    const at2 = (number2 % ROWS_A_BLOCK) * COLUMNS2;
    if (at2 === 0) this.#blocks.push(new Int32Array(ROWS_A_BLOCK * COLUMNS2));
    const row2 = this.#blocks.at(-1);
    const { server: server2, request, refusal, ending } = trace;
    const isKept = request !== null && this.#texts.length < MAX_TEXTS;
    row2[at2 + ID] = trace.id;
    row2[at2 + CLIENT] = this.#number(trace.clientAddress);
    row2[at2 + SERVER] = this.#number(server2.address);
    row2[at2 + PORT_AND_FLAGS] = server2.port | flagsOf(trace);
    row2[at2 + HOST] = isKept ? this.#number(request.host) : NO_TEXT;
    row2[at2 + PATH] = isKept ? this.#number(request.path) : NO_TEXT;
    row2[at2 + CAUSE_AND_CODE] =
      this.#causeNumber(trace.cause) | (((ending?.closeCode ?? -1) + 1) << CODE_SHIFT2);
    this.#write(row2, at2 + FIRST, trace.first);
    this.#write(row2, at2 + LAST, trace.last);
    this.#write(row2, at2 + OPENED, trace.openedAt);
    this.#write(row2, at2 + REQUEST, isKept ? request : null);
    this.#write(row2, at2 + ANSWER_OR_DATA, refusal ?? trace.lastData);
    this.#write(row2, at2 + END, trace.end);
  }
  /** A trace is made when it is read, and so is each of its marks: keep one only where it is needed. */
  [Symbol.iterator]() {
    return this.#sortedBy(ID);
  }
  byRequest() {
    return this.#sortedBy(REQUEST);
  }
  *#sortedBy(column) {
    const keys = new Float64Array(this.#count);
    for (let number2 = 0; number2 < this.#count; number2++) {
      const block = this.#blocks[Math.floor(number2 / ROWS_A_BLOCK)];
      const value = block[(number2 % ROWS_A_BLOCK) * COLUMNS2 + column] >>> 0;
      keys[number2] = value * this.#count + number2;
    }
    keys.sort();
    for (const key2 of keys) {
      const number2 = key2 % this.#count;
      const block = this.#blocks[Math.floor(number2 / ROWS_A_BLOCK)];
      const at2 = (number2 % ROWS_A_BLOCK) * COLUMNS2;
      yield new PackedTrace(block, at2, this.#startSeconds, this.#texts, this.#causes);
    }
  }
  #write(row2, at2, mark) {
    if (mark === null) return;
    row2[at2] = mark.packet;
    row2[at2 + 1] = mark.seconds - this.#startSeconds;
    row2[at2 + 2] = mark.nanoseconds;
  }
  #causeNumber(cause) {
    const known = this.#causes.indexOf(cause);
    return known === -1 ? this.#causes.push(cause) - 1 : known;
  }
  #number(text2) {
    if (text2 === null) return NO_TEXT;
    const kept = text2.length > MAX_TEXT ? text2.slice(0, MAX_TEXT) : text2;
    const known = this.#textNumbers.get(kept);
    if (known !== void 0) return known;
    const copy = Buffer.from(kept, 'latin1').toString('latin1');
    const number2 = this.#texts.push(copy) - 1;
    this.#textNumbers.set(copy, number2);
    return number2;
  }
};
function flagsOf(trace) {
  const { ending, firstEndBy } = trace;
  return (
    (trace.hasResponse ? HAS_RESPONSE : 0) |
    (trace.refusal === null ? 0 : IS_REFUSED) |
    (trace.hasGaps ? HAS_GAPS : 0) |
    (trace.wasIdle ? WAS_IDLE : 0) |
    (ending === null ? 0 : HAS_ENDING | (HOWS.indexOf(ending.how) << HOW_SHIFT)) |
    (ending?.by === 'server' ? ENDED_BY_SERVER : 0) |
    (firstEndBy === null ? 0 : HAS_FIRST_END) |
    (firstEndBy === 'server' ? FIRST_END_BY_SERVER : 0)
  );
}
var PackedTrace = class {
  #row;
  #at;
  #startSeconds;
  #texts;
  #causes;
  constructor(row2, at2, startSeconds, texts, causes) {
    this.#row = row2;
    this.#at = at2;
    this.#startSeconds = startSeconds;
    this.#texts = texts;
    this.#causes = causes;
  }
  get id() {
    return this.#row[this.#at + ID];
  }
  get clientAddress() {
    return this.#text(CLIENT) ?? '';
  }
  get server() {
    return { address: this.#text(SERVER) ?? '', port: this.#flags & 65535 };
  }
  get first() {
    return this.#markAt(FIRST);
  }
  get last() {
    return this.#markAt(LAST);
  }
  get openedAt() {
    return this.#markAt(OPENED);
  }
  get hasResponse() {
    return this.#has(HAS_RESPONSE);
  }
  get request() {
    const mark = this.#markAt(REQUEST);
    return mark === null ? null : { ...mark, host: this.#text(HOST), path: this.#text(PATH) ?? '' };
  }
  get refusal() {
    return this.#has(IS_REFUSED) ? this.#markAt(ANSWER_OR_DATA) : null;
  }
  get ending() {
    if (!this.#has(HAS_ENDING)) return null;
    const code = (this.#row[this.#at + CAUSE_AND_CODE] >>> CODE_SHIFT2) - 1;
    return {
      by: this.#has(ENDED_BY_SERVER) ? 'server' : 'client',
      how: HOWS[(this.#flags >>> HOW_SHIFT) & 3] ?? 'fin',
      mark: this.#markAt(END),
      closeCode: code < 0 ? null : code,
    };
  }
  get end() {
    return this.#markAt(END);
  }
  get firstEndBy() {
    if (!this.#has(HAS_FIRST_END)) return null;
    return this.#has(FIRST_END_BY_SERVER) ? 'server' : 'client';
  }
  get hasGaps() {
    return this.#has(HAS_GAPS);
  }
  get lastData() {
    return this.#has(IS_REFUSED) ? null : this.#markAt(ANSWER_OR_DATA);
  }
  get cause() {
    return this.#causes[this.#row[this.#at + CAUSE_AND_CODE] & CAUSE_MASK] ?? null;
  }
  get wasIdle() {
    return this.#has(WAS_IDLE);
  }
  get #flags() {
    return this.#row[this.#at + PORT_AND_FLAGS];
  }
  #has(flag) {
    return (this.#flags & flag) !== 0;
  }
  #text(column) {
    return this.#texts[this.#row[this.#at + column]] ?? null;
  }
  #markAt(column) {
    const at2 = this.#at + column;
    const packet = this.#row[at2] >>> 0;
    if (packet === 0) return null;
    return { packet, seconds: this.#startSeconds + this.#row[at2 + 1], nanoseconds: this.#row[at2 + 2] };
  }
};

// src/rules/verdict.ts
function verdictOf(record, judgement) {
  return record.openedAt === null ? verdictUnopened(record, judgement) : verdictOpened(record, judgement);
}
function verdictUnopened({ upgrade: upgrade2 }, { anomalies }) {
  const has = (rule) => anomalies.some((anomaly) => anomaly.rule === rule);
  if (upgrade2 === null) {
    return has('closed-before-request') || has('connection-refused') ? 'abnormal' : 'unknown';
  }
  if (upgrade2.response === null) return has('upgrade-unanswered') ? 'unanswered' : 'unknown';
  return 'rejected';
}
function verdictOpened(record, { anomalies, withheld }) {
  const has = (rule) => anomalies.some((anomaly) => anomaly.rule === rule);
  if (anomalies.some(({ rule, severity }) => rule === 'handshake-close' && severity !== 'info')) {
    return 'handshake-close';
  }
  if (has('abnormal-closure') || has('client-handshake-close')) return 'abnormal';
  if (withheld.some(({ rule }) => rule === 'abnormal-closure')) return 'unknown';
  if (record.firstEnd !== null) return 'clean';
  return record.endedBy === 'evicted' ? 'unknown' : 'open';
}

// src/websocket/inflate-budget.ts
var MAX_OPEN2 = 4096;
var FREE_OUTPUT = 512 * 1024 * 1024;
var MAX_RATIO = 40;
var REOPEN_COST = 4096;
var InflateBudget = class {
  #open = 0;
  #outputLeft = FREE_OUTPUT;
  /** Whether one more direction may be inflated. */
  open() {
    if (this.#open >= MAX_OPEN2) return false;
    this.#open++;
    return true;
  }
  release() {
    this.#open--;
  }
  /** Compressed bytes came. */
  input(length) {
    this.#outputLeft += length * MAX_RATIO;
  }
  /** Inflated bytes came out; false when that was too much. */
  output(length) {
    this.#outputLeft -= length;
    return this.#outputLeft >= 0;
  }
  /** A direction's zlib stream ended inside its context, and begins anew; false when that was too much. */
  reopen() {
    return this.output(REOPEN_COST);
  }
};

// src/connection-judge.ts
var MAX_UNOPENED = 2e4;
var ConnectionJudge = class {
  httpBudget = new HttpBudget();
  inflateBudget = new InflateBudget();
  ports;
  upgradeRequests = 0;
  webSocketConnections = 0;
  /** Connections without a byte that were left out for want of room. */
  unopenedOmitted = 0;
  /** Findings, as they are shown. */
  anomalies = { error: 0, warning: 0, info: 0 };
  #skips = /* @__PURE__ */ new Map();
  #onConnection;
  #engine;
  /** As far as is known by now. */
  #context;
  /** Ports named by the user, and those on which an upgrade was seen so far. */
  #webSocketPorts;
  #traces = new TraceStore();
  /** Whether a connection that never sent a byte matters is known only at the end. */
  #unopened = [];
  #legs;
  #activities;
  constructor({ windowMs, ports, rules, activity }, onConnection) {
    this.ports = new Set(ports);
    this.#activities = activity ? new ActivityCollector(this) : null;
    this.#onConnection = onConnection;
    this.#webSocketPorts = new Set(ports);
    this.#context = { windowMs, webSocketPorts: this.#webSocketPorts, hasTimes: true, captureEnds: [] };
    this.#engine = new RuleEngine(this.#context, rules);
    this.#legs = new LegWindow((judged, anomalies) => {
      this.#report(judged, anomalies);
    });
  }
  /** Connections that were left alone, by reason. */
  get skips() {
    return this.#skips;
  }
  /** For one connection, which tells it what it comes to. */
  sink() {
    return this.#activities?.sink() ?? this;
  }
  record(record) {
    if (record.upgrade === null && record.opening === null) {
      if (this.#unopened.length < MAX_UNOPENED) this.#unopened.push(record);
      else this.unopenedOmitted++;
      return;
    }
    this.#webSocketPorts.add(record.server.port);
    this.#judge(record);
  }
  /** From here on packets carry no times. */
  lacksTimes() {
    this.#context.hasTimes = false;
  }
  /** Connections that come now were open when the capture ended; for `ends` see {@link RuleContext}. */
  captureEnded(ends2) {
    this.#context.captureEnds = ends2;
  }
  skipped(reason) {
    this.#skips.set(reason, (this.#skips.get(reason) ?? 0) + 1);
  }
  upgradeRequested() {
    this.upgradeRequests++;
  }
  /** The capture is over: hands on what was kept back. Returns what the rules over the whole capture say. */
  end() {
    for (const record of this.#unopened) this.#judge(record);
    this.#unopened = [];
    this.#legs.flush();
    const found = this.#engine.judgeCapture(this.#traces);
    for (const { severity } of found) this.anomalies[severity]++;
    return found;
  }
  #judge(record) {
    const judgement = this.#engine.judge(record);
    const { anomalies } = judgement;
    if (record.upgrade === null && record.opening === null && anomalies.length === 0) return;
    if (record.opening !== null) this.webSocketConnections++;
    this.#traces.add(traceOf(record, anomalies));
    const judged = { record, anomalies, judgement, verdict: verdictOf(record, judgement) };
    if (hasOriginToName(anomalies)) this.#legs.add(judged);
    else this.#report(judged, anomalies);
  }
  #report({ record, judgement, verdict: verdict2 }, anomalies) {
    const shown = this.#engine.present({ ...judgement, anomalies });
    for (const { severity } of shown.anomalies) this.anomalies[severity]++;
    this.#onConnection(buildConnection(record, shown, verdict2, this.#activities?.take(record.id)));
  }
};

// src/analyze.ts
var OUT_OF_ORDER = ['time-went-back', 'no-timestamp'];
var MAX_PAUSE_MS2 = 5e3;
async function analyze(paths, options = {}) {
  const connections = [];
  const summary2 = await analyzeEach(paths, options, (connection2) => connections.push(connection2));
  connections.sort((a, b) => a.id - b.id);
  return wholeReport(summary2, connections);
}
function wholeReport(summary2, connections) {
  const { schema, tool, options, captures, totals, anomalies, notes } = summary2;
  return { schema, tool, options, captures, totals, connections, anomalies, notes };
}
async function analyzeEach(paths, options, onConnection) {
  const { windowMs = DEFAULT_WINDOW_MS, reader = 'wscap', onProgress, signal, stop } = options;
  const { ports = [], rules = {} } = options;
  const files = typeof paths === 'string' ? [paths] : paths;
  checkOptions(files, windowMs, reader);
  const judge2 = new ConnectionJudge(
    { windowMs, ports, rules, activity: options.activity ?? false },
    onConnection,
  );
  const tcp = new TcpTracker({ open: (connection2) => new ConnectionTracker(connection2, judge2.sink()) });
  const pipeline = new PacketPipeline(tcp, (note) => {
    if (note.code === 'no-timestamp') judge2.lacksTimes();
  });
  const captures = [];
  const parts = [];
  const emptyFiles = [];
  const notRead = [];
  for (const [index, path] of files.entries()) {
    if (index > 0 && stop?.aborted === true) {
      notRead.push(path);
      continue;
    }
    const reading = readCapture(path, pipeline, {
      reader,
      ...(signal === void 0 ? {} : { signal }),
      ...(stop === void 0 ? {} : { stop }),
      ...(onProgress === void 0
        ? {}
        : {
            onProgress: (read, total) => {
              const fraction = total === void 0 ? void 0 : (index + read / total) / files.length;
              onProgress(fraction, pipeline.packetCount);
            },
          }),
    });
    const summary2 = await reading.catch((error) => {
      if (files.length > 1 && error instanceof CaptureError && error.isEmptyFile) return null;
      throw error;
    });
    if (summary2 === null) emptyFiles.push(path);
    else {
      const digest =
        options.sha256 === true && stop?.aborted !== true ? { sha256: await fileDigest(path, signal) } : {};
      const part = pipeline.finishFile();
      parts.push(part);
      captures.push(buildCapture(summary2, part, digest));
    }
  }
  if (captures.length === 0) throw new CaptureError(files[0], 'is empty (0 bytes), and so are the others');
  judge2.captureEnded(endsOf(captures, parts));
  tcp.end();
  const anomalies = judge2.end();
  return {
    schema: 'wscap/report@1',
    tool: { name: 'wscap', version: VERSION },
    options: { windowMs, reader, ports: [...ports], rules },
    captures,
    totals: {
      packets: pipeline.packetCount,
      tcpConnections: tcp.connectionCount,
      upgradeRequests: judge2.upgradeRequests,
      webSocketConnections: judge2.webSocketConnections,
      anomalies: { ...judge2.anomalies },
    },
    anomalies: anomalies.map(buildCaptureAnomaly),
    notes: [
      ...emptyFiles.map((path) => ({
        code: 'no-packets',
        message: `${path} is empty (0 bytes) and was left out`,
      })),
      ...notRead.map((path) => ({
        code: 'interrupted',
        message: `${path} was not read: reading was interrupted before it`,
      })),
      ...captureNotes(judge2, tcp.evictedCount),
    ],
  };
}
function checkOptions(files, windowMs, reader) {
  if (files.length === 0) throw new TypeError('analyze: no capture given');
  if (!Number.isFinite(windowMs) || windowMs < 0) {
    throw new RangeError(`analyze: windowMs must be a number of milliseconds from 0 up, not ${windowMs}`);
  }
  if (reader !== 'wscap' && reader !== 'pcap-parser') {
    throw new TypeError(`analyze: reader must be "wscap" or "pcap-parser", not "${reader}"`);
  }
}
function buildCapture(summary2, file, digest) {
  const { path, facts, compression } = summary2;
  const { packets, bytes: bytes2, first, last, notes } = file;
  return {
    path,
    format: facts.format,
    compression,
    linkTypes: facts.linkTypes.map(linkTypeName),
    timestampResolution: facts.timestampResolution,
    packets,
    bytes: bytes2,
    ...digest,
    firstPacketAt: first === null ? null : formatTimestamp(first),
    lastPacketAt: last === null ? null : formatTimestamp(last),
    durationMs: first === null || last === null ? null : millisecondsBetween(first, last),
    notes: notes.map((note) => ({ ...note })),
  };
}
function endsOf(captures, files) {
  if (captures.some(({ notes }) => notes.some(({ code }) => OUT_OF_ORDER.includes(code)))) return [];
  const ends2 = [];
  let packet = 0;
  let previous = null;
  for (const { packets, first, last } of files) {
    if (first === null || last === null) continue;
    const pauseMs = previous === null ? 0 : millisecondsBetween(previous, first);
    if (previous !== null && (pauseMs < 0 || pauseMs > MAX_PAUSE_MS2)) ends2.push(previous);
    packet += packets;
    previous = { packet, ...last };
  }
  return previous === null ? ends2 : [...ends2, previous];
}
function captureNotes({ skips, unopenedOmitted }, evicted) {
  const notes = [];
  const add = (code, number2, message) => {
    if (number2 > 0)
      notes.push({ code, message: message(number2 === 1 ? '1 connection' : `${number2} connections`) });
  };
  add('encrypted', skips.get('tls') ?? 0, (n) => `${n} encrypted by TLS: what is inside can not be seen`);
  add('http2', skips.get('http2') ?? 0, (n) => `${n} speaking HTTP/2: WebSockets inside are not followed`);
  add(
    'head-too-long',
    skips.get('head-too-long') ?? 0,
    (n) => `${n} left alone: an HTTP head of over 64 KiB or 1024 lines`,
  );
  add(
    'other-upgrade',
    skips.get('other-upgrade') ?? 0,
    (n) => `${n} upgraded to something else than WebSocket`,
  );
  add(
    'not-opened',
    unopenedOmitted,
    (n) => `${n} that never sent a byte left out: only the first ${MAX_UNOPENED} of them were judged`,
  );
  add('idle-too-long', evicted, (n) => `${n} not followed to the end: too many were open at once`);
  return notes;
}

// src/report/escape.ts
var UNSAFE = [
  [0, 31],
  // C0: ESC, NUL, line feed, tab, …
  [127, 159],
  // DEL and C1: 0x9b alone begins a control sequence
  [173, 173],
  // soft hyphen
  [847, 847],
  // combining grapheme joiner
  [1536, 1541],
  // Arabic number signs, which enclose what follows
  [1564, 1564],
  // Arabic letter mark
  [1757, 1757],
  [1807, 1807],
  [2192, 2193],
  [2274, 2274],
  [4447, 4448],
  // Hangul fillers, drawn as nothing
  [6068, 6069],
  [6155, 6159],
  // Mongolian selectors
  [8203, 8207],
  // zero-width space and joiners, left-to-right and right-to-left mark
  [8232, 8238],
  // line and paragraph separator, bidi embeddings and overrides
  [8288, 8303],
  // word joiner, invisible operators, bidi isolates
  [12644, 12644],
  [55296, 57343],
  // surrogates; under the u flag only lone ones match
  [65024, 65039],
  // variation selectors
  [65279, 65279],
  // byte order mark
  [65440, 65440],
  [65520, 65531],
  // interlinear annotation
  [65534, 65535],
  [69821, 69821],
  [69837, 69837],
  [78896, 78943],
  // Egyptian layout controls
  [113824, 113827],
  [119155, 119162],
  [917504, 921599],
  // tags and variation selectors: invisible text
  // The last two of every plane are no characters: programs don't agree on how wide they are.
  ...Array.from({ length: 16 }, (_, plane) => {
    const last = ((plane + 1) << 16) | 65535;
    return [last - 1, last];
  }),
];
var unsafeClass = UNSAFE.map(([first, last]) => `${codeEscape(first)}-${codeEscape(last)}`).join('');
var unsafe = new RegExp(`[${unsafeClass}]`, 'gu');
var unsafeOrNotAscii = new RegExp(`[${unsafeClass}]|[^\\x20-\\x7e]`, 'gu');
var stackedMark = /(?<=\p{M}{4})\p{M}/gu;
function codeEscape(codePoint) {
  return `\\u{${codePoint.toString(16)}}`;
}
function visible(character) {
  const codePoint = character.codePointAt(0);
  return codePoint <= 255 ? `\\x${codePoint.toString(16).padStart(2, '0')}` : codeEscape(codePoint);
}
function escapeText(text2) {
  return text2.replace(unsafe, visible).replace(stackedMark, visible);
}
function escapeToAscii(text2) {
  return text2.replace(unsafeOrNotAscii, visible);
}
function escapeJson(json) {
  return json.replace(unsafe, (character) => {
    if (character === '\n') return character;
    let escaped = '';
    for (let i = 0; i < character.length; i++) {
      escaped += `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }
    return escaped;
  });
}

// src/report/conversation-json.ts
function entryLine(entry) {
  return `${escapeJson(JSON.stringify(entryObject(entry)))}
`;
}
function conversationHead(start) {
  const format = { schema: 'wscap/follow@1', tool: { name: 'wscap', version: VERSION } };
  const fields = JSON.stringify({ ...format, ...start }, null, 2);
  return `${escapeJson(fields.slice(0, -2))},
  "messages": [`;
}
function entryItem(entry, isFirst) {
  const text2 = escapeJson(JSON.stringify(entryObject(entry), null, 2)).replaceAll('\n', '\n    ');
  return `${isFirst ? '' : ','}
    ${text2}`;
}
function conversationTail(end) {
  const text2 = escapeJson(JSON.stringify(end, null, 2)).replaceAll('\n', '\n  ');
  return `
  ],
  "end": ${text2}
}
`;
}
function entryObject(entry) {
  const {
    number: number2,
    at: at2,
    offsetMs,
    packet,
    firstPacket,
    from,
    type,
    payload,
    code,
    reason,
    problem,
  } = entry;
  return {
    number: number2,
    at: at2,
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
function payloadFields({ type, bytes: bytes2, problem }, payload) {
  const isCut = bytes2 !== null && payload.length < bytes2;
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  return {
    ...(type === 'text' && problem === null
      ? { text: textOf2(buffer, isCut) }
      : { base64: buffer.toString('base64') }),
    ...(isCut ? { cut: true } : {}),
  };
}
function textOf2(buffer, isCut) {
  const decoder2 = new TextDecoder('utf-8', { ignoreBOM: true });
  return decoder2.decode(buffer, { stream: isCut });
}

// src/report/display-width.ts
import { eastAsianWidth } from 'get-east-asian-width';
var FIRST_WIDE = 4352;
var printableAscii = /^[\x20-\x7e]*$/;
var colourSequence = /\x1b\[[\d;]*m/g;
var zeroWidth = /[\p{Cc}\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb]/u;
function displayWidth(text2) {
  if (printableAscii.test(text2)) return text2.length;
  const plain = text2.replace(colourSequence, '');
  let width = 0;
  let previous = 0;
  for (const character of plain) {
    const codePoint = character.codePointAt(0);
    width += codePointWidth(character, codePoint, previous);
    previous = codePoint;
  }
  return width;
}
function codePointWidth(character, codePoint, previous) {
  if (codePoint < 127) return codePoint < 32 ? 0 : 1;
  if (zeroWidth.test(character)) return 0;
  if (codePoint < FIRST_WIDE) return 1;
  if (codePoint >= 127995 && codePoint <= 127999 && eastAsianWidth(previous) === 2) return 0;
  return eastAsianWidth(codePoint);
}

// src/report/fit-text.ts
var escapeOrOther = /\\x[\da-f]{2}|\\u\{[\da-f]+\}|[^\\]+|\\/gu;
var segmenter;
function cutMiddle(text2, width, ellipsis = '\u2026') {
  if (displayWidth(text2) <= width) return text2;
  const room2 = width - displayWidth(ellipsis);
  if (room2 < 2) return takeWhileFits(unitsOf(text2), Math.max(width, 0)).join('');
  const units = unitsOf(text2);
  const head = takeWhileFits(units, Math.ceil(room2 / 2));
  const tail = takeWhileFits(units.slice(head.length).reverse(), room2 - displayWidth(head.join('')));
  return head.join('') + ellipsis + tail.reverse().join('');
}
function wrapText(text2, width) {
  if (displayWidth(text2) <= width) return [text2];
  const lines = [];
  let line = '';
  for (const word of text2.split(' ')) {
    const joined2 = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined2) <= width) {
      line = joined2;
      continue;
    }
    if (line !== '') lines.push(trimmed2(line));
    const pieces = breakWord(word, width);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  if (line !== '') lines.push(trimmed2(line));
  return lines;
}
function trimmed2(line) {
  return line.replace(/ +$/, '');
}
function breakText(text2, width) {
  const room2 = Math.max(width, 1);
  if (text2.length <= room2 && displayWidth(text2) <= room2) return [text2];
  const lines = [];
  if (/^[\x20-\x5b\x5d-\x7e]*$/.test(text2)) {
    for (let at2 = 0; at2 < text2.length; at2 += room2) lines.push(text2.slice(at2, at2 + room2));
    return lines;
  }
  let line = '';
  let used = 0;
  for (const unit of unitsOf(text2)) {
    const cells = displayWidth(unit);
    if (used + cells > room2 && line !== '') {
      lines.push(line);
      line = '';
      used = 0;
    }
    line += unit;
    used += cells;
  }
  return [...lines, line];
}
function breakWord(word, width) {
  if (displayWidth(word) <= width) return [word];
  const pieces = [];
  let rest = unitsOf(word);
  while (rest.length > 0) {
    const fitting = takeWhileFits(rest, width);
    const count2 = Math.max(fitting.length, 1);
    pieces.push(rest.slice(0, count2).join(''));
    rest = rest.slice(count2);
  }
  return pieces;
}
function takeWhileFits(units, width) {
  let used = 0;
  let count2 = 0;
  for (const unit of units) {
    used += displayWidth(unit);
    if (used > width) break;
    count2++;
  }
  return units.slice(0, count2);
}
function unitsOf(text2) {
  return (text2.match(escapeOrOther) ?? []).flatMap((part) =>
    part.length > 1 && part.startsWith('\\') ? [part] : graphemesOf(part),
  );
}
function graphemesOf(text2) {
  if (/^[\x20-\x7e]*$/.test(text2)) return text2.split('');
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text2), ({ segment }) => segment);
}

// src/report/format-count.ts
function formatCount(count2) {
  return String(count2).replace(/\B(?=(\d{3})+$)/g, ',');
}
function countOf(count2, singular, plural) {
  return `${formatCount(count2)} ${count2 === 1 ? singular : (plural ?? `${singular}s`)}`;
}
function formatBytes(bytes2) {
  if (bytes2 < 1e3) return `${bytes2} B`;
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes2 / 1e3;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1e3;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${units[unit]}`;
}
function listOf2(items, shown) {
  const named = items.slice(0, shown);
  const hidden = items.length - named.length;
  const parts = hidden > 0 ? [...named, `${formatCount(hidden)} more`] : named;
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

// src/report/hexdump.ts
var BYTES_PER_LINE = 16;
function* hexdump(bytes2) {
  for (let start = 0; start < bytes2.length; start += BYTES_PER_LINE) {
    const line = [...bytes2.subarray(start, start + BYTES_PER_LINE)];
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0'));
    const halves = `${hex.slice(0, 8).join(' ')}  ${hex.slice(8).join(' ')}`.padEnd(3 * BYTES_PER_LINE);
    const text2 = line.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    yield `${start.toString(16).padStart(4, '0')}  ${halves} |${text2}|`;
  }
}

// src/report/indent-json.ts
var STEP = '  ';
var MAX_DEPTH = 64;
var TOKEN_START = /[[\]{},:"]|[^\s"[\]{},:]+/g;
function indentJson(text2) {
  const trimmed3 = text2.trim();
  if (!/^[[{]/.test(trimmed3) || !isJson(trimmed3)) return null;
  const parts = [];
  let depth = 0;
  let previous = '';
  for (const token of tokensOf(trimmed3)) {
    const isOpened = previous === '{' || previous === '[';
    if (token === '}' || token === ']') {
      depth--;
      if (!isOpened) parts.push(lineAt(depth));
    } else if (isOpened || previous === ',') {
      parts.push(lineAt(depth));
    }
    if (token === '{' || token === '[') depth++;
    if (depth > MAX_DEPTH) return null;
    parts.push(token === ':' ? ': ' : token);
    previous = token;
  }
  return parts.join('');
}
function* tokensOf(json) {
  const pattern = new RegExp(TOKEN_START);
  for (let match = pattern.exec(json); match !== null; match = pattern.exec(json)) {
    if (match[0] === '"') {
      pattern.lastIndex = stringEnd(json, match.index);
      yield json.slice(match.index, pattern.lastIndex);
    } else {
      yield match[0];
    }
  }
}
function stringEnd(json, start) {
  let at2 = start + 1;
  while (json[at2] !== '"') at2 += json[at2] === '\\' ? 2 : 1;
  return at2 + 1;
}
function lineAt(depth) {
  return `
${STEP.repeat(depth)}`;
}
function isJson(text2) {
  try {
    JSON.parse(text2);
    return true;
  } catch {
    return false;
  }
}

// src/report/conversation-text.ts
var INDENT = '    ';
var DAY_OF_NO_DATE = '1970-01-01';
var NARROWEST = 12;
var TIME_WIDTH = 10;
var ABSOLUTE_WIDTH = 27;
function startText(
  { connection: connection2, client: client2, server: server2, openedPacket, openedAt, inferred },
  { theme, absolute },
) {
  const arrow = theme.own('\u2192');
  const ends2 = `${theme.safe(client2.address)}:${client2.port} ${arrow} ${theme.safe(server2.address)}:${server2.port}`;
  const opened = inferred ? 'first frame (the handshake is not in the capture)' : '101';
  const [day, time = ''] = openedAt.replace(/(\.\d{6})\d*Z$/, '$1').split('T');
  const when = day === DAY_OF_NO_DATE ? `${time} of an unknown day` : `${day} ${time} UTC`;
  const columns = row(
    absolute ? 'time, UTC'.padEnd(ABSOLUTE_WIDTH) : 'seconds'.padStart(TIME_WIDTH),
    'packet',
    'from',
    'type',
    'bytes',
    'on wire',
  );
  return [
    `${theme.strong(`Connection ${connection2}`)}  ${ends2}`,
    theme.faint(`${opened} in packet ${openedPacket}, ${when}`),
    '',
    theme.faint(columns.trimEnd()),
    '',
  ].join('\n');
}
function entryText(entry, options) {
  const { theme, columns } = options;
  const head = heading(entry, options);
  const { lines, remarks, isHexdump } = contentOf(entry, options);
  const [first = remarks[0]] = lines;
  if (lines.length + remarks.length <= 1 && !isHexdump) {
    const line = first === void 0 ? head.trimEnd() : `${head}  ${first}`;
    if (columns === void 0 || first === void 0 || displayWidth(line) <= columns) {
      return `${paint(entry, theme, line)}
`;
    }
  }
  return [paint(entry, theme, head.trimEnd()), ...below(lines, remarks, isHexdump, options), ''].join('\n');
}
function endText(end, { theme, columns }, { inferred = false, shown = end.entries } = {}) {
  const { endedBy, how, packet, offsetMs, entries, messages } = end;
  const since2 = inferred ? 'first frame' : '101';
  const ending =
    endedBy === null || how === null
      ? 'Still open when the capture ended'
      : `${endedBy === 'client' ? 'Client' : 'Server'} ${how.toUpperCase()} ${sinceThat(offsetMs ?? 0, since2)}, packet ${packet ?? '?'}`;
  const counts = [
    countOf(messages, 'message'),
    ...(entries > messages ? [countOf(entries - messages, 'control frame')] : []),
    ...(shown < entries ? [`${formatCount(shown)} of them shown`] : []),
  ];
  const notes = end.notes
    .filter(({ code }) => code !== 'capture-ended')
    .flatMap(({ message }) => hanging(theme.symbol('neutral'), theme.safe(message), columns, theme.faint));
  return ['', `${theme.strong(ending)}  ${theme.faint(counts.join(', '))}`, ...notes, ''].join('\n');
}
function stoppedText(shown, { theme }) {
  return `${theme.faint(`${theme.ellipsis} stopped after ${formatCount(shown)} (--limit)`)}
`;
}
function heading(entry, { absolute, theme }) {
  const { at: at2, offsetMs, packet, from, type, bytes: bytes2 } = entry;
  const time = absolute ? at2.replace(/(\.\d{6})\d*Z$/, '$1Z') : seconds(offsetMs);
  return row(
    absolute ? time.padEnd(ABSOLUTE_WIDTH) : time.padStart(TIME_WIDTH),
    String(packet),
    from === 'client' ? theme.own('client \u2192') : theme.own('\u2190 server'),
    type,
    bytes2 === null ? '?' : formatCount(bytes2),
    onWire(entry),
  );
}
function row(time, packet, from, type, bytes2, wire) {
  return `${time}  ${packet.padStart(6)}  ${from.padEnd(9)} ${type.padEnd(6)} ${bytes2.padStart(6)}  ${wire.padStart(8)}`;
}
function onWire({ frames: frames2, compressed, wireBytes, bytes: bytes2 }) {
  const inFrames = frames2 > 1 ? `${formatCount(frames2)} frames` : '';
  if (!compressed && bytes2 !== null) return inFrames;
  return `${formatCount(wireBytes)}${inFrames === '' ? '' : ` in ${inFrames}`}`;
}
function paint({ type }, theme, text2) {
  if (type === 'close') return theme.strong(text2);
  return type === 'ping' || type === 'pong' ? theme.faint(text2) : text2;
}
function contentOf(entry, options) {
  const { theme } = options;
  const { type, payload, problem } = entry;
  const remarks = problem === null ? [] : [`${theme.symbol('warning')} ${theme.safe(problem)}`];
  if (payload === null) return { lines: [], remarks, isHexdump: false };
  if (type === 'close') return { lines: [closeText(entry, theme)], remarks, isHexdump: false };
  if (payload.length === 0) return { lines: [], remarks, isHexdump: false };
  if (type === 'ping' || type === 'pong') {
    return { lines: [pingText(entry, payload, theme)], remarks, isHexdump: false };
  }
  const isHexdump = type === 'binary' || options.hex || problem !== null;
  const { lines, shown } = isHexdump ? dumped(payload, options) : textOf3(entry, payload, options);
  const bytes2 = entry.bytes ?? payload.length;
  const rest = `${theme.ellipsis} ${formatCount(bytes2 - shown)} of ${countOf(bytes2, 'byte')} not shown (--max-bytes)`;
  return { lines, remarks: shown < bytes2 ? [rest, ...remarks] : remarks, isHexdump };
}
function closeText({ code, reason }, theme) {
  if (code === null) return 'no code';
  return `${code}${reason === null || reason === '' ? '' : ` ${theme.safe(reason)}`}`;
}
function pingText({ bytes: bytes2 }, payload, theme) {
  const isPrintable = payload.every((byte) => byte >= 32 && byte < 127);
  const buffer = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const text2 = isPrintable ? theme.safe(buffer.toString('latin1')) : `0x${buffer.toString('hex')}`;
  return bytes2 !== null && payload.length < bytes2 ? `${text2}${theme.ellipsis}` : text2;
}
function dumped(payload, { hexdumpBytes }) {
  const bytes2 = payload.subarray(0, hexdumpBytes);
  return { lines: [...hexdump(bytes2)], shown: bytes2.length };
}
function textOf3({ bytes: bytes2 }, payload, options) {
  const { theme, pretty, textBytes } = options;
  const isWhole = payload.length === bytes2;
  const indented2 = pretty && isWhole ? indentJson(decode(payload, false)) : null;
  const part = indented2 === null ? payload.subarray(0, textBytes) : payload;
  const text2 = indented2 ?? decode(part, part.length !== bytes2);
  return { lines: textLines(text2).map((line) => theme.safe(line)), shown: part.length };
}
function decode(bytes2, isCut) {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes2, { stream: isCut });
}
function textLines(text2) {
  const [end = ''] = /\r?\n$/.exec(text2) ?? [];
  const lines = text2.slice(0, text2.length - end.length).split(/\r?\n/);
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${end}`].map((line) =>
    line.replaceAll('	', '\\t').replaceAll('\r', '\\r').replaceAll('\n', '\\n'),
  );
}
function below(lines, remarks, isHexdump, { theme, columns }) {
  const bar = theme.faint(theme.ascii ? '|' : '\u2502');
  const dotted = theme.faint(theme.ascii ? ':' : '\u250A');
  const width = (columns ?? 0) - INDENT.length - 2;
  const shown = [];
  for (const line of lines) {
    const parts = isHexdump || width < NARROWEST ? [line] : breakText(line, width);
    for (const [index, part] of parts.entries()) {
      shown.push(`${INDENT}${index === 0 ? bar : dotted} ${part}`.trimEnd());
    }
  }
  for (const remark of remarks) shown.push(...hanging(INDENT.slice(1), remark, columns));
  return shown;
}
function hanging(mark, text2, columns, style = (line) => line) {
  const indent = displayWidth(mark) + 1;
  const width = (columns ?? 0) - indent;
  const [first = '', ...rest] = (width < NARROWEST ? [text2] : wrapText(text2, width)).map((line) =>
    style(line),
  );
  return [`${mark} ${first}`, ...rest.map((line) => `${' '.repeat(indent)}${line}`)];
}
function seconds(milliseconds) {
  return (milliseconds / 1e3).toFixed(6);
}
function sinceThat(offsetMs, what) {
  return `${seconds(Math.abs(offsetMs))} s ${offsetMs < 0 ? 'before' : 'after'} the ${what}`;
}

// src/report/theme.ts
import { styleText } from 'node:util';
var UNICODE_SYMBOLS = {
  error: '\u2716',
  warning: '!',
  info: 'i',
  clean: '\u2714',
  neutral: '\xB7',
};
var ASCII_SYMBOLS = {
  error: 'x',
  warning: '!',
  info: 'i',
  clean: '+',
  neutral: '-',
};
var SYMBOL_STYLE = {
  error: ['red', 'bold'],
  warning: ['yellow', 'bold'],
  info: 'bold',
  clean: 'green',
  neutral: 'dim',
};
var WORD_STYLE = {
  error: ['red', 'bold'],
  warning: 'bold',
  info: null,
  clean: null,
  neutral: null,
};
var UNICODE_TABLE = {
  top: '\u2500',
  'top-mid': '\u252C',
  'top-left': '\u250C',
  'top-right': '\u2510',
  bottom: '\u2500',
  'bottom-mid': '\u2534',
  'bottom-left': '\u2514',
  'bottom-right': '\u2518',
  left: '\u2502',
  'left-mid': '\u251C',
  mid: '\u2500',
  'mid-mid': '\u253C',
  right: '\u2502',
  'right-mid': '\u2524',
  middle: '\u2502',
};
var ASCII_TABLE = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
};
var ASCII_FOR = {
  '\u2192': '->',
  '\u2190': '<-',
  '\u2191': '^',
  '\u2193': 'v',
  '\u2026': '...',
  '\u2013': '-',
  '\u2014': '-',
  '\u201C': '"',
  '\u201D': '"',
  '\u2018': "'",
  '\u2019': "'",
  '\u2265': '>=',
  '\u2264': '<=',
  '\xD7': 'x',
  '\xA7': 'section ',
  '\u2502': '|',
  '\u2500': '-',
  '\xB7': '.',
  '\u25BA': '>',
  '\u25C4': '<',
  '\u25B8': '>',
};
function createTheme({ color, ascii }) {
  const paint2 = (style, text2) =>
    // The stream was judged by whoever decided `color`; newer Nodes would judge stdout again.
    !color || style === null || text2 === '' ? text2 : styleText(style, text2, { validateStream: false });
  const symbols = ascii ? ASCII_SYMBOLS : UNICODE_SYMBOLS;
  const own = ascii ? transliterate : (text2) => text2;
  return {
    safe: ascii ? (text2) => escapeToAscii(transliterate(text2)) : escapeText,
    own,
    strong: (text2) => paint2('bold', text2),
    faint: (text2) => paint2('dim', text2),
    code: (text2) => paint2('cyan', text2),
    symbol: (mark) => paint2(SYMBOL_STYLE[mark], symbols[mark]),
    colored: (mark, text2) => paint2(WORD_STYLE[mark], text2),
    color,
    ascii,
    ellipsis: own('\u2026'),
    tableCharacters: ascii ? ASCII_TABLE : UNICODE_TABLE,
  };
}
function transliterate(text2) {
  return text2.replace(/[→←↑↓…–—“”‘’≥≤×§│─·►◄▸]/g, (character) => ASCII_FOR[character]);
}

// src/cli/color-support.ts
function wantsColor(flag, isTerminal, env) {
  if (flag !== void 0) return flag;
  const forced = env['FORCE_COLOR'];
  if (forced !== void 0) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb';
}
function wantsAscii(flag, env) {
  if (flag !== void 0) return flag;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => (value ?? '') !== '');
  return locale !== void 0 && !/utf-?8/i.test(locale);
}

// src/cli/follow/printer.ts
var TEXT_BYTES = 2048;
var HEXDUMP_BYTES = 256;
var PRETTY_BYTES = 64 * 1024;
var JSON_BYTES = 1024 * 1024;
function bytesToKeep({ format, maxBytes, pretty }) {
  if (maxBytes !== void 0) return maxBytes;
  if (format !== 'text') return JSON_BYTES;
  return pretty ? PRETTY_BYTES : TEXT_BYTES;
}
function createPrinter(request, write) {
  switch (request.format) {
    case 'text':
      return textPrinter(textOptions(request), write);
    case 'json':
      return jsonPrinter(write);
    case 'ndjson':
      return {
        start: () => void 0,
        entry(entry) {
          write(entryLine(entry));
        },
        end: () => void 0,
      };
  }
}
function textOptions({ color, ascii, time, hex, pretty, maxBytes }) {
  const { isTTY, columns } = process.stdout;
  return {
    theme: createTheme({
      color: wantsColor(color, isTTY, process.env),
      ascii: wantsAscii(ascii, process.env),
    }),
    columns: isTTY ? columns : void 0,
    absolute: time === 'absolute',
    hex,
    pretty,
    hexdumpBytes: maxBytes ?? HEXDUMP_BYTES,
    textBytes: maxBytes ?? TEXT_BYTES,
  };
}
function textPrinter(options, write) {
  let inferred = false;
  return {
    start(start) {
      ({ inferred } = start);
      write(startText(start, options));
    },
    entry(entry) {
      write(entryText(entry, options));
    },
    end(end, shown) {
      write(end === null ? stoppedText(shown, options) : endText(end, options, { inferred, shown }));
    },
  };
}
function jsonPrinter(write) {
  let isFirst = true;
  return {
    start(start) {
      write(conversationHead(start));
    },
    entry(entry) {
      write(entryItem(entry, isFirst));
      isFirst = false;
    },
    end(end) {
      write(conversationTail(end));
    },
  };
}

// src/connection/left-over.ts
var TOO_LARGE2 = 2 ** 63;
function leftOverNotes({ clientSide, serverSide }) {
  return [clientSide, serverSide].flatMap((side) => [
    ...reserved(side),
    ...unfinishedFrame(side),
    ...unfinishedMessage(side),
  ]);
}
function reserved({ role, irregularities }) {
  const found = irregularities.find(({ kind }) => kind === 'reserved-opcode');
  const first = found?.examples[0];
  if (found === void 0 || first === void 0) return [];
  const frames2 = found.count === 1 ? '1 frame' : `${found.count} frames`;
  return [
    {
      code: 'reserved-opcode',
      message: `${frames2} of the ${role} with an opcode that is reserved not shown: the first, 0x${first.opcode.toString(16)}, is in packet ${first.packet}`,
      packet: first.packet,
    },
  ];
}
function unfinishedFrame({ role, unfinished }) {
  if (unfinished === null) return [];
  const { opcode, payloadLength, received, firstPacket } = unfinished;
  const code = 'unfinished-frame';
  const end = `the last frame of the ${role}, which begins in packet ${firstPacket}, is not shown`;
  if (opcode === null || payloadLength === null) {
    return [{ code, message: `${end}: of its header only ${bytes(received)} came`, packet: firstPacket }];
  }
  const what =
    payloadLength >= TOO_LARGE2 ? 'an impossible length of at least 2^63' : `${bytes(payloadLength)} long`;
  const name = opcodeName(opcode) === 'reserved' ? `opcode 0x${opcode.toString(16)}` : opcodeName(opcode);
  const message = `${end}: ${name}, ${payloadLength >= TOO_LARGE2 ? `with ${what}` : what}, of which ${bytes(received)} came`;
  return [{ code, message, packet: firstPacket }];
}
function unfinishedMessage({ role, unfinishedMessage: message }) {
  if (message === null) return [];
  const { opcode, frames: frames2, payloadBytes, firstPacket } = message;
  const count2 = frames2 === 1 ? '1 frame' : `${frames2} frames`;
  return [
    {
      code: 'unfinished-message',
      message: `a ${opcodeName(opcode)} message of the ${role}, which begins in packet ${firstPacket}, is not shown: its last frame never came, after ${count2} of ${bytes(payloadBytes)}`,
      packet: firstPacket,
    },
  ];
}
function bytes(count2) {
  return count2 === 1 ? '1 byte' : `${count2} bytes`;
}

// src/follow.ts
var MAX_KEPT_BYTES = 16 * 1024 * 1024;
var PROBLEMS = {
  gap: 'bytes of it, or of messages that it refers to, are not in the capture',
  'inflate-failed': 'does not inflate',
  'inflate-bound': 'inflates to more than wscap follows',
  'unknown-encoding': 'compressed, or changed by another extension: what was agreed on is not known',
  'not-utf8': 'is no UTF-8',
};
async function follow(paths, options, handler) {
  const { connection: wanted, ports = [], reader = 'wscap', signal } = options;
  const follower = new Follower(options, handler);
  const tcp = new TcpTracker({
    open(connection2) {
      if (connection2.id === wanted) return follower.track(connection2, ports);
      return new Ignored(connection2);
    },
  });
  const pipeline = new PacketPipeline(tcp);
  const notes = [];
  let emptyFiles = 0;
  for (const path of paths) {
    try {
      await readCapture(path, pipeline, { reader, ...(signal === void 0 ? {} : { signal }) });
      notes.push(...pipeline.finishFile().notes);
    } catch (error) {
      if (!(error instanceof CaptureError && error.isEmptyFile && ++emptyFiles < paths.length)) throw error;
    }
  }
  tcp.end();
  const { end } = follower;
  return end === null ? null : { ...end, notes: [...end.notes, ...notes] };
}
var Ignored = class {
  #connection;
  constructor(connection2) {
    this.#connection = connection2;
  }
  data() {
    this.#connection.ignore();
  }
  gap() {
    this.#connection.ignore();
  }
  flag() {}
  end() {}
};
var Follower = class {
  keep;
  #handler;
  #id;
  #maxBytes;
  #openedAt = null;
  #entries = 0;
  #messages = 0;
  end = null;
  constructor({ connection: connection2, maxBytes }, handler) {
    this.#id = connection2;
    this.#maxBytes = Math.min(maxBytes, MAX_KEPT_BYTES);
    this.keep = Math.max(1, this.#maxBytes);
    this.#handler = handler;
  }
  track(connection2, ports) {
    const sink = {
      record: (record) => {
        if (record.opening !== null) this.end = this.#endOf(record);
      },
      skipped: () => void 0,
      upgradeRequested: () => void 0,
      inflateBudget: new InflateBudget(),
      ports: new Set(ports),
      listener: this,
    };
    return new ConnectionTracker(connection2, sink);
  }
  opened({ at: at2, how, client: client2, server: server2 }) {
    this.#openedAt = at2;
    this.#handler.start({
      connection: this.#id,
      client: client2,
      server: server2,
      openedPacket: at2.packet,
      openedAt: formatTimestamp(at2),
      inferred: how === 'inferred',
    });
  }
  message(from, message) {
    this.#messages++;
    this.#entry(message, {
      from,
      type: opcodeName(message.opcode) === 'text' ? 'text' : 'binary',
      firstPacket: message.firstPacket,
      frames: message.frames,
      compressed: message.isCompressed,
      wireBytes: message.wireLength,
      bytes: message.length,
      payload: message.bytes?.subarray(0, this.#maxBytes) ?? null,
      code: null,
      reason: null,
      problem: message.problem === null ? null : PROBLEMS[message.problem],
    });
  }
  control(from, frame2) {
    const { opcode, firstPacket, payloadLength, controlPayload: controlPayload2 } = frame2;
    const type = opcode === OPCODE_CLOSE ? 'close' : opcode === OPCODE_PING ? 'ping' : 'pong';
    const close = type === 'close' && controlPayload2 !== null ? parseClosePayload(controlPayload2) : null;
    this.#entry(frame2, {
      from,
      type,
      firstPacket,
      frames: 1,
      compressed: false,
      wireBytes: payloadLength,
      bytes: payloadLength,
      payload: controlPayload2,
      code: close?.code ?? null,
      reason: close?.reason ?? null,
      problem: controlPayload2 === null ? PROBLEMS.gap : null,
    });
  }
  #entry(mark, rest) {
    this.#entries++;
    this.#handler.entry({
      number: this.#entries,
      packet: mark.packet,
      at: formatTimestamp(mark),
      offsetMs: this.#offsetMs(mark),
      ...rest,
    });
  }
  #endOf(record) {
    const { firstEnd } = record;
    return {
      entries: this.#entries,
      messages: this.#messages,
      endedBy: firstEnd?.by ?? null,
      how: firstEnd?.how ?? null,
      packet: firstEnd?.mark.packet ?? null,
      offsetMs: firstEnd === null ? null : this.#offsetMs(firstEnd.mark),
      notes: [...leftOverNotes(record), ...connectionNotes(record)].map((note) => ({ ...note })),
    };
  }
  #offsetMs(mark) {
    return this.#openedAt === null ? 0 : millisecondsBetween(this.#openedAt, mark);
  }
};

// src/report/json.ts
function* renderJson(report) {
  let before = '{\n';
  for (const [key2, value] of Object.entries(report)) {
    if (value === void 0) continue;
    yield `${before}  ${JSON.stringify(key2)}: `;
    before = ',\n';
    if (Array.isArray(value) && value.length > 0) yield* renderItems(value);
    else yield indented(value, '  ');
  }
  yield '\n}\n';
}
function* renderItems(items) {
  let before = '[\n';
  for (const item of items) {
    yield `${before}    ${indented(item, '    ')}`;
    before = ',\n';
  }
  yield '\n  ]';
}
function indented(value, indent) {
  return escapeJson(JSON.stringify(value, null, 2)).replaceAll(
    '\n',
    `
${indent}`,
  );
}

// src/report/connection-rank.ts
var SEVERITY_ORDER = { error: 0, warning: 1, info: 2 };
var BAD_VERDICTS = /* @__PURE__ */ new Set(['handshake-close', 'rejected', 'unanswered', 'abnormal']);
function compareSeverity(a, b) {
  return severityOrder(a) - severityOrder(b);
}
function severityOrder(severity) {
  return severity === null ? 3 : SEVERITY_ORDER[severity];
}
function rankConnections(report) {
  const across = /* @__PURE__ */ new Map();
  for (const anomaly of report.anomalies) {
    for (const id of anomaly.connections) across.set(id, [...(across.get(id) ?? []), anomaly]);
  }
  return report.connections
    .map((connection2) => {
      const anomalies = [...connection2.anomalies, ...(across.get(connection2.id) ?? [])];
      anomalies.sort((a, b) => compareSeverity(a.severity, b.severity));
      return { connection: connection2, anomalies, severity: worstOf(connection2, anomalies) };
    })
    .sort((a, b) => compareSeverity(a.severity, b.severity) || a.connection.id - b.connection.id);
}
function worstOf({ verdict: verdict2 }, anomalies) {
  return anomalies[0]?.severity ?? (BAD_VERDICTS.has(verdict2) ? 'warning' : null);
}
function isProblem({ severity }) {
  return severity === 'error' || severity === 'warning';
}
function placeAnomalies(report) {
  return [
    ...report.anomalies.map((anomaly) => ({ anomaly, connections: anomaly.connections, across: true })),
    ...report.connections
      .toSorted((a, b) => a.id - b.id)
      .flatMap(({ id, anomalies }) =>
        anomalies.map((anomaly) => ({ anomaly, connections: [id], across: false })),
      ),
  ].sort((a, b) => compareSeverity(a.anomaly.severity, b.anomaly.severity));
}

// src/report/finding-groups.ts
function groupFindings(anomalies) {
  const groups = /* @__PURE__ */ new Map();
  for (const placed of anomalies) {
    const { rule, kind, severity, advice: advice3 } = placed.anomaly;
    const key2 = `${rule} ${kind} ${severity} ${advice3.replace(/\d+/g, '0')}`;
    const group = groups.get(key2);
    if (group === void 0) groups.set(key2, [placed]);
    else group.push(placed);
  }
  return [...groups.values()]
    .map((members) => {
      const { rule, kind, severity } = members[0].anomaly;
      const connections = [...new Set(members.flatMap((member) => member.connections))].sort((a, b) => a - b);
      return { rule, kind, severity, across: members[0].across, members, connections };
    })
    .sort(
      (a, b) =>
        compareSeverity(a.severity, b.severity) ||
        Number(b.across) - Number(a.across) ||
        b.connections.length - a.connections.length,
    );
}
function distinctText(message, first) {
  const sentences = sentencesOf(message);
  const before = sentencesOf(first);
  let same = 0;
  while (same < sentences.length - 1 && sentences.at(-1 - same) === before.at(-1 - same)) same++;
  return sentences.slice(0, sentences.length - same).join(' ');
}
function sentencesOf(message) {
  return message.split(/(?<=\.) (?=[A-Z])/);
}

// src/report/ladder.ts
var SHOWN_EVENTS = 10;
var EVIDENCE_AT_EACH_END = 3;
var SHOWN_OF_GAP = 4;
var LONG_PAUSE_MS = 1e3;
function buildLadder(connection2, evidence) {
  const timeline = connection2.timeline.toSorted((a, b) => a.packet - b.packet);
  const events = timeline.filter(isEvent);
  if (events.length === 0) return null;
  const { zero, at: at2 } = zeroOf(events);
  const proof = new Set(evidence);
  const shown = chooseEvents(events, proof);
  const unlisted = [...proof].filter((packet) => !events.some((entry) => entry.packet === packet));
  const steps = [];
  let last = { packet: connection2.firstPacket, offsetMs: 0 };
  let hidden = [];
  const close = (next) => {
    const gap = {
      kind: 'gap',
      events: hidden.reduce((sum, { count: count2 }) => sum + (count2 ?? 1), 0),
      // What the timeline left out may be anything.
      onlyFrames: hidden.every(({ event }) => event === 'frame'),
      elapsedMs: next.offsetMs - last.offsetMs,
      evidence: [
        ...hidden.filter(isEvent).flatMap(({ packet }) => (proof.has(packet) ? [packet] : [])),
        ...unlisted.filter((packet) => packet >= last.packet && packet <= next.packet),
      ].sort((a, b) => a - b),
    };
    if (gap.events > 0 || gap.evidence.length > 0 || gap.elapsedMs >= LONG_PAUSE_MS) steps.push(gap);
    hidden = [];
    last = next;
  };
  for (const entry of timeline) {
    if (!isEvent(entry) || !shown.has(entry)) {
      hidden.push(entry);
      continue;
    }
    close(entry);
    const { packet, offsetMs, from, event } = entry;
    const isEvidence = proof.has(packet);
    steps.push({
      kind: 'event',
      packet,
      sinceMs: offsetMs - at2,
      from,
      event,
      text: eventText(entry),
      isEvidence,
    });
  }
  close({ packet: connection2.lastPacket, offsetMs: connection2.durationMs });
  return { zero, steps };
}
function isEvent(entry) {
  return entry.event !== 'omitted';
}
function gapText({ events, onlyFrames, elapsedMs: elapsedMs2, evidence }) {
  const counted = events === 0 ? '' : countOf(events, onlyFrames ? 'frame' : 'event');
  const named =
    evidence.length === 0
      ? ''
      : `${evidence.length === 1 ? 'packet' : 'packets'} ${listOf2(evidence.map(String), SHOWN_OF_GAP)}`;
  const what = [counted, named].filter((part) => part !== '').join(' around ');
  if (elapsedMs2 < 0) return what;
  const pause = formatDuration(elapsedMs2);
  return what === '' ? `${pause} later` : `${what} in ${pause}`;
}
function zeroOf(events) {
  const upgrade2 = events.findLast(({ event, code }) => event === 'response' && code === 101);
  if (upgrade2 !== void 0) return { zero: '101', at: upgrade2.offsetMs };
  const request = events.find(({ event }) => event === 'request');
  return request === void 0 ? { zero: 'first packet', at: 0 } : { zero: 'request', at: request.offsetMs };
}
function chooseEvents(events, proof) {
  if (events.length <= SHOWN_EVENTS) return new Set(events);
  const evident = events.filter(({ packet }) => proof.has(packet));
  const named =
    evident.length <= 2 * EVIDENCE_AT_EACH_END
      ? evident
      : [...evident.slice(0, EVIDENCE_AT_EACH_END), ...evident.slice(-EVIDENCE_AT_EACH_END)];
  const ends2 = events.filter(({ event }) => event === 'fin' || event === 'rst');
  const closes = events.filter(({ opcode }) => opcode === 'close');
  const beforeEnd = ends2[0] === void 0 ? events.length - 1 : events.indexOf(ends2[0]) - 1;
  const first = (kind) => events.filter(({ event }) => event === kind).slice(0, 1);
  const beside = named.map((entry) => events.indexOf(entry)).flatMap((i) => [events[i - 1], events[i + 1]]);
  const byImportance = [
    ...named,
    ...events.filter(({ event, code }) => event === 'response' && code === 101).slice(-1),
    ends2[0],
    ...closes.slice(0, 2),
    ...first('request'),
    ...first('response'),
    events[beforeEnd],
    ends2[1],
    ...first('gap'),
    ...first('frame'),
    ...beside,
    ...first('syn'),
    events.at(-1),
  ].filter((entry) => entry !== void 0);
  const shown = /* @__PURE__ */ new Set();
  for (const entry of byImportance) {
    if (shown.size < SHOWN_EVENTS) shown.add(entry);
  }
  const chosen = new Set(shown);
  for (let i = 1; i < events.length - 1; i++) {
    if (chosen.has(events[i - 1]) && chosen.has(events[i + 1])) shown.add(events[i]);
  }
  return shown;
}
function eventText({ event, opcode, length, code, detail }) {
  switch (event) {
    case 'syn':
      return 'SYN';
    case 'syn-ack':
      return 'SYN, ACK';
    case 'request':
      return detail ?? 'request';
    case 'response':
      return (detail ?? '').replace(/^HTTP\/\S+ /, '') || String(code ?? 'response');
    case 'frame':
      return opcode === 'close'
        ? closeText2(code, detail)
        : `${opcode ?? 'frame'}, ${formatBytes(length ?? 0)}`;
    case 'gap':
      return `${formatBytes(length ?? 0)} not captured`;
    case 'fin':
      return 'FIN';
    case 'rst':
      return 'RST';
  }
}
function closeText2(code, reason) {
  const text2 = `Close ${code ?? 'without code'}`;
  return reason === void 0 || reason === '' ? text2 : `${text2} \u201C${reason}\u201D`;
}

// src/report/connection-text.ts
var NO_BREAK_SPACE = '\xA0';
var LONGEST_REASON = 40;
function endpointText({ address, port }, safe) {
  return safe(address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);
}
function targetText({ upgrade: upgrade2 }, safe) {
  if (upgrade2 === null || (upgrade2.target === null && upgrade2.host === null)) return '\u2013';
  const target2 = upgrade2.target ?? '';
  const absolute = /^[a-z]+:\/\//i.test(target2);
  return safe(absolute ? target2 : `${upgrade2.host ?? ''}${target2}`);
}
function upgradeText({ upgrade: upgrade2 }) {
  if (upgrade2 === null) return 'not captured';
  if (upgrade2.status === null) return upgrade2.responsePacket === null ? 'no answer' : 'unreadable';
  if (upgrade2.latencyMs === null) return String(upgrade2.status);
  return `${upgrade2.status} in ${unbroken(upgrade2.latencyMs)}`;
}
function frameTexts({ traffic }) {
  return [`\u2191 ${frameCount(traffic.clientToServer)}`, `\u2193 ${frameCount(traffic.serverToClient)}`];
}
function frameCount({ frames: frames2 }) {
  const { text: text2, binary, continuation, close, ping, pong, reserved: reserved2 } = frames2;
  return formatCount(text2 + binary + continuation + close + ping + pong + reserved2);
}
function closedText(connection2, safe) {
  const { close } = connection2;
  if (close === null) return connection2.verdict === 'open' ? 'still open' : 'no end captured';
  const end = close.clean ? endingText(close, ' first') : tcpEndText(connection2);
  return [...closeFrameTexts(connection2, close, safe), end].filter((part) => part !== '').join(', ');
}
function tcpEndText({ close }) {
  if (close === null) return '';
  if (close.afterUpgradeMs === null) return endingText(close, '');
  if (close.afterUpgradeMs === 0) return endingText(close, ' together with the 101');
  return endingText(close, ` ${unbroken(close.afterUpgradeMs)} after the 101`);
}
function endingText({ firstBy, how }, when) {
  if (how === null) return '';
  return `${firstBy === null ? '' : `${firstBy} `}${how.toUpperCase()}${when}`;
}
function closeFrameTexts(connection2, close, safe) {
  const { traffic } = connection2;
  const client2 = sideText(close.clientCode, close.clientReason, traffic.clientToServer, safe);
  const server2 = sideText(close.serverCode, close.serverReason, traffic.serverToClient, safe);
  const sides = [
    { role: 'client', text: client2, code: close.clientCode },
    { role: 'server', text: server2, code: close.serverCode },
  ];
  if (close.frameFirstBy === 'server') sides.reverse();
  const [first, second] = sides.filter(({ text: text2 }) => text2 !== null);
  if (first === void 0) return [];
  const texts = [`${first.role} Close ${first.text}`];
  if (second !== void 0) {
    texts.push(second.code === first.code ? 'answered' : `${second.role} Close ${second.text}`);
  }
  return texts;
}
function sideText(code, reason, { frames: frames2 }, safe) {
  if (code === null) return frames2.close > 0 ? 'without code' : null;
  return reason === null || reason === ''
    ? String(code)
    : `${code} \u201C${cutMiddle(safe(reason), LONGEST_REASON)}\u201D`;
}
function unbroken(milliseconds) {
  return formatDuration(milliseconds).replaceAll(' ', NO_BREAK_SPACE);
}

// src/report/ladder-text.ts
var WIDEST_LANE = 60;
var NARROWEST_LANE = 26;
var ARROW = 10;
var NARROWEST_TEXT = 8;
var SECONDS_FROM_MS = 1e3;
function ladderLines(ladder, theme, options) {
  const { unit, rows } = rowsOf(ladder, theme);
  const timeTitle = `${unit} from ${ladder.zero}`;
  const packetWidth = Math.max('packet'.length, ...rows.map(({ packet }) => packet.length));
  const timeWidth = Math.max(timeTitle.length, ...rows.map(({ time }) => time.length));
  const columns = (packet, time) => `${packet.padStart(packetWidth)}  ${time.padStart(timeWidth)}`;
  const room2 = options.width - displayWidth(columns('', '')) - 2 - 4;
  const isList2 = room2 < NARROWEST_LANE;
  const header = headers(options.connection, theme);
  const wanted = rows.map(
    ({ step, text: text2 }) => displayWidth(text2) + (step.kind === 'event' ? ARROW : 4),
  );
  const lane = Math.min(room2, WIDEST_LANE, Math.max(NARROWEST_LANE, header.least, ...wanted));
  return [
    theme.faint(`  ${columns('packet', timeTitle)}  ${isList2 ? '' : header.fit(lane)}`.trimEnd()),
    ...rows.map((row2) => {
      const paint2 = paintOf(row2, theme, options.severity);
      const mark = row2.isMarked ? paint2(theme.own('\u25B8')) : ' ';
      const what = isList2
        ? paint2(listed2(row2, theme, room2 + 2))
        : `${theme.faint(theme.own('\u2502'))}${drawn(row2, theme, lane, paint2)}${theme.faint(theme.own('\u2502'))}`;
      return `${mark} ${paint2(columns(row2.packet, row2.time))}  ${what}`;
    }),
  ];
}
function paintOf({ step, isMarked }, theme, severity) {
  if (isMarked) return (text2) => theme.colored(severity, text2);
  return step.kind === 'gap' ? theme.faint : (text2) => text2;
}
function rowsOf({ steps }, theme) {
  const inSeconds = steps.some((step) => step.kind === 'event' && Math.abs(step.sinceMs) >= SECONDS_FROM_MS);
  const time = (ms) => withoutNegativeZero(inSeconds ? (ms / 1e3).toFixed(6) : ms.toFixed(3));
  const rows = steps.map((step) =>
    step.kind === 'event'
      ? {
          step,
          isMarked: step.isEvidence,
          packet: String(step.packet),
          time: time(step.sinceMs),
          text: theme.safe(step.text),
        }
      : {
          step,
          isMarked: step.evidence.length > 0,
          packet: theme.ellipsis,
          time: '',
          text: theme.own(gapText(step)),
        },
  );
  return { unit: inSeconds ? 's' : 'ms', rows };
}
function withoutNegativeZero(fixed) {
  return /^-[0.]+$/.test(fixed) ? fixed.slice(1) : fixed;
}
function headers({ client: client2, server: server2 }, theme) {
  const left2 = `client ${endpointText(client2, theme.safe)}`;
  const right = `${endpointText(server2, theme.safe)} server`;
  const least = displayWidth(left2) + displayWidth(right);
  const join3 = (a, b, cells) => a + ' '.repeat(Math.max(1, cells - displayWidth(a) - displayWidth(b))) + b;
  return {
    least,
    fit: (lane) => (least < lane + 2 ? join3(left2, right, lane + 2) : join3('client', 'server', lane + 2)),
  };
}
function drawn({ step, isMarked, text: text2 }, theme, lane, paint2) {
  if (step.kind === 'gap') {
    const shown = cutMiddle(text2, lane - 4, theme.ellipsis);
    return `  ${paint2(shown)}${' '.repeat(lane - 2 - displayWidth(shown))}`;
  }
  const label = ` ${cutMiddle(text2, lane - ARROW + 3, theme.ellipsis)} `;
  const dash = theme.own(lineOf2(step));
  const short = dash.repeat(2);
  const long = dash.repeat(lane - displayWidth(label) - 3);
  if (isMarked) {
    return paint2(
      step.from === 'client'
        ? short + label + long + theme.own('\u25BA')
        : theme.own('\u25C4') + long + label + short,
    );
  }
  return step.from === 'client'
    ? `${theme.faint(short)}${label}${theme.faint(long)}${theme.own('\u25BA')}`
    : `${theme.own('\u25C4')}${theme.faint(long)}${label}${theme.faint(short)}`;
}
function lineOf2({ event }) {
  return event === 'gap' ? '\xB7' : '\u2500';
}
function listed2({ step, text: text2 }, theme, width) {
  const arrow = step.kind === 'gap' ? '' : theme.own(step.from === 'client' ? '\u2192 ' : '\u2190 ');
  return arrow + cutMiddle(text2, Math.max(width, NARROWEST_TEXT) - displayWidth(arrow), theme.ellipsis);
}

// src/report/packet-filter.ts
function packetFilters(packets, captures, width) {
  if (captures.length < 2) {
    return packets.length === 0 ? [] : [{ path: null, filter: frameFilter(packets, width) }];
  }
  const filters = [];
  let before = 0;
  for (const capture of captures) {
    const first = before;
    const local = packets
      .map((packet) => packet - first)
      .filter((packet) => packet >= 1 && packet <= capture.packets);
    before += capture.packets;
    if (local.length > 0) filters.push({ path: capture.path, filter: frameFilter(local, width) });
  }
  return filters;
}
function streamFilter(connections, width) {
  const ranges = rangesOf(connections);
  const filter =
    ranges.length === 1 && !ranges[0].includes('..')
      ? `tcp.stream == ${ranges[0]}`
      : `tcp.stream in {${ranges.join(', ')}}`;
  return filter.length > width ? null : filter;
}
function frameFilter(packets, width) {
  const ranges = rangesOf(packets);
  if (ranges.length === 1 && !ranges[0].includes('..')) return `frame.number == ${ranges[0]}`;
  let set = ranges[0];
  for (const range of ranges.slice(1)) {
    if (`frame.number in {${set}, ${range}}`.length > width) break;
    set += `, ${range}`;
  }
  return `frame.number in {${set}}`;
}
function rangesOf(packets) {
  const sorted = [...new Set(packets)].sort((a, b) => a - b);
  const ranges = [];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (sorted[end + 1] === sorted[end] + 1) end++;
    if (end - i >= 2) ranges.push(`${sorted[i]}..${sorted[end]}`);
    else ranges.push(...sorted.slice(i, end + 1).map(String));
    i = end + 1;
  }
  return ranges;
}

// src/report/anomaly-list.ts
var SHOWN_GROUPS = 20;
var FEW_OF_GROUP = 5;
var SHOWN_OF_GROUP = 3;
var SHOWN_CONNECTIONS = 5;
var SHOWN_PACKETS = 12;
var WIDEST_PROSE = 100;
var LEAST_FILTER = 36;
var GUTTER = '   ';
var FILTER_LABEL = 'Wireshark: ';
function anomalyLines(anomalies, theme, options) {
  const groups = groupFindings(anomalies);
  const shown = options.all ? groups : groups.slice(0, SHOWN_GROUPS);
  const drawn2 = groupsWithLadder(shown, options.all);
  const lines = shown.flatMap((group) => ['', ...groupLines(group, drawn2.has(group), theme, options)]);
  const hidden = /* @__PURE__ */ new Map();
  for (const { rule, members } of groups.slice(shown.length)) {
    hidden.set(rule, (hidden.get(rule) ?? 0) + members.length);
  }
  if (hidden.size > 0) lines.push('', ...moreLines(hidden, theme, options.width));
  return lines;
}
function groupsWithLadder(groups, all) {
  const [first] = groups;
  if (first === void 0 || first.severity === 'info') return /* @__PURE__ */ new Set();
  const own = groups.filter(({ across }) => !across);
  const worst = own.find(({ severity }) => severity === first.severity) ?? first;
  return new Set(all ? [worst, ...own.filter(({ severity }) => severity !== 'info')] : [worst]);
}
function groupLines(group, hasLadder, theme, options) {
  const { rule, severity, members, connections } = group;
  const width = Math.min(options.width, WIDEST_PROSE) - 2;
  const isOne = members.length === 1;
  const name = `${severity}: ${rule}`;
  const ids = listOf2(connections.map(String), SHOWN_CONNECTIONS);
  const where =
    connections.length === 1 ? `connection ${ids}` : `${countOf(connections.length, 'connection')}: ${ids}`;
  const [title = '', ...rest] = wrapText(`${name} on ${where}`, width);
  const [first, ...others] = members;
  const further = options.all
    ? others
    : others.slice(0, (members.length > FEW_OF_GROUP ? SHOWN_OF_GROUP : FEW_OF_GROUP) - 1);
  const hidden = others.length - further.length;
  return [
    `${theme.symbol(severity)} ${title.replace(name, () => theme.colored(severity, name))}`,
    ...rest.map((line) => `  ${line}`),
    ...firstLines(first, isOne, hasLadder, theme, options),
    ...further.flatMap((member) => furtherLines(member, first, theme, width)).map((line) => `  ${line}`),
    ...(hidden === 0
      ? []
      : moreLines(/* @__PURE__ */ new Map([[rule, hidden]]), theme, width).map((line) => `  ${line}`)),
    ...(isOne ? [] : allLines(group, theme, options).map((line) => `  ${line}`)),
  ];
}
function firstLines(placed, isOnly, hasLadder, theme, options) {
  const { advice: advice3 } = placed.anomaly;
  const width = Math.min(options.width, WIDEST_PROSE) - 2;
  const ladder = hasLadder ? ladderOf(placed, theme, options) : [];
  return [
    ...hanging2(isOnly ? '' : labelOf(placed, theme), theme.safe(withoutAdvice(placed)), width),
    ...(advice3 === '' ? [] : hanging2(theme.own('\u2192 '), theme.safe(advice3), width, theme.strong)),
    ...(ladder.length === 0 ? [] : ['', ...ladder, '']),
    ...evidenceLines(placed.anomaly, isOnly, ladder.length > 0, theme, options),
  ].map((line) => (line === '' ? '' : `  ${line}`));
}
function withoutAdvice({ anomaly: { message, advice: advice3 } }) {
  return advice3 !== '' && message.endsWith(` ${advice3}`) ? message.slice(0, -advice3.length - 1) : message;
}
function furtherLines(placed, first, theme, width) {
  const text2 = distinctText(withoutAdvice(placed), withoutAdvice(first));
  const numbers = new Set(text2.match(/\d+/g));
  const { packets } = placed.anomaly;
  const isSaid = packets.every((packet) => numbers.has(String(packet)));
  const full = isSaid ? text2 : `${text2} (${packetList2(packets)})`;
  return hanging2(labelOf(placed, theme), theme.safe(full), width);
}
function labelOf({ connections }, theme) {
  return connections.length === 1 ? `#${connections[0]} ` : `${theme.own('\xB7')} `;
}
function hanging2(label, text2, width, paint2 = (first) => first) {
  return wrapText(text2, width - label.length).map((line, i) =>
    i === 0 ? `${paint2(label)}${line}` : ' '.repeat(label.length) + line,
  );
}
function ladderOf({ anomaly, connections, across }, theme, options) {
  const connection2 = options.connections.find(({ id }) => id === connections[0]);
  if (connection2 === void 0) return [];
  const evidence = across ? ownPackets(anomaly, connection2) : anomaly.packets;
  const ladder = buildLadder(connection2, evidence);
  if (ladder === null) return [];
  const lines = ladderLines(ladder, theme, {
    connection: connection2,
    severity: anomaly.severity,
    width: Math.min(options.width, WIDEST_PROSE) - 2,
  });
  return across ? [theme.faint(`connection ${connection2.id}:`), ...lines] : lines;
}
function ownPackets({ packets }, { timeline, anomalies }) {
  const [worst] = anomalies;
  if (worst !== void 0) return worst.packets;
  return packets.filter((packet) => timeline.some((entry) => entry.packet === packet));
}
function packetList2(packets) {
  return `${packets.length === 1 ? 'packet' : 'packets'} ${listOf2(packets.map(String), SHOWN_PACKETS)}`;
}
function evidenceLines({ packets, severity, explain }, isOnly, isMarked, theme, { width, captures }) {
  const more = isOnly ? [theme.code(explain)] : [];
  if (packets.length === 0) return more;
  const mark = isMarked ? `${theme.own('\u25B8')} ` : '';
  const list = mark + packetList2(packets);
  const filters = packetFilters(packets, captures, Math.max(width - 2 - FILTER_LABEL.length, LEAST_FILTER));
  const only = filters.length === 1 ? filters[0] : null;
  const line = `${list}${GUTTER}${FILTER_LABEL}${only?.filter ?? ''}`;
  if (only?.path === null && line.length <= width - 2) {
    const shown = `${theme.colored(severity, mark)}${packetList2(packets)}${GUTTER}${filterText(only.filter, theme)}`;
    const fits = line.length + GUTTER.length + (isOnly ? explain.length : 0) <= width - 2;
    return fits ? [[shown, ...more].join(GUTTER)] : [shown, ...more];
  }
  return [
    ...wrapText(list, width - 2),
    ...filters.flatMap(({ path, filter }) => [
      ...(path === null ? [] : [`in ${cutMiddle(theme.safe(path), width - 6, theme.ellipsis)}:`]),
      filterText(filter, theme),
    ]),
    ...more,
  ];
}
function allLines({ members, connections }, theme, options) {
  const { explain } = members[0].anomaly;
  const label =
    connections.length === 2 ? `both${GUTTER}` : `all ${formatCount(connections.length)}${GUTTER}`;
  const room2 = options.width - 2 - label.length - FILTER_LABEL.length;
  const filter =
    options.captures.length > 1 || connections.length < 2 ? null : streamFilter(connections, room2);
  if (filter === null) return [theme.code(explain)];
  const shown = `${label}${filterText(filter, theme)}`;
  return filter.length + GUTTER.length + explain.length <= room2
    ? [`${shown}${GUTTER}${theme.code(explain)}`]
    : [shown, theme.code(explain)];
}
function filterText(filter, theme) {
  return `${theme.faint(FILTER_LABEL)}${theme.code(filter)}`;
}
function moreLines(hidden, theme, width) {
  const counts = [...hidden].map(([rule, count2]) => `${formatCount(count2)} more ${rule}`);
  return wrapText(theme.own(`\u2026and ${listOf2(counts)} (--all or --format json shows them)`), width);
}
function severityCounts(anomalies) {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { anomaly } of anomalies) counts[anomaly.severity]++;
  return [
    counts.error > 0 ? countOf(counts.error, 'error') : '',
    counts.warning > 0 ? countOf(counts.warning, 'warning') : '',
    counts.info > 0 ? countOf(counts.info, 'info', 'infos') : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

// src/report/connection-table.ts
import Table from 'cli-table3';

// src/report/table-columns.ts
var number = {
  title: '#',
  minimum: 1,
  alignRight: true,
  lines: ({ connection: connection2 }) => [{ text: String(connection2.id) }],
};
var client = {
  title: 'client',
  minimum: 21,
  lines: ({ connection: connection2 }, theme) => [
    { text: endpointText(connection2.client, theme.safe), fit: 'cut' },
  ],
};
var server = {
  title: 'server',
  minimum: 21,
  lines: ({ connection: connection2 }, theme) => [
    { text: endpointText(connection2.server, theme.safe), fit: 'cut' },
  ],
};
var target = {
  title: 'target',
  minimum: 20,
  lines: ({ connection: connection2 }, theme) => [{ text: targetText(connection2, theme.safe), fit: 'cut' }],
};
var ends = {
  title: 'client \u2192 server',
  minimum: 20,
  lines: ({ connection: connection2 }, theme) => [
    { text: endpointText(connection2.client, theme.safe), fit: 'cut' },
    { text: `\u2192 ${endpointText(connection2.server, theme.safe)}`, fit: 'cut' },
  ],
};
var verdict = {
  title: 'verdict',
  minimum: 0,
  lines: (ranked) => {
    const also = rulesBeside(ranked);
    const line = { text: ranked.connection.verdict, mark: markOf2(ranked) };
    return also === '' ? [line] : [line, { text: also }];
  },
};
var verdictInOneLine = {
  ...verdict,
  lines: (ranked) => {
    const also = rulesBeside(ranked);
    const { verdict: word } = ranked.connection;
    return [{ text: also === '' ? word : `${word}, ${also}`, mark: markOf2(ranked) }];
  },
};
var upgrade = {
  title: 'upgrade',
  minimum: 8,
  lines: ({ connection: connection2 }) => [{ text: upgradeText(connection2), fit: 'wrap' }],
};
var frames = {
  title: 'frames',
  minimum: 0,
  lines: ({ connection: connection2 }) => frameTexts(connection2).map((text2) => ({ text: text2 })),
};
var framesInOneLine = {
  ...frames,
  lines: ({ connection: connection2 }) => [{ text: frameTexts(connection2).join(' ') }],
};
var lasted = {
  title: 'lasted',
  minimum: 0,
  lines: ({ connection: connection2 }) => [{ text: lifetime(connection2) }],
};
var duration = {
  ...lasted,
  lines: ({ connection: connection2 }) => [{ text: `in ${lifetime(connection2)}` }],
};
var closed = {
  title: 'closed by',
  minimum: 22,
  lines: ({ connection: connection2 }, theme) => [{ text: closedText(connection2, theme.safe), fit: 'wrap' }],
};
function stacked(title, ...columns) {
  return {
    title,
    minimum: Math.max(...columns.map(({ minimum }) => minimum)),
    lines: (ranked, theme) => columns.flatMap((column) => column.lines(ranked, theme)),
  };
}
var connection = stacked('client \u2192 server', ends, target);
var summary = {
  title: '',
  minimum: 22,
  lines: (ranked) => [{ text: summaryText(ranked), fit: 'wrap' }],
};
var LAYOUTS = [
  [number, client, server, target, verdictInOneLine, upgrade, framesInOneLine, lasted, closed],
  [number, ends, target, verdict, upgrade, frames, lasted, closed],
  [
    number,
    connection,
    stacked('verdict, closed by', verdict, closed),
    upgrade,
    stacked('frames', frames, duration),
  ],
  [number, connection, stacked('verdict, closed by', verdict, closed, summary)],
];
function stackedLines(ranked, theme) {
  return [verdict, closed, ends, target, summary].flatMap((column) => column.lines(ranked, theme));
}
function summaryText({ connection: connection2 }) {
  return [
    upgradeText(connection2),
    ...frameTexts(connection2).map((text2) => text2.replace(' ', NO_BREAK_SPACE)),
    lifetime(connection2).replace(' ', NO_BREAK_SPACE),
  ].join(', ');
}
function markOf2({ connection: connection2, severity }) {
  if (severity === 'error' || severity === 'warning') return severity;
  return connection2.verdict === 'clean' ? 'clean' : 'neutral';
}
var RULE_OF_VERDICT = {
  'handshake-close': 'handshake-close',
  rejected: 'upgrade-rejected',
  unanswered: 'upgrade-unanswered',
  abnormal: 'abnormal-closure',
};
function rulesBeside({ connection: connection2, anomalies }) {
  const others = anomalies.filter(
    ({ rule, severity }) => severity !== 'info' && rule !== RULE_OF_VERDICT[connection2.verdict],
  );
  const first = others[0];
  if (first === void 0) return '';
  return others.length === 1 ? first.rule : `${first.rule} +${others.length - 1}`;
}
function lifetime({ durationMs }) {
  return durationMs < 0 ? 'unknown time' : formatDuration(durationMs);
}

// src/report/connection-table.ts
var ROWS_A_PIECE = 20;
var COLUMN_OVERHEAD = 3;
function connectionTable(ranked, theme, width) {
  for (const layout of LAYOUTS) {
    const widths = columnWidths(layout, ranked, theme, width);
    if (widths !== null) return drawTable(layout, widths, ranked, theme);
  }
  return ranked.map((each) => drawStacked(each, theme, width)).join('\n');
}
function columnWidths(layout, ranked, theme, width) {
  const columns = layout.map((column) => measure(column, ranked, theme));
  const widths = columns.map(({ least }) => least);
  let spare = width - widths.reduce((a, b) => a + b, 0) - COLUMN_OVERHEAD * layout.length - 1;
  if (spare < 0) return null;
  for (const wanted of [columns.map(({ uncut }) => uncut), columns.map(({ natural }) => natural)]) {
    for (let grown2 = true; spare > 0 && grown2;) {
      grown2 = false;
      for (let i = 0; i < widths.length && spare > 0; i++) {
        if (widths[i] >= wanted[i]) continue;
        widths[i]++;
        spare--;
        grown2 = true;
      }
    }
  }
  return widths;
}
function measure(column, ranked, theme) {
  const title = displayWidth(theme.own(column.title));
  const widest = { rigid: title, cut: title, wrap: title };
  for (const each of ranked) {
    for (const line of column.lines(each, theme)) {
      const kind = line.fit ?? 'rigid';
      widest[kind] = Math.max(widest[kind], displayWidth(markedText(line, theme)));
    }
  }
  const uncut = Math.max(widest.rigid, widest.cut);
  const natural = Math.max(uncut, widest.wrap);
  return { least: Math.max(widest.rigid, Math.min(natural, column.minimum)), uncut, natural };
}
function drawTable(layout, widths, ranked, theme) {
  const lines = [];
  const cells = ranked.map((each) =>
    layout.map((column, i) => column.lines(each, theme).flatMap((line) => fitLine(line, widths[i], theme))),
  );
  const isDense = cells.every((row2) => row2.every((cell) => cell.length <= 1));
  for (let from = 0; from < ranked.length; from += ROWS_A_PIECE) {
    const piece = new Table({
      head: from > 0 ? [] : layout.map(({ title }) => theme.strong(theme.own(title))),
      colWidths: widths.map((cells2) => cells2 + 2),
      colAligns: layout.map(({ alignRight }) => (alignRight === true ? 'right' : 'left')),
      style: { head: [], border: [] },
      truncate: theme.ellipsis,
      chars: withFaintSides(from > 0 ? continued(theme.tableCharacters) : theme.tableCharacters, theme),
    });
    for (const row2 of cells.slice(from, from + ROWS_A_PIECE))
      piece.push(row2.map((cell) => cell.join('\n')));
    if (from > 0) lines.pop();
    const drawn2 = piece.toString().split('\n');
    lines.push(...(isDense ? withoutRules(drawn2, from === 0, theme.tableCharacters) : drawn2));
  }
  const rules = new Set(['top-left', 'left-mid', 'bottom-left'].map((name) => theme.tableCharacters[name]));
  return lines.map((line) => (rules.has(line.charAt(0)) ? theme.faint(line) : line)).join('\n');
}
function withoutRules(lines, hasHead, characters) {
  const kept = hasHead ? [0, 2, lines.length - 1] : [lines.length - 1];
  return lines.filter((line, i) => kept.includes(i) || !line.startsWith(characters['left-mid']));
}
function withFaintSides(characters, theme) {
  const { left: left2, middle, right } = characters;
  return { ...characters, left: theme.faint(left2), middle: theme.faint(middle), right: theme.faint(right) };
}
function continued(characters) {
  return {
    ...characters,
    top: characters.mid,
    'top-mid': characters['mid-mid'],
    'top-left': characters['left-mid'],
    'top-right': characters['right-mid'],
  };
}
function drawStacked(ranked, theme, width) {
  const id = `#${ranked.connection.id} `;
  const [first, ...rest] = stackedLines(ranked, theme).map((line) => ({ fit: 'cut', ...line }));
  return [
    ...fitLine(first, width - id.length, theme).map((line) => id + line),
    ...rest.flatMap((line) => fitLine(line, width - 2, theme)).map((line) => `  ${line}`),
  ].join('\n');
}
function fitLine(line, width, theme) {
  const text2 = theme.own(line.text);
  if (line.mark !== void 0) {
    const room2 = width - displayWidth(theme.symbol(line.mark)) - 1;
    return [
      `${theme.symbol(line.mark)} ${theme.colored(line.mark, cutMiddle(text2, room2, theme.ellipsis))}`,
    ];
  }
  if (line.fit === 'wrap') return wrapText(text2, width).map(withSpaces);
  return [withSpaces(cutMiddle(text2, width, theme.ellipsis))];
}
function withSpaces(text2) {
  return text2.replaceAll(NO_BREAK_SPACE, ' ');
}
function markedText(line, theme) {
  return (line.mark === void 0 ? '' : `${theme.symbol(line.mark)} `) + theme.own(line.text);
}

// src/report/empty-result.ts
var WIDEST_PROSE2 = 100;
function emptyLines(report, theme, width) {
  return wrapText(whatWasSeen(report), width - 2).map(
    (line, i) => `${i === 0 ? theme.symbol('info') : ' '} ${theme.strong(line)}`,
  );
}
function hintLines(report, theme, width) {
  const lines = hints(report).flatMap((hint) =>
    wrapText(theme.own(hint), Math.min(width, WIDEST_PROSE2) - 2),
  );
  return ['', ...lines.map((line) => `  ${line}`)];
}
function whatWasSeen(report) {
  const { totals } = report;
  if (totals.packets === 0) return 'No packets: the capture is empty';
  if (totals.tcpConnections === 0) {
    const packets = countOf(totals.packets, 'packet');
    return isUnreadable(report)
      ? `${packets}, of a link type that wscap can not read`
      : `${packets}, but no TCP connection`;
  }
  return `No WebSocket opening handshake in ${countOf(totals.tcpConnections, 'TCP connection')}`;
}
function hints(report) {
  const { packets, tcpConnections } = report.totals;
  if (packets === 0) {
    return [
      'Nothing matched while tcpdump ran, or it was stopped before it wrote anything (-U writes every packet at once).',
      'Check the interface and the port: tcpdump -i any -U -w dump.pcap tcp port 8080',
    ];
  }
  if (tcpConnections === 0) {
    if (isUnreadable(report)) {
      return [
        'Capture on another interface, or on all of them (tcpdump -i any -w dump.pcap tcp port 8080): those packets wscap can read.',
      ];
    }
    return [
      'Check the interface and the filter: tcpdump -i any -w dump.pcap tcp port 8080',
      'wscap does not look into tunnels (MPLS, GRE, VXLAN, IP in IP): capture behind them.',
    ];
  }
  if (hasNote(report, 'encrypted')) {
    return [
      'TLS hides the handshake. Capture on the plain side of the TLS terminator, for instance between the proxy and the application.',
    ];
  }
  return [
    'wscap looks for an HTTP/1.1 upgrade request or a 101 response on any port. Start the capture before the client connects, keep whole packets (tcpdump -s 0), and check that the port filter holds the WebSocket\u2019s own port. Behind TLS, capture on the plain side of the TLS terminator. For connections that were open before the capture began, name the server\u2019s port: --port 8080.',
  ];
}
function isUnreadable(report) {
  return report.totals.tcpConnections === 0 && hasNote(report, 'unsupported-link-type');
}
function hasNote(report, code) {
  return [report, ...report.captures].some(({ notes }) => notes.some((note) => note.code === code));
}

// src/report/headline.ts
var SHOWN_CAPTURES = 5;
var SHOWN_RULES = 3;
var DAMAGE = /* @__PURE__ */ new Set(['truncated-file', 'corrupt-record', 'corrupt-block', 'corrupt-gzip']);
function headlineLines(report, theme, width) {
  const ranked = rankConnections(report);
  const problems = ranked.filter(isProblem);
  const mark = headlineMark(problems, report);
  const text2 = theme.own(headline(report, ranked, problems, theme.safe));
  return wrapText(text2, width - 2).map(
    (line, i) => `${i === 0 ? theme.symbol(mark) : ' '} ${theme.strong(line)}`,
  );
}
function factLines(report, theme, width) {
  const shown = report.captures.slice(0, SHOWN_CAPTURES);
  const lines = shown.map((capture) => `${fileName(capture, theme)}: ${captureFacts(capture, theme)}`);
  const hidden = report.captures.length - shown.length;
  if (hidden > 0) lines.push(theme.own(`\u2026and ${countOf(hidden, 'more file')}`));
  return lines.flatMap((line) => wrapText(line, width - 2)).map((line) => `  ${theme.faint(line)}`);
}
function fileName({ path }, theme) {
  return path === '-' ? 'standard input' : theme.safe(path);
}
function headlineMark(problems, report) {
  const worst = problems[0]?.severity ?? report.anomalies[0]?.severity ?? null;
  if (worst === 'error' || worst === 'warning') return worst;
  return report.connections.every(({ verdict: verdict2 }) => verdict2 === 'clean') ? 'clean' : 'info';
}
function headline(report, ranked, problems, safe) {
  const total = ranked.length;
  const noun = total === report.totals.webSocketConnections ? 'WebSocket' : 'connection';
  const connections = countOf(total, noun);
  if (problems.length === 0) return `${connections}, ${cleanSummary(ranked)}`;
  const subject = subjectOf(problems.length, total, noun);
  const ending = commonEnding(problems, safe).replaceAll(NO_BREAK_SPACE, ' ');
  return `${ruleSummary(report, problems)} on ${subject}${ending === '' ? '' : `: ${ending}`}`;
}
function cleanSummary(ranked) {
  const counts = /* @__PURE__ */ new Map();
  for (const { connection: connection2 } of ranked)
    counts.set(connection2.verdict, (counts.get(connection2.verdict) ?? 0) + 1);
  if (counts.size === 1 && counts.has('clean')) return ranked.length === 1 ? 'clean' : 'all clean';
  const verdicts = [...counts].map(([verdict2, count2]) =>
    ranked.length === 1 ? verdict2 : `${count2} ${verdict2}`,
  );
  if (counts.size === 1 && counts.has('unknown')) return 'no verdict possible (see the notes)';
  return `no problem found (${listOf2(verdicts)})`;
}
function subjectOf(problems, total, noun) {
  if (total === 1) return `the only ${noun}`;
  if (problems < total) return `${formatCount(problems)} of ${countOf(total, noun)}`;
  return total === 2 ? `both ${noun}s` : `all ${countOf(total, noun)}`;
}
function ruleSummary(report, problems) {
  const rules = /* @__PURE__ */ new Map();
  for (const { anomaly, connections } of placeAnomalies(report)) {
    const { rule, severity } = anomaly;
    if (severity === 'info') continue;
    const entry = rules.get(rule) ?? { severity, anomalies: 0, connections: /* @__PURE__ */ new Set() };
    entry.anomalies++;
    for (const id of connections) entry.connections.add(id);
    rules.set(rule, entry);
  }
  if (rules.size === 0)
    return listOf2([...new Set(problems.map(({ connection: connection2 }) => connection2.verdict))]);
  const names = [...rules]
    .sort(
      ([, a], [, b]) => compareSeverity(a.severity, b.severity) || b.connections.size - a.connections.size,
    )
    .map(([rule, { anomalies, connections }]) =>
      // "handshake-close on all 4 connections" says how many.
      anomalies === 1 || connections.size === problems.length ? rule : `${formatCount(anomalies)} ${rule}`,
    );
  const others = names.length - SHOWN_RULES;
  const shown = names.slice(0, SHOWN_RULES);
  if (others > 0) shown.push(countOf(others, 'other rule'));
  return listOf2(shown);
}
function commonEnding(problems, safe) {
  const [first, ...others] = problems;
  if (first === void 0) return '';
  if (others.length === 0) return outcomeText(first, safe);
  const texts = new Set(problems.map((problem) => outcomeText(problem, safe)));
  if (texts.size === 1) return outcomeText(first, safe);
  const bare = problems.map(({ connection: connection2 }) => bareEnding(connection2));
  const how = bare[0]?.how;
  if (how === void 0 || bare.some((ending) => ending?.how !== how)) return '';
  const times = bare.map((ending) => ending.afterMs);
  const least = formatDuration(times.reduce((a, b) => Math.min(a, b)));
  const most = formatDuration(times.reduce((a, b) => Math.max(a, b)));
  return `${how} ${least === most ? least : `${least} to ${most}`} after the 101`;
}
function bareEnding({ close, verdict: verdict2 }) {
  if (close === null || verdict2 === 'rejected' || close.frameFirstBy !== null) return null;
  const { firstBy, how, afterUpgradeMs } = close;
  if (firstBy === null || how === null || afterUpgradeMs === null) return null;
  return { how: `${firstBy} ${how.toUpperCase()}`, afterMs: afterUpgradeMs };
}
function outcomeText({ connection: connection2 }, safe) {
  const status = connection2.upgrade?.status ?? null;
  return connection2.verdict === 'rejected' && status !== null
    ? `status ${status}`
    : closedText(connection2, safe);
}
function captureFacts(capture, theme) {
  const facts = [countOf(capture.packets, 'packet'), formatBytes(capture.bytes)];
  if (capture.firstPacketAt !== null) {
    const span =
      capture.durationMs === null || capture.durationMs < 0 ? '' : `${formatDuration(capture.durationMs)} `;
    facts.push(`${span}from ${startTime(capture, capture.firstPacketAt)}`);
  }
  if (capture.linkTypes.length > 0) facts.push(listOf2(capture.linkTypes.map(theme.safe), 4));
  facts.push(capture.format + (capture.compression === null ? '' : ` (${capture.compression})`));
  if (capture.notes.some(({ code }) => DAMAGE.has(code))) facts.push('damaged (see the notes)');
  return facts.join(', ');
}
function startTime({ notes }, rfc3339) {
  const [, date = '', time = ''] = /^(.{10})T(.{8}(?:\.\d{1,3})?)/.exec(rfc3339) ?? [];
  if (notes.some(({ code }) => code === 'no-date')) return `${time} of an unknown day`;
  return `${date} ${time} ${notes.some(({ code }) => code === 'local-time') ? 'local time' : 'UTC'}`;
}

// src/report/note-list.ts
var SHOWN_A_CODE = 3;
var SHOWN_PLACES = 5;
var WIDEST_PROSE3 = 100;
function noteLines(report, theme, all, width) {
  const groups = groupNotes(report);
  if (groups.length === 0) return [];
  const lines = ['', theme.strong('Notes: what limits this analysis')];
  const shownOfCode = /* @__PURE__ */ new Map();
  const hiddenOfCode = /* @__PURE__ */ new Map();
  for (const group of groups) {
    const shown = shownOfCode.get(group.code) ?? 0;
    if (!all && shown >= SHOWN_A_CODE) {
      hiddenOfCode.set(group.code, (hiddenOfCode.get(group.code) ?? 0) + 1);
      continue;
    }
    shownOfCode.set(group.code, shown + 1);
    lines.push(...bullet(`${group.code}${places(group, theme)}: ${theme.safe(group.message)}`, theme, width));
  }
  for (const [code, count2] of hiddenOfCode) {
    lines.push(
      ...bullet(theme.own(`${code}: ${countOf(count2, 'more note')} like these (--all)`), theme, width),
    );
  }
  return lines;
}
function groupNotes(report) {
  const groups = /* @__PURE__ */ new Map();
  const add = ({ code, message, packet }, connection2, file) => {
    const key2 = JSON.stringify([code, message]);
    let group = groups.get(key2);
    if (group === void 0) {
      group = { code, message, connections: [], packets: [], files: [] };
      groups.set(key2, group);
    }
    if (connection2 !== void 0) group.connections.push(connection2);
    if (packet !== void 0) group.packets.push(packet);
    if (file !== void 0) group.files.push(file);
  };
  const several = report.captures.length > 1;
  for (const capture of report.captures) {
    for (const note of capture.notes) add(note, void 0, several ? capture.path : void 0);
  }
  for (const note of report.notes) add(note);
  for (const { id, notes } of report.connections) for (const note of notes) add(note, id);
  return [...groups.values()];
}
function places({ connections, packets, files }, theme) {
  const parts = [];
  if (files.length > 0) parts.push(listOf2(files.map(theme.safe), SHOWN_PLACES));
  const ids = [...new Set(connections)];
  if (ids.length > 0) {
    parts.push(
      `${ids.length === 1 ? 'connection' : 'connections'} ${listOf2(ids.map(String), SHOWN_PLACES)}`,
    );
  }
  if (packets.length === 1) parts.push(`packet ${packets[0]}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
function bullet(text2, theme, width) {
  const wrapped = wrapText(text2, Math.min(width, WIDEST_PROSE3) - 2);
  return wrapped.map((line, i) => `${i === 0 ? theme.symbol('neutral') : ' '} ${line}`);
}

// src/report/table-keeper.ts
var NO_FRAMES = { text: 0, binary: 0, continuation: 0, close: 0, ping: 0, pong: 0, reserved: 0 };
var NO_TRAFFIC = {
  frames: NO_FRAMES,
  messages: 0,
  payloadBytes: 0,
  segments: 0,
  retransmissions: 0,
  outOfOrder: 0,
  gapBytes: 0,
};
var NOT_KEPT = {
  client: { address: '', port: 0 },
  server: { address: '', port: 0 },
  firstPacket: 0,
  lastPacket: 0,
  openedAt: '',
  durationMs: 0,
  opening: null,
  lifecycle: [],
  upgrade: null,
  traffic: { clientToServer: NO_TRAFFIC, serverToClient: NO_TRAFFIC },
  close: null,
  heartbeat: null,
  timeline: [],
  anomalies: [],
  notes: [],
};
function isOnlyCounted(connection2) {
  return Object.getPrototypeOf(connection2) === NOT_KEPT;
}

// src/report/table.ts
var DEFAULT_COLUMNS = 80;
var LEAST_COLUMNS = 24;
var SHOWN_PROBLEMS = 12;
var FEW_PROBLEMS = 8;
var SHOWN_ALIKE = 3;
var SHOWN_OTHERS = 5;
function renderTable(report, options) {
  const theme = createTheme(options);
  const width = Math.max(
    options.columns === 0 ? DEFAULT_COLUMNS : (options.columns ?? DEFAULT_COLUMNS),
    LEAST_COLUMNS,
  );
  if (report.connections.length === 0 && report.anomalies.length === 0) {
    return text([
      ...emptyLines(report, theme, width),
      ...factLines(report, theme, width),
      ...hintLines(report, theme, width),
      ...noteLines(report, theme, options.all, width),
    ]);
  }
  const anomalies = placeAnomalies(report);
  const headline2 = headlineLines(report, theme, width);
  const listOptions = { all: options.all, width, captures: report.captures, connections: report.connections };
  const lines = [
    ...headline2,
    ...factLines(report, theme, width),
    ...connectionLines(rankConnections(report), theme, options.all, width),
    ...(anomalies.length === 0 ? [] : ['', theme.strong(severityCounts(anomalies))]),
    ...anomalyLines(anomalies, theme, listOptions),
    ...noteLines(report, theme, options.all, width),
  ];
  const scrolls = options.rows !== void 0 && options.rows > 0 && lineCount(lines) >= options.rows;
  return text(scrolls ? [...lines, '', ...headline2] : lines);
}
function connectionLines(ranked, theme, all, width) {
  const known = ranked.filter(({ connection: connection2 }) => !isOnlyCounted(connection2));
  const problems = known.filter(isProblem);
  const others = known.filter((each) => !isProblem(each));
  const foldAt = others.length > SHOWN_OTHERS && problems.length > 0 ? 0 : SHOWN_OTHERS;
  const shown = all ? known : [...someOfEach(problems), ...others.slice(0, foldAt)];
  const lines = shown.length === 0 ? [] : ['', connectionTable(shown, theme, width)];
  const kept = new Set(shown);
  const folded = foldedText(ranked.filter((each) => !kept.has(each)));
  if (folded !== '') lines.push(...wrapText(theme.own(folded), width));
  if (shown.length > 0) lines.push(...legendLines(theme, width));
  return lines;
}
function someOfEach(problems) {
  if (problems.length <= FEW_PROBLEMS) return [...problems];
  const shownOfKind = /* @__PURE__ */ new Map();
  return problems
    .filter(({ connection: connection2, anomalies }) => {
      const kind = [connection2.verdict, ...new Set(anomalies.map(({ rule }) => rule))].join(' ');
      const shown = (shownOfKind.get(kind) ?? 0) + 1;
      shownOfKind.set(kind, shown);
      return shown <= SHOWN_ALIKE;
    })
    .slice(0, SHOWN_PROBLEMS);
}
function foldedText(hidden) {
  if (hidden.length === 0) return '';
  const verdicts = /* @__PURE__ */ new Map();
  for (const { connection: connection2 } of hidden) {
    verdicts.set(connection2.verdict, (verdicts.get(connection2.verdict) ?? 0) + 1);
  }
  const only = verdicts.size === 1 ? [...verdicts.keys()][0] : null;
  if (only !== null) {
    return `\u2026and ${countOf(hidden.length, `${only} connection`)} (--all shows ${hidden.length === 1 ? 'it' : 'them'})`;
  }
  const counts = [...verdicts].map(([verdict2, count2]) => `${formatCount(count2)} ${verdict2}`);
  return `\u2026and ${countOf(hidden.length, 'more connection')}: ${listOf2(counts)} (--all shows them)`;
}
function legendLines(theme, width) {
  const legend = theme.own(
    '# is Wireshark\u2019s tcp.stream; \u2191 from client to server, \u2193 from server to client',
  );
  return wrapText(legend, width).map(theme.faint);
}
function lineCount(lines) {
  return lines.reduce((sum, line) => sum + line.split('\n').length, 0);
}
function text(lines) {
  return `${lines.join('\n')}
`;
}

// test/fuzz/hold.ts
var RAW_CONTROL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
async function problemWith(path) {
  let report;
  try {
    report = await analyze(path);
  } catch (error) {
    if (error instanceof CaptureError) return null;
    return `rejected with ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  return inconsistency(report) ?? unreadable(report) ?? (await unfollowable(path, report));
}
var MAX_FOLLOWED = 3;
async function unfollowable(path, { connections }) {
  for (const { id, opening } of connections.filter((each) => each.opening !== null).slice(0, MAX_FOLLOWED)) {
    for (const [format, isPlain] of FOLLOW_SHAPES) {
      let printed = '';
      const request = {
        captures: [path],
        connection: id,
        from: void 0,
        ports: [],
        limit: Infinity,
        hex: isPlain,
        pretty: !isPlain,
        maxBytes: void 0,
        time: 'relative',
        format,
        reader: 'wscap',
        color: false,
        ascii: isPlain,
      };
      const printer = createPrinter(request, (text2) => (printed += text2));
      let entries = 0;
      const seen = { hasStarted: false };
      try {
        const end = await follow(
          [path],
          { connection: id, maxBytes: bytesToKeep(request) },
          {
            start(start) {
              seen.hasStarted = true;
              printer.start(start);
            },
            entry(entry) {
              entries++;
              printer.entry(entry);
            },
          },
        );
        if (seen.hasStarted) printer.end(end, entries);
        if (format === 'json') JSON.parse(printed);
      } catch (error) {
        return `follow ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
      }
      if (!seen.hasStarted) return `follow ${id}: did not begin, though it is ${String(opening)}`;
      if (RAW_CONTROL.test(printed)) return `follow ${id}: a control character in ${format}`;
      if (isPlain && /[^\n\x20-\x7e]/.test(printed)) {
        return `follow ${id}: more than ASCII in ASCII`;
      }
    }
  }
  return null;
}
var FOLLOW_SHAPES = [
  ['text', true],
  ['text', false],
  ['json', false],
];
function inconsistency({ totals, captures, connections, anomalies }) {
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  if (packets !== totals.packets) return `${totals.packets} packets, but ${packets} in the captures`;
  if (connections.length > totals.tcpConnections) return 'more connections than TCP connections';
  const counts = { error: 0, warning: 0, info: 0 };
  for (const anomaly of [...anomalies, ...connections.flatMap((connection2) => connection2.anomalies)]) {
    counts[anomaly.severity]++;
    if (anomaly.packets.some((packet) => packet < 1 || packet > packets))
      return `${anomaly.rule}: no such packet`;
  }
  if (JSON.stringify(counts) !== JSON.stringify(totals.anomalies)) return 'anomalies are counted wrongly';
  for (const {
    id,
    durationMs,
    firstPacket,
    lastPacket,
    timeline,
    upgrade: upgrade2,
    traffic,
  } of connections) {
    if (!Number.isFinite(durationMs)) return `connection ${id}: no duration`;
    if (firstPacket < 1 || lastPacket > packets || firstPacket > lastPacket)
      return `connection ${id}: packets`;
    if (upgrade2 !== null && upgrade2.requestPacket === null && upgrade2.responsePacket === null) {
      return `connection ${id}: an upgrade without head`;
    }
    if (
      timeline.some(({ packet, offsetMs }) => packet < 1 || packet > packets || !Number.isFinite(offsetMs))
    ) {
      return `connection ${id}: timeline`;
    }
    const numbers = [traffic.clientToServer, traffic.serverToClient].flatMap(
      ({ frames: frames2, ...rest }) => [...Object.values(frames2), ...Object.values(rest)],
    );
    if (numbers.some((number2) => !Number.isFinite(number2) || number2 < 0))
      return `connection ${id}: counts`;
  }
  return null;
}
function unreadable(report) {
  const json = [...renderJson(report)].join('');
  if (JSON.stringify(JSON.parse(json)) !== JSON.stringify(report)) return 'JSON says something else';
  if (RAW_CONTROL.test(json)) return 'a control character in JSON';
  for (const columns of [40, 120]) {
    for (const ascii of [false, true]) {
      const table = renderTable(report, { columns, color: false, ascii, all: true });
      if (RAW_CONTROL.test(table)) return 'a control character in the table';
      if (ascii && /[^\n\x20-\x7e]/.test(table)) return 'more than ASCII in the ASCII table';
    }
  }
  return null;
}

// test/fuzz/mutations.ts
import { gunzipSync, gzipSync } from 'node:zlib';

// test/fuzz/split-pcap.ts
function splitPcap(file) {
  const isLittleEndian = file[0] === 212 || file[0] === 77;
  const records = [];
  for (let at2 = 24; at2 + 16 <= file.length;) {
    const length = 16 + (isLittleEndian ? file.readUInt32LE(at2 + 8) : file.readUInt32BE(at2 + 8));
    if (at2 + length > file.length) break;
    records.push(file.subarray(at2, at2 + length));
    at2 += length;
  }
  return { head: file.subarray(0, 24), records };
}

// test/fuzz/structured-mutations.ts
var LINK_HEADER = { 0: 4, 1: 14, 101: 0, 113: 16, 276: 20 };
var RECORD = 16;
var EXTREMES = [0, 1, 2, 127, 128, 255, 32767, 32768, 65535, 2147483647, 2147483648, 4294967295];
function layoutOf(record, linkHeader) {
  const ip = RECORD + linkHeader;
  const version = (record[ip] ?? 0) >> 4;
  const tcp = version === 4 ? ip + (record[ip] & 15) * 4 : version === 6 ? ip + 40 : -1;
  if (tcp < 0 || tcp + 20 > record.length) return null;
  return { ip, tcp, payload: Math.min(record.length, tcp + (record[tcp + 12] >> 4) * 4) };
}
function put(record, at2, size, value) {
  if (at2 < 0 || at2 + size > record.length) return;
  const bits = size === 4 ? value >>> 0 : value & (2 ** (8 * size) - 1);
  record.writeUIntBE(bits, at2, size);
}
var extreme = (random) => random.of(EXTREMES);
var CHANGES = [
  // The record's own lengths; mostly back within the file.
  (record, _, random) =>
    record.writeUInt32LE(random.below(3) === 0 ? extreme(random) : random.below(record.length), 8),
  (record, _, random) => record.writeUInt32LE(extreme(random) >>> 0, 12),
  // Time: back, far ahead, too many microseconds.
  (record, _, random) => record.writeUInt32LE(extreme(random) >>> 0, random.of([0, 4])),
  // IP: version and header length, total length, fragment, protocol.
  (record, { ip }, random) => put(record, ip, 1, random.below(256)),
  (record, { ip }, random) => put(record, ip + random.of([2, 4]), 2, extreme(random)),
  (record, { ip }, random) => put(record, ip + 6, random.of([1, 2]), random.below(65536)),
  (record, { ip }, random) =>
    put(record, ip + 9, 1, random.of([0, 4, 6, 17, 41, 43, 44, 47, 50, 51, 60, 255])),
  // TCP: ports, numbers, length of the header, flags, window.
  (record, { tcp }, random) => put(record, tcp + random.of([0, 2]), 2, extreme(random)),
  (record, { tcp }, random) => put(record, tcp + random.of([4, 8]), 4, extreme(random)),
  (record, { tcp }, random) => {
    const at2 = tcp + random.of([4, 8]);
    put(
      record,
      at2,
      4,
      record.readUInt32BE(at2) + random.of([-7e4, -1460, -1, 1, 2, 1460, 7e4, 2 ** 30, 2 ** 31]),
    );
  },
  (record, { tcp }, random) => put(record, tcp + 12, 1, random.below(256)),
  (record, { tcp }, random) => put(record, tcp + 13, 1, random.below(256)),
  (record, { tcp }, random) => put(record, tcp + 14, 2, extreme(random)),
  // The first bytes of the payload, which may be a frame's header: opcode and bits, lengths.
  (record, { payload }, random) => put(record, payload, 1, random.below(256)),
  (record, { payload }, random) =>
    put(record, payload + 1, 1, random.of([0, 1, 125, 126, 127, 128, 253, 254, 255])),
  (record, { payload }, random) =>
    put(record, payload + random.of([2, 6]), random.of([2, 4]), extreme(random)),
  // A byte of a head: an end of line, a colon, a digit.
  (record, { payload }, random) => {
    if (payload >= record.length) return;
    record[payload + random.below(record.length - payload)] = random.of([
      0, 9, 10, 13, 32, 44, 58, 59, 61, 34, 48, 57, 128, 255,
    ]);
  },
];
function mutateStructure(bytes2, random) {
  if (bytes2.length < 24 || (bytes2[0] !== 212 && bytes2[0] !== 77)) return null;
  const linkHeader = LINK_HEADER[bytes2.readUInt32LE(20)];
  if (linkHeader === void 0) return null;
  const { head, records } = splitPcap(bytes2);
  if (records.length === 0) return null;
  const changed = records.map((record) => Buffer.from(record));
  for (let i = random.below(6); i >= 0; i--) {
    const index = random.below(changed.length);
    const record = changed[index];
    const layout = layoutOf(record, linkHeader);
    if (layout !== null) random.of(CHANGES)(record, layout, random);
  }
  for (let i = random.below(3); i > 0; i--) move(changed, random);
  return Buffer.concat([head, ...changed]);
}
function move(records, random) {
  const [record] = records.splice(random.below(records.length), 1);
  if (record === void 0) return;
  for (let copies = random.below(3); copies > 0; copies--)
    records.splice(random.below(records.length + 1), 0, record);
  if (records.length === 0) records.push(record);
}

// test/fuzz/mutations.ts
var LENGTHS = [0, 1, 12, 65535, 2147483647, 2147483648, 4294967295];
function at(bytes2, random, room2 = 1) {
  return random.below(Math.max(1, bytes2.length - room2 + 1));
}
function stretch(bytes2, random) {
  const start = at(bytes2, random);
  return [start, Math.min(bytes2.length, start + 1 + random.below(1024))];
}
var flipBits = (bytes2, random) => {
  for (let i = random.below(8); i >= 0; i--) bytes2[at(bytes2, random)] ^= 1 << random.below(8);
  return bytes2;
};
var overwriteNumber = (bytes2, random) => {
  for (let i = random.below(3); i >= 0; i--) {
    const position = at(bytes2, random, 4) & ~random.of([0, 3]);
    if (position + 4 > bytes2.length) continue;
    const value = random.of(LENGTHS);
    if (random.below(2) === 0) bytes2.writeUInt32LE(value, position);
    else bytes2.writeUInt32BE(value, position);
  }
  return bytes2;
};
var overwriteBytes = (bytes2, random) => {
  const [start, end] = stretch(bytes2, random);
  const fill2 = random.of([0, 10, 32, 127, 255, -1]);
  for (let i = start; i < end; i++) bytes2[i] = fill2 < 0 ? random.below(256) : fill2;
  return bytes2;
};
var truncate = (bytes2, random) => bytes2.subarray(0, at(bytes2, random));
var swapStretches = (bytes2, random) => {
  const [start, end] = stretch(bytes2, random);
  const to = at(bytes2, random, end - start);
  const copy = Buffer.from(bytes2.subarray(start, end));
  bytes2.copyWithin(start, to, to + copy.length);
  copy.copy(bytes2, to);
  return bytes2;
};
var duplicate = (bytes2, random) => {
  const [start, end] = stretch(bytes2, random);
  return Buffer.concat([bytes2.subarray(0, end), bytes2.subarray(start)]);
};
var remove2 = (bytes2, random) => {
  const [start, end] = stretch(bytes2, random);
  return Buffer.concat([bytes2.subarray(0, start), bytes2.subarray(end)]);
};
var insert = (bytes2, random) => {
  const position = at(bytes2, random);
  const noise = Buffer.from(Array.from({ length: 1 + random.below(64) }, () => random.below(256)));
  return Buffer.concat([bytes2.subarray(0, position), noise, bytes2.subarray(position)]);
};
var splice = (bytes2, random, other) =>
  Buffer.concat([bytes2.subarray(0, at(bytes2, random)), other.subarray(at(other, random))]);
var MUTATIONS = [
  flipBits,
  flipBits,
  overwriteNumber,
  overwriteNumber,
  overwriteBytes,
  truncate,
  swapStretches,
  duplicate,
  remove2,
  insert,
  splice,
];
function mutateBytes(bytes2, other, random) {
  let mutated = Buffer.from(bytes2);
  for (let i = random.below(3); i >= 0 && mutated.length > 0; i--) {
    mutated = random.of(MUTATIONS)(mutated, random, other);
  }
  return mutated;
}
function mutate(bytes2, other, random) {
  if (random.below(2) === 0) {
    const changed = mutateStructure(bytes2, random);
    if (changed !== null) return changed;
  }
  const isGzip2 = bytes2[0] === 31 && bytes2[1] === 139;
  if (!isGzip2 || random.below(3) === 0) return mutateBytes(bytes2, other, random);
  return gzipSync(mutateBytes(gunzipSync(bytes2), other, random), { level: 1 });
}

// test/fuzz/random.ts
var Random = class {
  #state;
  constructor(seed) {
    this.#state = seed | 0;
  }
  /** A whole number from 0 up to, but not including, `limit`. */
  below(limit) {
    this.#state = (this.#state + 1831565813) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return Math.floor((((bits ^ (bits >>> 14)) >>> 0) / 4294967296) * limit);
  }
  of(values) {
    return values[this.below(values.length)];
  }
};

// test/fuzz/fuzz-run.ts
var SOURCES = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(pcap|pcapng|txt)(\.gz)?$/.test(path))
  .sort()
  .map((path) => join2(FIXTURES, path));
var MAX_MS = 5e3;
var MAX_MIB = 300;
var measuresMemory = process.env['VITEST'] === void 0;
var FuzzRun = class {
  #random;
  #path;
  cases = 0;
  /** @param folder where the damaged captures are put, one at a time; one with a problem stays there */
  constructor(seed, folder) {
    this.#random = new Random(seed);
    this.#path = join2(folder, `damaged-${seed}`);
  }
  make() {
    const random = this.#random;
    const source = random.of(SOURCES);
    const bytes2 = mutate(readFileSync(source), readFileSync(random.of(SOURCES)), random);
    return { source: relative2(FIXTURES, source), bytes: bytes2 };
  }
  /** A sentence where something is wrong, null where nothing is. */
  async next() {
    const { source, bytes: bytes2 } = this.make();
    this.cases++;
    writeFileSync(this.#path, bytes2);
    const start = performance.now();
    const problem = await problemWith(this.#path);
    if (problem !== null) return `case ${this.cases}, made of ${source}: ${problem}`;
    const elapsedMs2 = performance.now() - start;
    const miB = process.memoryUsage.rss() / 1024 ** 2;
    if (measuresMemory && miB > MAX_MIB) {
      return `case ${this.cases}, made of ${source}: ${miB.toFixed(0)} MiB of memory`;
    }
    return elapsedMs2 > MAX_MS
      ? `case ${this.cases}, made of ${source}, took ${elapsedMs2.toFixed(0)} ms`
      : null;
  }
};
export { FuzzRun };
