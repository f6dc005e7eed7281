/**
 * The keys of one analysis: those that were given, and those inside the capture. All of them add up. Where several have a secret for the
 * same ClientHello, the first one counts. Keeps nothing that a note, a report or an error could show of a secret.
 */
import type { CaptureInput } from '../capture/capture-bytes.ts';
import { canBeReadAgain, secretsOf } from '../capture/secrets-of.ts';
import { countOf } from '../report/format-count.ts';
import type { ReportNote } from '../report/model.ts';
import { KeyLog, type KeySource, type SecretLabel, type SourceFacts } from '../tls/key-log.ts';
import type { NamedKeys } from '../tls/key-source.ts';

/** The type of a secrets block with the text of a key log ("TLSK", pcapng §4.8). */
export const TLS_KEY_LOG = 0x544c534b;

/**
 * Of further connections without keys it isn't remembered that their keys may still come.
 * @bound connections without keys of which a pipe may bring the keys later: {count}
 */
const MAX_MISSED = 10_000;

const INSIDE = 'the secrets inside the capture';
const NOTHING: SourceFacts = { lines: 0, secrets: 0, notUnderstood: 0, contradictions: 0, omitted: 0 };
const LF = Uint8Array.of(0x0a);

/** A secret that was asked for, and is not there. */
interface Missed {
  readonly label: SecretLabel;
  readonly random: Uint8Array;
}

export class CaptureKeys implements KeySource {
  readonly #given: readonly NamedKeys[];
  readonly #used = new Set<NamedKeys>();
  /** Inputs whose secrets can be looked for wherever they stand. */
  readonly #searchable: readonly CaptureInput[];
  /** All inputs are searchable: once they were searched, secrets that come with the packets are known already. */
  readonly #areAllSearchable: boolean;
  /** Secrets that came with the packets, and those that were found by looking for them. */
  readonly #passed = new KeyLog();
  readonly #found = new KeyLog();
  #insideFacts: SourceFacts | null = null;
  #isSearched = false;
  readonly #missed: Missed[] = [];
  /** Those that were asked for and found: the connections' randoms. */
  readonly #randoms = new Map<string, Uint8Array>();
  /** Which secrets differ between two sources. */
  readonly #contradictions = new Set<string>();
  #wasAsked = false;

  constructor(given: readonly NamedKeys[], inputs: readonly CaptureInput[]) {
    this.#given = given;
    this.#searchable = inputs.filter(canBeReadAgain);
    this.#areAllSearchable = this.#searchable.length === inputs.length;
  }

