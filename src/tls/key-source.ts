/** A key log that was read, and what is known of where it came from. */
import { KeyLog, type SourceFacts } from './key-log.ts';

export interface NamedKeys {
  /** What notes call it. */
  readonly name: string;
  /**
   * Somebody gave it for this capture. Another one is for whatever is analyzed (from the environment, from a config file): that a
   * capture without TLS does not need it is not worth a word.
   */
  readonly isForThisCapture: boolean;
  readonly log: KeyLog;
  readonly facts: SourceFacts;
  /** Why nothing could be read of it, as a clause; null where it was read. */
  readonly failure: string | null;
}

const NO_LINES: SourceFacts = { lines: 0, secrets: 0, notUnderstood: 0, contradictions: 0, omitted: 0 };

/** The keys in these bytes, the text of a key log in pieces. */
export function namedKeys(name: string, pieces: Iterable<Uint8Array>, isForThisCapture = true): NamedKeys {
  const reading = new KeyReading();
  for (const piece of pieces) reading.add(piece);
  return reading.end(name, isForThisCapture);
}

/** Takes the text of a key log as it is read, and keeps nothing of it but the keys. */
export class KeyReading {
  readonly #log = new KeyLog();

  add(piece: Uint8Array): void {
    this.#log.add(piece);
  }

  end(name: string, isForThisCapture: boolean): NamedKeys {
    return { name, isForThisCapture, log: this.#log, facts: this.#log.endSource(), failure: null };
  }
}

/** In place of keys that could not be read. */
export function unreadableKeys(name: string, failure: string): NamedKeys {
  return { name, isForThisCapture: true, log: new KeyLog(), facts: NO_LINES, failure };
}
