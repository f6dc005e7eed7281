/**
 * Takes off what logs, terminals and tickets put in front of each line of a printed capture: the name of a container, stamps of
 * journals and of log collectors, quote marks, colours. What is left begins with the packet's own text.
 */

/** Colours and cursor movements of a terminal. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]{0,20}[A-Za-z]`, 'g');
const ESCAPE = String.fromCharCode(27);

/** Where the text of tcpdump certainly begins, whatever stands in front of it. */
const ANCHORS: readonly RegExp[] = [
  /^.{1,200}?(?:^|[\s|>:\])}"'\u2502])(0x[0-9a-f]{4,8}: {1,4}[0-9a-f]{2}.*)$/i,
  /^.{1,200}?(?:^|[\s|>:\])}"'\u2502])((?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{3,9} (?:IP6?|ARP,|(?:[0-9a-f]{2}:){5}[0-9a-f]{2} >|\S{1,20} +(?:In|Out|B|M|P) +)\b.*)$/,
  /^.{1,200}?(?:^|[\s|>:\])}"'\u2502])((?:\d{10}\.\d{3,9} )?IP6? \S{1,255} > \S{1,255}: (?:Flags \[|tcp |UDP).*)$/,
  /^.{1,200}?(?:^|[\s|>:\])}"'\u2502])(IP6? \((?:tos|class|flowlabel|hlim) .*)$/,
];

/** What stands in front of other lines, one of these after the other. */
const PREFIXES: readonly RegExp[] = [
  // docker compose: "capture-1  | "
  /^[\w.@/-]{1,64} {0,40}[|\u2502] ?/,
  // kubectl logs --timestamps, CRI, GitHub Actions
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d) ?(?:std(?:out|err) [FP] )?/,
  // syslog, journalctl
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,64} [\w./-]{1,64}(?:\[\d{1,10}\])?: /,
  /^\[[^\][]{1,80}\]:? /,
  /^(?:[-*+>#|]|\/\/|\d{1,6}[.):]) /,
  /^["'`]/,
];
const PREFIXES_OF_A_LINE = 4;

/** What the line may be without what stands in front of it: each reading takes more off than the one before. */
export function* undecorated(line: string): Generator<string> {
  const plain = line.includes(ESCAPE) ? line.replace(ESCAPES, '').trim() : line;
  if (plain !== line) yield plain;
  for (const anchor of ANCHORS) {
    const found = anchor.exec(plain);
    if (found === null) continue;
    yield found[1]!;
    break;
  }
  let rest = plain;
  for (let count = 0; count < PREFIXES_OF_A_LINE; count++) {
    const found = PREFIXES.map((prefix) => prefix.exec(rest)?.[0]).find((each) => each !== undefined);
    if (found === undefined || found === '') return;
    rest = rest.slice(found.length).trim();
    yield rest;
  }
}
