/** The rules in groups, for reading: what a person looks for is a phase in the life of a connection. */
import { ALL_RULES } from '../../rules/index.ts';
import type { RuleMeta } from '../../judgement/rule.ts';

export interface RuleGroup {
  readonly title: string;
  readonly rules: readonly RuleMeta[];
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Opening handshake': [
    'connection-refused',
    'closed-before-request',
    'upgrade-request-invalid',
    'upgrade-unanswered',
    'slow-upgrade',
    'upgrade-rejected',
    'upgrade-response-invalid',
    'accept-mismatch',
    'subprotocol-unanswered',
    'data-before-upgrade',
    'coalesced-first-frame',
    'handshake-close',
    'client-handshake-close',
  ],
  'Frames and messages': [
    'unmasked-client-frame',
    'masked-server-frame',
    'reserved-bits',
    'reserved-opcode',
    'control-frame-invalid',
    'fragmentation-invalid',
    'length-invalid',
    'invalid-utf8',
    'close-frame-invalid',
    'deflate-error',
    'data-after-close',
    'message-unfinished',
  ],
  Closing: ['abnormal-closure', 'close-unanswered', 'error-close-code', 'close-lingering'],
  Liveness: ['idle-timeout', 'pong-missing', 'silent-after-upgrade', 'half-open'],
  TCP: ['zero-window', 'retransmissions'],
  'Across connections': ['reconnect-loop', 'fixed-lifetime', 'mass-disconnect'],
};

/** A rule that stands in none of the groups is not to be lost; a test keeps this one empty. */
export const OTHERS = 'Others';

export function groupOf(id: string): string {
  return Object.keys(GROUPS).find((title) => GROUPS[title]!.includes(id)) ?? OTHERS;
}

export function ruleGroups(): RuleGroup[] {
  const place = (id: string) => GROUPS[groupOf(id)]?.indexOf(id) ?? 0;
  return [...Object.keys(GROUPS), OTHERS]
    .map((title) => ({
      title,
      rules: ALL_RULES.filter(({ id }) => groupOf(id) === title).sort((a, b) => place(a.id) - place(b.id)),
    }))
    .filter(({ rules }) => rules.length > 0);
}