  secret(label: SecretLabel, clientRandom: Uint8Array): Uint8Array | null {
    this.#wasAsked = true;
    const secret = this.#known(label, clientRandom);
    if (secret !== null) return secret;
    if (this.#search()) return this.#known(label, clientRandom);
    if (this.#missed.length < MAX_MISSED) this.#missed.push({ label, random: clientRandom.slice() });
    return null;
  }

  /** Secrets inside the capture, in front of the packets that come next; `type` as in {@link TLS_KEY_LOG}. */
  take(type: number, bytes: Uint8Array): void {
    // What was looked for has been found already.
    if (type !== TLS_KEY_LOG || (this.#isSearched && this.#areAllSearchable)) return;
    this.#passed.add(bytes);
    this.#endBlock(this.#passed);
  }

  /** The connections whose secrets were asked for and found. */
  get usedCount(): number {
    return this.#randoms.size;
  }

  /** All keys, to read a part of the capture with them that doesn't carry them. */
  sources(): NamedKeys[] {
    const inside = [this.#passed, this.#found].map((log): NamedKeys => ({
      name: INSIDE,
      isForThisCapture: false,
      log,
      facts: this.#insideFacts ?? NOTHING,
      failure: null,
    }));
    return [...this.#given, ...inside];
  }

  /** All that is known of the connections whose secrets were asked for and found, as the text of a key log. It is secret. */
  usedLines(): string {
    const logs = [...this.#given.map(({ log }) => log), this.#passed, this.#found];
    const lines = new Map<string, string>();
    for (const random of this.#randoms.values()) {
      for (const log of logs) {
        for (const line of log.linesOf(random).split('\n')) {
          const name = line.slice(0, line.lastIndexOf(' '));
          if (line !== '' && !lines.has(name)) lines.set(name, line);
        }
      }
    }
    return [...lines.values()].map((line) => `${line}\n`).join('');
  }

  /**
   * What is to be said about the keys, at the end of the analysis.
   * @param isWhole every connection of the capture was read; otherwise nothing is said of keys that were not used
   */
  notes(isWhole = true): ReportNote[] {
    const notes = this.#given.flatMap((keys) => this.#notesOn(keys, isWhole));
    if (this.#insideFacts !== null) notes.push(...factNotes(INSIDE, this.#insideFacts));
    if (this.#contradictions.size > 0) {
      const secrets = countOf(this.#contradictions.size, 'secret');
      notes.push(
        keyNote(
          `${secrets} of this capture's connections differ between two sources of keys: the first one counts`,
        ),
      );
    }
    const late = this.#missed.filter(({ label, random }) => this.#passed.secret(label, random) !== null);
    if (late.length > 0) {
      notes.push({
        code: 'keys-late',
        message:
          'the capture brought keys only after packets that need them, and it can be read only once: save it to a file, and analyze that',
      });
    }
    return notes;
  }

  #known(label: SecretLabel, random: Uint8Array): Uint8Array | null {
    const secrets: Uint8Array[] = [];
    for (const keys of this.#given) {
      const secret = keys.log.secret(label, random);
      if (secret === null) continue;
      this.#used.add(keys);
      secrets.push(secret);
    }
    for (const log of [this.#passed, this.#found]) {
      const secret = log.secret(label, random);
      if (secret !== null) secrets.push(secret);
    }
    const [first, ...others] = secrets;
    if (first === undefined) return null;
    this.#remember(random);
    if (others.some((other) => !isSame(first, other))) this.#contradictions.add(`${label} ${nameOf(random)}`);
    return first;
  }

  #remember(random: Uint8Array): void {
    const name = nameOf(random);
    if (!this.#randoms.has(name)) this.#randoms.set(name, random.slice());
  }

  /** Looks for secrets wherever they stand in the capture, once. Returns whether there were any. */
  #search(): boolean {
    if (this.#isSearched) return false;
    this.#isSearched = true;
    if (this.#areAllSearchable) this.#insideFacts = null;
    for (const input of this.#searchable) {
      secretsOf(input, (type, bytes) => {
        if (type !== TLS_KEY_LOG) return;
        this.#found.add(bytes);
        this.#endBlock(this.#found);
      });
    }
    return this.#found.size > 0;
  }

  #endBlock(log: KeyLog): void {
    log.add(LF);
    const facts = log.endSource();
    const before = this.#insideFacts;
    this.#insideFacts = before === null ? facts : sum(before, facts);
  }

  #notesOn(keys: NamedKeys, isWhole: boolean): ReportNote[] {
    const { name, facts, failure, isForThisCapture } = keys;
    if (failure !== null) return [keyNote(`${name} could not be read: ${failure}`)];
    const notes = factNotes(name, facts);
    const isOfInterest = isWhole && (isForThisCapture || this.#wasAsked);
    if (facts.secrets > 0 && isOfInterest && !this.#used.has(keys)) {
      notes.push(
        keyNote(
          this.#wasAsked
            ? `${name} holds the keys of none of this capture's TLS connections`
            : `${name} is of no use here: no connection of this capture speaks TLS with its handshake whole in the capture and a cipher suite that is decrypted`,
        ),
      );
    }
    return notes;
  }
}

function factNotes(name: string, facts: SourceFacts): ReportNote[] {
  const { lines, secrets, notUnderstood, contradictions, omitted } = facts;
  const notes: ReportNote[] = [];
  if (lines === 0) notes.push(keyNote(`${name} holds no keys: no line of a key log is in it`));
  else if (notUnderstood === lines) {
    notes.push(keyNote(`${name} is not a key log: none of its lines (${lines}) can be understood`));
  } else if (secrets === 0) {
    notes.push(keyNote(`${name} holds no keys that decrypt a connection, only others`));
  } else if (notUnderstood > 0) {
    notes.push(keyNote(`${name}: ${notUnderstood} of its ${countOf(lines, 'line')} could not be understood`));
  }
  if (contradictions > 0) {
    notes.push(
      keyNote(
        `${name} holds different secrets for the same connection (${countOf(contradictions, 'line')}): the first one counts`,
      ),
    );
  }
  if (omitted > 0) {
    notes.push(keyNote(`${name} holds more keys than wscap keeps: ${countOf(omitted, 'line')} left out`));
  }
  return notes;
}

function keyNote(message: string): ReportNote {
  return { code: 'keylog', message };
}

function sum(a: SourceFacts, b: SourceFacts): SourceFacts {
  return {
    lines: a.lines + b.lines,
    secrets: a.secrets + b.secrets,
    notUnderstood: a.notUnderstood + b.notUnderstood,
    contradictions: a.contradictions + b.contradictions,
    omitted: a.omitted + b.omitted,
  };
}

function nameOf(random: Uint8Array): string {
  return String.fromCharCode(...random);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
