/**
 * Removes from a comparison what the user must not pass on. The reports are compared before redaction, since marks
 * can't be compared in place of values; then values are hidden in the result. Equal values get equal marks on both
 * sides.
 */
import { Redactor, type RedactOptions } from '../redact/redactor.ts';
import type { Report } from '../report/model.ts';
import type { CaptureFinding, ConnectionReference, Difference, DiffReport, Fact, Pair } from './model.ts';

const HIDDEN = '[redacted payload]';

/** @param good, bad the reports that were compared: secrets are learned from them */
export function redactDiff(
  diff: DiffReport,
  [good, bad]: readonly [Report, Report],
  options: RedactOptions,
): DiffReport {
  const redactor = new Redactor(options);
  for (const report of [good, bad]) for (const connection of report.connections) redactor.learn(connection);
  for (const report of [good, bad]) redactor.learnAnomalies(report);
  const hide = new DiffRedactor(redactor, options);
  return {
    ...diff,
    good: { ...diff.good, captures: diff.good.captures.map((capture) => redactor.capture(capture)) },
    bad: { ...diff.bad, captures: diff.bad.captures.map((capture) => redactor.capture(capture)) },
    pairs: diff.pairs.map((pair) => hide.pair(pair)),
    unpaired: diff.unpaired.map(({ side, connection }) => ({ side, connection: hide.reference(connection) })),
    captureFindings: diff.captureFindings.map((finding) => hide.captureFinding(finding)),
    redaction: redactor.summary(),
  };
}

class DiffRedactor {
  readonly #redactor: Redactor;
  readonly #options: RedactOptions;

  constructor(redactor: Redactor, options: RedactOptions) {
    this.#redactor = redactor;
    this.#options = options;
  }

  pair(pair: Pair): Pair {
    const text = (value: string) => this.#redactor.text(value);
    return {
      ...pair,
      good: this.reference(pair.good),
      bad: this.reference(pair.bad),
      differences: pair.differences.map((difference) => this.#difference(difference)),
      same: pair.same.map((fact) => ({ ...fact, value: this.#value(fact.field, fact.value) })),
      newFindings: pair.newFindings.map((finding) => ({
        ...finding,
        message: text(finding.message),
        advice: text(finding.advice),
      })),
      outcome: { good: text(pair.outcome.good), bad: text(pair.outcome.bad) },
    };
  }

  reference(reference: ConnectionReference): ConnectionReference {
    const { client, server, host, target } = reference;
    return {
      ...reference,
      client: this.#redactor.endpoint(client),
      server: this.#redactor.endpoint(server),
      host: host === null ? null : this.#redactor.header('host', host),
      target: target === null ? null : this.#redactor.target(target),
    };
  }

  captureFinding(finding: CaptureFinding): CaptureFinding {
    return { ...finding, message: this.#redactor.text(finding.message) };
  }

  #difference(difference: Difference): Difference {
    const { field, good, bad } = difference;
    // A parameter without "=" has a name only, which may be the secret.
    const name = /^query (.*)$/s.exec(field)?.[1];
    return {
      ...difference,
      field: name === undefined ? field : `query ${this.#parameterName(name)}`,
      good: this.#fact(field, good),
      bad: this.#fact(field, bad),
    };
  }

  #fact(field: string, { value, packet }: Fact): Fact {
    return { value: value === null ? null : this.#value(field, value), packet };
  }

  #value(field: string, value: string): string {
    const header = /^header (.*)$/s.exec(field)?.[1];
    if (header !== undefined) {
      // Several lines of the header: each is redacted by itself.
      return value
        .split('\n')
        .map((line) => this.#redactor.header(header, line))
        .join('\n');
    }
    const parameter = /^query ?(.*)$/s.exec(field)?.[1];
    if (parameter !== undefined) return this.#parameterValue(parameter, value);
    if (field === 'path') return this.#redactor.target(value);
    if (field === 'subprotocol') return this.#redactor.header('sec-websocket-protocol', value);
    if (field === 'extensions') return this.#redactor.header('sec-websocket-extensions', value);
    if (field.startsWith('contents of ') && this.#options.secrets) return HIDDEN;
    return this.#redactor.text(value);
  }

  #parameterName(name: string): string {
    const [shown = ''] = this.#redactor.target(`?${name}=`).slice(1).split('=');
    return this.#redactor.text(shown);
  }

  /** @param name empty: the parameter was written without "=" */
  #parameterValue(name: string, value: string): string {
    if (name === '') return this.#redactor.target(`?${value}`).slice(1);
    const whole = this.#redactor.target(`?${name}=${value}`);
    return whole.slice(whole.indexOf('=') + 1);
  }
}
