import { describe, expect, test } from 'vitest';
import { openingsOf, type OpeningFacts } from '../../src/connection/openings.ts';
import type { ExtensionFacts } from '../../src/connection/record.ts';
import { SideTracker } from '../../src/connection/side-tracker.ts';
import { InflateBudget } from '../../src/websocket/inflate-budget.ts';

const KEEPS = { noContextTakeover: false, windowBits: 15 };
const DROPS = { noContextTakeover: true, windowBits: 9 };

function openings(facts: Partial<OpeningFacts>, client: 0 | 1 = 0) {
  return openingsOf([new SideTracker(), new SideTracker()], client, {
    extensions: { deflate: null, names: [] },
    isFromStart: true,
    earlyUntilPacket: 0,
    budget: new InflateBudget(),
    messages: null,
    ...facts,
  });
}

test('roles go by direction', () => {
  expect(openings({}, 0).map(({ role }) => role)).toEqual(['client', 'server']);
  expect(openings({}, 1).map(({ role }) => role)).toEqual(['server', 'client']);
});

test('only the client can have sent frames before the upgrade', () => {
  expect(openings({ earlyUntilPacket: 5 }, 1).map(({ earlyUntilPacket }) => earlyUntilPacket)).toEqual([
    0, 5,
  ]);
});

describe('reserved bits that may mean something', () => {
  const deflate = { client: KEEPS, server: DROPS };
  test.each<[string, ExtensionFacts | null, number]>([
    ['none without an extension', { deflate: null, names: [] }, 0],
    ['RSV1 with permessage-deflate', { deflate, names: ['permessage-deflate'] }, 4],
    ['all with one that is not known', { deflate: null, names: ['x-mux'] }, 7],
    ['all with one that is not known besides', { deflate, names: ['permessage-deflate', 'x-mux'] }, 7],
    ['all where parameters mean nothing', { deflate: null, names: ['permessage-deflate'] }, 7],
    ['all where nothing is known of it', null, 7],
  ])('%s', (_name, extensions, bits) => {
    expect(openings({ extensions }).map(({ knownReservedBits }) => knownReservedBits)).toEqual([bits, bits]);
  });
});

describe('a message with RSV1', () => {
  /** Whether its payload is asked for: to check a text, or to inflate it. */
  const isLookedInto = (extensions: ExtensionFacts | null, opcode: number) =>
    openings({ extensions })[1].reader.begin(opcode, true, 4, 10);

  test.each<[string, ExtensionFacts | null, boolean, boolean]>([
    ['is a text like any other without an extension', { deflate: null, names: [] }, true, false],
    [
      'is inflated with permessage-deflate',
      { deflate: { client: KEEPS, server: KEEPS }, names: ['permessage-deflate'] },
      true,
      true,
    ],
    ['is not looked into with an extension that is not known', { deflate: null, names: ['x'] }, false, false],
    ['is not looked into where nothing is known', null, false, false],
  ])('%s', (_name, extensions, text, binary) => {
    expect([isLookedInto(extensions, 1), isLookedInto(extensions, 2)]).toEqual([text, binary]);
  });
});

test('whoever takes messages gets those of each side under its role', () => {
  const heard: string[] = [];
  const messages = {
    keepOf: () => 10,
    signOf: () => null,
    take: (from: string) => heard.push(from),
  };
  for (const { role, messages: taker } of openings({ messages }, 1)) taker?.take(role, {} as never);
  expect(heard).toEqual(['server', 'client']);
  expect(openings({}).map((opening) => opening.messages)).toEqual([null, null]);
});
