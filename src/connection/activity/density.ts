/**
 * Counts the frames of a connection in equal slices of time, without knowing how long the connection will
 * last: when the slices run out, each two neighbours become one slice, and each slice lasts twice as long.
 */
import type { Timestamp } from '../../basics/timestamp.ts';
import { millisecondsBetween } from '../../basics/timestamp.ts';
import type { OpcodeName } from '../../websocket/frame.ts';
import type { Role } from '../record.ts';

const SLICES = 48;
const SHORTEST_SLICE_MS = 0.25;
const ROLES: readonly Role[] = ['client', 'server'];
const OPCODES: readonly OpcodeName[] = [
  'text',
  'binary',
  'continuation',
  'close',
  'ping',
  'pong',
  'reserved',
];
const COLUMNS = ROLES.length * OPCODES.length;

export interface DensityCount {
  /** The number of the slice, from 0; it begins `slice * sliceMs` after the start. */
  readonly slice: number;
  readonly from: Role;
  readonly opcode: OpcodeName;
  readonly frames: number;
}

export class Density {
  readonly #start: Timestamp;
  /** One row for each slice, one column for each role and opcode. */
  readonly #counts = new Uint32Array(SLICES * COLUMNS);
  sliceMs: number = SHORTEST_SLICE_MS;

  constructor(start: Timestamp) {
    this.#start = start;
  }

  add(from: Role, opcode: OpcodeName, at: Timestamp): void {
    // The clock of a capture may go back: a frame older than the start counts in the first slice.
    const elapsed = Math.max(0, millisecondsBetween(this.#start, at));
    while (elapsed >= SLICES * this.sliceMs) this.#widen();
    const slice = Math.floor(elapsed / this.sliceMs);
    const column = ROLES.indexOf(from) * OPCODES.length + OPCODES.indexOf(opcode);
    this.#counts[slice * COLUMNS + column]!++;
  }

  /** In the order of time; slices without a frame are left out. */
  counts(): DensityCount[] {
    const counts: DensityCount[] = [];
    this.#counts.forEach((frames, index) => {
      if (frames === 0) return;
      const column = index % COLUMNS;
      counts.push({
        slice: Math.floor(index / COLUMNS),
        from: ROLES[Math.floor(column / OPCODES.length)]!,
        opcode: OPCODES[column % OPCODES.length]!,
        frames,
      });
    });
    return counts;
  }

  #widen(): void {
    this.sliceMs *= 2;
    const counts = this.#counts;
    for (let index = 0; index < counts.length; index++) {
      const slice = Math.floor(index / COLUMNS);
      const left = 2 * slice * COLUMNS + (index % COLUMNS);
      counts[index] = slice < SLICES / 2 ? counts[left]! + counts[left + COLUMNS]! : 0;
    }
  }
}
