/** A report whose every string from the wire would like to be something else. */
import type { Report } from '../../../src/report/model.ts';
import { handshakeClose, sampleAnomaly, sampleClose, sampleReport, sampleUpgrade } from '../sample-report.ts';

export const HOSTILE: readonly string[] = [
  '"><script>window.hacked = 1</script>',
  '</script><script>window.hacked = 2</script>',
  '<!--<script>',
  "'><img src=x onerror='window.hacked = 3'>",
  '</style><style>* { display: none }</style>',
  'javascript:window.hacked=4',
  '\u202egnp.exe\u2066\u200b\ufeff',
  'line\u2028separator\u2029\0\x1b[31m\x9b',
  '${window.hacked = 5} `{{7*7}}`',
  '__proto__',
];

export function hostileReport(): Report {
  const all = HOSTILE.join(' ');
  const headers = HOSTILE.map((text) => ({ name: text, value: text }));
  const connection = handshakeClose({
    client: { address: HOSTILE[0]!, port: 1 },
    upgrade: sampleUpgrade({
      method: HOSTILE[1]!,
      target: all,
      host: HOSTILE[3]!,
      subprotocol: all,
      extensions: all,
      requestHeaders: headers,
      responseHeaders: headers,
    }),
    close: sampleClose({ serverCode: 1011, serverReason: all, frameFirstBy: 'server' }),
    timeline: [
      {
        at: '2024-05-01T10:00:00.123456000Z',
        packet: 4,
        from: 'client',
        event: 'request',
        offsetMs: 0,
        detail: all,
      },
    ],
    activity: {
      frames: HOSTILE.map((value, i) => ({
        packet: i + 9,
        offsetMs: i,
        from: 'client' as const,
        opcode: 'text' as const,
        length: 9,
        final: true,
        payload: { encoding: 'text' as const, value, bytes: 9, of: 9 },
      })),
      omitted: 0,
      omittedAfter: 10,
      density: null,
    },
    anomalies: [sampleAnomaly({ message: `The server said ${all}. Look there.`, evidence: { said: all } })],
    notes: [{ code: 'gap', message: all }],
  });
  const report = sampleReport([connection]);
  return { ...report, captures: [{ ...report.captures[0]!, path: `/tmp/${all}` }] };
}
