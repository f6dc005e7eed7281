import { describe, expect, it } from 'vitest';
import { LayerCursor } from '../../src/decode/layer-cursor.ts';
import { TunnelTable } from '../../src/decode/tunnel-table.ts';
import { GRE, MPLS, VXLAN } from '../../src/decode/tunnel-kind.ts';
import { ipv4, ipv6 } from '../helpers/packet-bytes.ts';

const NONE = new Uint8Array(0);

function cursorOn(packet: Uint8Array): LayerCursor {
  const cursor = new LayerCursor();
  cursor.set(packet, 0, packet.length, packet.length);
  return cursor;
}

function vxlanNumber(table: TunnelTable, vni: number): number {
  table.clear();
  table.enter(VXLAN, vni);
  table.carriedBy(cursorOn(ipv4(NONE)), false);
  return table.number();
}

describe('the table of tunnels', () => {
  it('has 0 for no tunnel, and one number for each chain of tunnels', () => {
    const table = new TunnelTable();
    expect([table.number(), vxlanNumber(table, 7), vxlanNumber(table, 8), vxlanNumber(table, 7)]).toEqual([
      0, 1, 2, 1,
    ]);
    expect(table.layers(0)).toEqual([]);
    expect(table.layers(99)).toEqual([]);
  });

  it('names the layers of a chain, outermost first, with ids as unsigned numbers', () => {
    const table = new TunnelTable();
    table.enter(GRE, 0xffffffff);
    table.carriedBy(cursorOn(ipv6(NONE)), true);
    table.enter(MPLS, 16);
    table.enter(VXLAN, null);
    table.carriedBy(cursorOn(ipv4(NONE)), false);
    expect(table.layers(table.number())).toEqual([
      { type: 'gre', id: 0xffffffff, source: '2001:db8::1', destination: '2001:db8::2' },
      { type: 'mpls', id: 16, source: null, destination: null },
      { type: 'vxlan', id: null, source: '192.0.2.1', destination: '198.51.100.2' },
    ]);
  });

  it('has no room for a ninth layer', () => {
    const table = new TunnelTable();
    expect(Array.from({ length: 9 }, () => table.enter(MPLS, 1))).toEqual([
      ...new Array<boolean>(8).fill(true),
      false,
    ]);
  });

  it('gives all chains beyond its bound the last number', () => {
    const table = new TunnelTable(4);
    expect([1, 2, 3, 4, 5, 1].map((vni) => vxlanNumber(table, vni))).toEqual([1, 2, 3, 3, 3, 1]);
  });
});
