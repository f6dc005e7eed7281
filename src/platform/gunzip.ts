/** gzip (RFC 1952) as a stream: compressed pieces in, unpacked ones out. Several members are one file (§2.2). */

export interface Gunzip {
  /** Resolves when all that the piece holds has come out. */
  write(piece: Uint8Array): Promise<GunzipProblem | undefined>;
  /** The compressed data have ended. */
  end(): Promise<GunzipProblem | undefined>;
  close(): void;
}

/** After it nothing more comes out. */
export interface GunzipProblem {
  /** The data end in the middle of a member. */
  readonly isCut: boolean;
  /** zlib's words. */
  readonly message: string;
}

/** @param onOutput gets each unpacked piece, of so many bytes at most; it must not throw */
export type OpenGunzip = (outputLength: number, onOutput: (unpacked: Uint8Array) => void) => Gunzip;
