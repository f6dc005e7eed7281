/** gzip (RFC 1952) as a stream: compressed pieces in, unpacked ones out. Several members are one file (§2.2). */

export interface Gunzip {
  /** Resolves when everything in the piece has come out. */
  write(piece: Uint8Array): Promise<GunzipProblem | undefined>;
  /** The compressed data have ended. */
  end(): Promise<GunzipProblem | undefined>;
  close(): void;
}

/** After it nothing more comes out. */
export interface GunzipProblem {
  /** The data end in the middle of a member. */
  readonly isCut: boolean;
  /** zlib's error message. */
  readonly message: string;
}

/** @param onOutput gets each unpacked piece, whose size is bounded; it must not throw */
export type OpenGunzip = (outputLength: number, onOutput: (unpacked: Uint8Array) => void) => Gunzip;
