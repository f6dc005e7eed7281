/** Describes the tunnels in which a connection was captured. The text has only numbers and addresses: no wire text. */
import { countOf, listOf } from './format-count.ts';
import type { ConnectionReport, TunnelLayer, TunnelReport } from './model.ts';

const ID_NAMES: Readonly<Record<TunnelLayer['type'], string>> = {
  mpls: 'label',
  pppoe: 'session',
  gre: 'key',
  erspan: 'session',
  'ip-in-ip': 'id',
  vxlan: 'vni',
  geneve: 'vni',
  'gtp-u': 'teid',
  'mac-in-mac': 'i-sid',
  'e-tag': 'e-cid',
  'vn-tag': 'vif',
  ayiya: 'id',
  l2tp: 'session',
  teredo: 'id',
  'ether-ip': 'id',
};
/** Tunnels whose two directions have ids of their own. */
const ID_OF_ONE_WAY: ReadonlySet<TunnelLayer['type']> = new Set(['mpls', 'gtp-u', 'e-tag', 'vn-tag', 'l2tp']);
const SHOWN_GROUPS = 6;
const SHOWN_CONNECTIONS = 5;

/** "vxlan vni 42 192.0.2.1 ↔ 192.0.2.2"; empty if there was no tunnel. */
export function tunnelText({ tunnels = [] }: Pick<ConnectionReport, 'tunnels'>): string {
  const text = waysText(tunnels);
  const isTwice = tunnels.some(({ copy }) => copy);
  return isTwice ? `${text}, and captured a second time by another route: counted once` : text;
}

/** One line for each route that connections share: "#0, #3 and #4 in vxlan vni 42 …". */
export function tunnelLines(connections: readonly ConnectionReport[]): string[] {
  const groups = new Map<string, number[]>();
  for (const connection of connections) {
    const text = tunnelText(connection);
    if (text === '') continue;
    const ids = groups.get(text);
    if (ids === undefined) groups.set(text, [connection.id]);
    else ids.push(connection.id);
  }
  const lines = [...groups].slice(0, SHOWN_GROUPS).map(([text, ids]) => {
    const which = listOf(
      ids.map((id) => `#${id}`),
      SHOWN_CONNECTIONS,
    );
    return `${which} in ${text}`;
  });
  const hidden = groups.size - lines.length;
  return hidden > 0 ? [...lines, `${countOf(hidden, 'more route')} through tunnels (--all)`] : lines;
}

/** If both directions went through the same tunnel, it is named once. */
function waysText(tunnels: readonly TunnelReport[]): string {
  const client = tunnels.filter(({ from }) => from === 'client').map(({ layers }) => layers);
  const server = tunnels.filter(({ from }) => from === 'server').map(({ layers }) => layers);
  const texts: string[] = [];
  for (const layers of client) {
    const back = server.findIndex((other) => isWayBack(layers, other));
    if (back >= 0) texts.push(layersText(layers, '↔', server.splice(back, 1)[0]));
    else texts.push(`${layersText(layers, '→')} (from the client)`);
  }
  texts.push(...server.map((layers) => `${layersText(layers, '→')} (from the server)`));
  return listOf(texts, 3);
}

function layersText(layers: readonly TunnelLayer[], arrow: string, back?: readonly TunnelLayer[]): string {
  return layers
    .map(({ type, id, source, destination }, i) => {
      const idBack = back?.[i]?.id ?? id;
      const ids = id === idBack ? idText(type, id) : `${idText(type, id)}/${String(idBack)}`;
      const between = source === null || destination === null ? '' : ` ${source} ${arrow} ${destination}`;
      return `${type}${ids}${between}`;
    })
    .join(', in it ');
}

function idText(type: TunnelLayer['type'], id: number | null): string {
  return id === null ? '' : ` ${ID_NAMES[type]} ${id}`;
}

/** Is `back` the same tunnel in the other direction? Labels and endpoint ids may differ by direction. */
function isWayBack(there: readonly TunnelLayer[], back: readonly TunnelLayer[]): boolean {
  return (
    there.length === back.length &&
    there.every(({ type, id, source, destination }, i) => {
      const other = back[i]!;
      const isSameTunnel = id === other.id || ID_OF_ONE_WAY.has(type);
      return (
        type === other.type && isSameTunnel && source === other.destination && destination === other.source
      );
    })
  );
}
