/** gzip by the zlib of Node, in its threads. */
import type { Gunzip as GunzipStream } from 'node:zlib';
import type { Gunzip, GunzipProblem } from '../gunzip.ts';

const CUT_CODE = 'Z_BUF_ERROR';

/** @param onOutput gets each unpacked piece, whose size is bounded; it must not throw */
export function openGunzip(outputLength: number, onOutput: (unpacked: Uint8Array) => void): Gunzip {
  return new NodeGunzip(outputLength, onOutput);
}

class NodeGunzip implements Gunzip {
  readonly #stream: GunzipStream;
  #onError: ((error: NodeJS.ErrnoException) => void) | undefined;

  constructor(outputLength: number, onOutput: (unpacked: Uint8Array) => void) {
    // Loaded here, not with the program: most captures don't need it, and start sooner.
    this.#stream = process.getBuiltinModule('node:zlib').createGunzip({ chunkSize: outputLength });
    this.#stream.on('data', (unpacked: Buffer) => {
      // A plain Uint8Array like the chunks of a file, so that the hot loops see only one kind of object.
      onOutput(new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length));
    });
    this.#stream.on('error', (error) => {
      this.#onError?.(error);
    });
  }

  write(piece: Uint8Array): Promise<GunzipProblem | undefined> {
    return this.#step((done) => this.#stream.write(piece, done));
  }

  end(): Promise<GunzipProblem | undefined> {
    return this.#step((done) => {
      this.#stream.once('end', done);
      // Zero bytes behind the last member (padding) make zlib end by itself, and 'end' has gone by.
      this.#stream.end(() => {
        if (this.#stream.readableEnded) done();
      });
    });
  }

  close(): void {
    this.#stream.destroy();
  }

  /**
   * One call into zlib. It is done when zlib says so, or with the error event, after which zlib says nothing
   * more.
   */
  #step(start: (done: () => void) => void): Promise<GunzipProblem | undefined> {
    return new Promise((resolve) => {
      this.#onError = ({ code, message }) => {
        resolve({ isCut: code === CUT_CODE, message });
      };
      start(() => {
        resolve(undefined);
      });
    });
  }
}
