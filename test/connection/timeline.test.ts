import { describe, expect, test } from 'vitest';
import { Timeline } from '../../src/connection/timeline.ts';
import { TimelineRoom } from '../../src/connection/timeline-room.ts';
import { OPCODE_CLOSE, OPCODE_PING, OPCODE_TEXT } from '../../src/websocket/frame.ts';

/** A timeline of this many frames, in packets 1, 2, …; every third is the client's (direction 1). */
function timelineOf(count: number): Timeline {
  const timeline = new Timeline(new TimelineRoom());
  for (let packet = 1; packet <= count; packet++) {
    timeline.addFrame(packet % 3 === 0 ? 1 : 0, packet, packet, 5, OPCODE_TEXT, packet * 10);
  }
  return timeline;
}

const packets = (timeline: Timeline) =>
  timeline.events(1).map(({ event, packet, count }) => (event === 'omitted' ? `(${count})` : packet));

test('events keep their order, their sides and their details', () => {
  const timeline = new Timeline(new TimelineRoom());
  timeline.add('syn', 0, 1, 100, 1);
  timeline.add('request', 0, 4, 100, 2, { detail: 'GET / HTTP/1.1' });
  timeline.add('response', 1, 6, 100, 3, { code: 101, detail: 'HTTP/1.1 101' });
  timeline.addFrame(0, 7, 100, 4, OPCODE_PING, 3);
  timeline.add('frame', 1, 8, 100, 5, { opcode: OPCODE_CLOSE, length: 2, code: 1000, detail: '' });
  const none = { opcode: null, length: null, code: null, detail: null, count: null };
  expect(timeline.events(0)).toMatchObject([
    { ...none, event: 'syn', from: 'client', packet: 1, seconds: 100, nanoseconds: 1 },
    { ...none, event: 'request', from: 'client', packet: 4, detail: 'GET / HTTP/1.1' },
    { ...none, event: 'response', from: 'server', packet: 6, code: 101, detail: 'HTTP/1.1 101' },
    { ...none, event: 'frame', from: 'client', packet: 7, opcode: 'ping', length: 3 },
    {
      ...none,
      event: 'frame',
      from: 'server',
      packet: 8,
      opcode: 'close',
      length: 2,
      code: 1000,
    },
  ]);
});

test('which side is the client is known only at the end', () => {
  expect(
    timelineOf(3)
      .events(0)
      .map(({ from }) => from),
  ).toEqual(['client', 'client', 'server']);
  expect(
    timelineOf(3)
      .events(1)
      .map(({ from }) => from),
  ).toEqual(['server', 'server', 'client']);
});

describe('the first and the last are kept, the middle is counted', () => {
  const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  test.each([0, 1, 15, 16, 17, 31, 32])('%d events are all kept', (count) => {
    expect(packets(timelineOf(count))).toEqual(upTo(1, count));
  });

  test.each([33, 34, 47, 48, 49, 64, 1000])('of %d, sixteen at each end', (count) => {
    expect(packets(timelineOf(count))).toEqual([
      ...upTo(1, 16),
      `(${count - 32})`,
      ...upTo(count - 15, count),
    ]);
  });

  test('what is left out stands at the time of the event behind it', () => {
    const events = timelineOf(40).events(1);
    expect(events[16]).toMatchObject({ event: 'omitted', count: 8, packet: 25, seconds: 25, from: 'server' });
  });

  test('an event that takes the place of an older one keeps nothing of it', () => {
    const timeline = timelineOf(16);
    for (let packet = 17; packet <= 32; packet++) {
      timeline.add('frame', 0, packet, 0, 0, { opcode: OPCODE_CLOSE, length: 9, code: 4000, detail: 'old' });
    }
    for (let packet = 33; packet <= 40; packet++) timeline.addFrame(1, packet, 0, 0, OPCODE_TEXT, 1);
    for (let packet = 41; packet <= 48; packet++) timeline.add('gap', 1, packet, 0, 0, { length: 7 });
    const last = timeline.events(0).slice(-16);
    expect(last.every(({ code, detail, count }) => code === null && detail === null && count === null)).toBe(
      true,
    );
    expect(last.slice(8).map(({ event, opcode, length }) => [event, opcode, length])).toEqual(
      new Array(8).fill(['gap', null, 7]),
    );
  });
});

describe('timelines that share their room', () => {
  test('do not touch each other, and keep what is theirs when the room goes to others', () => {
    const room = new TimelineRoom();
    const events = (count: number, start: number) => {
      const timeline = new Timeline(room);
      for (let packet = start; packet < start + count; packet++) {
        timeline.addFrame(0, packet, packet, 5, OPCODE_TEXT, packet * 10);
      }
      return timeline;
    };
    // More than the room holds at first, all of them open at once.
    const counts = Array.from({ length: 150 }, (_, index) => index);
    const open = counts.map((count) => events(count, 1000 * count));
    const before = open.map((timeline) => timeline.events(0));
    expect(before[40]).toHaveLength(33);
    for (const timeline of open) timeline.end();
    expect(open.map((timeline) => timeline.events(0))).toEqual(before);
    const { length } = room.rows;
    const others = counts.map((count) => events(count, 7));
    expect(open.map((timeline) => timeline.events(0))).toEqual(before);
    expect(others[3]!.events(0).map(({ packet }) => packet)).toEqual([7, 8, 9]);
    expect(room.rows.length).toBe(length);
  });

  test('say a length beyond 31 bits, and a time before the first', () => {
    const timeline = new Timeline(new TimelineRoom());
    timeline.addFrame(0, 1, 100, 5, OPCODE_TEXT, 2 ** 40);
    timeline.addFrame(0, 2, 99, 5, OPCODE_TEXT, 2 ** 31 - 1);
    timeline.addFrame(0, 3, 101, 5, OPCODE_TEXT, 2 ** 31);
    const seen = () => timeline.events(0).map(({ length, seconds }) => [length, seconds]);
    const expected = [
      [2 ** 40, 100],
      [2 ** 31 - 1, 99],
      [2 ** 31, 101],
    ];
    expect(seen()).toEqual(expected);
    timeline.end();
    expect(seen()).toEqual(expected);
  });
});
