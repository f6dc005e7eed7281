import { describe, expect, it } from 'vitest';
import { Recording } from '../helpers/segment-builder.ts';

describe('connection', () => {
  it('names the endpoints by direction: 0 is the sender of the first packet', () => {
    const connection = new Recording().play({ from: 1, port: 40_000 }).connection();
    expect(connection.endpoint(0)).toEqual({ address: '10.0.0.2', port: 80 });
    expect(connection.endpoint(1)).toEqual({ address: '10.0.0.1', port: 40_000 });
  });

  it('names IPv6 endpoints', () => {
    const connection = new Recording().play({ ipVersion: 6 }).connection();
    expect(connection.endpoint(0)).toEqual({ address: '2001:db8::1', port: 50_000 });
    expect(connection.endpoint(1)).toEqual({ address: '2001:db8::2', port: 80 });
  });

  it('remembers first and last packet, whatever they were', () => {
    const { first, lastPacket, lastSeconds, lastNanoseconds } = new Recording()
      .play({ flags: 'S', time: 1.5 }, { from: 1, flags: 'RA', time: 2.25 })
      .connection();
    expect(first).toEqual({ packet: 1, seconds: 1, nanoseconds: 500_000_000 });
    expect([lastPacket, lastSeconds, lastNanoseconds]).toEqual([2, 2, 250_000_000]);
  });

  it('once ignored gets no more calls, from whatever call it was ignored', () => {
    // Handshake; data behind two holes; a FIN; the holes filled by segments that are cut short; the end.
    const play = (calls: number) => {
      const recording = new Recording(undefined, ({ transcript, connection }) => {
        if (transcript.length === calls) connection.ignore();
      });
      recording.play(
        { flags: 'S', seq: 999 },
        { from: 1, flags: 'SA', seq: 4999, ack: 1000 },
        { seq: 1010, ack: 5000, payload: 'klm' },
        { seq: 1005, ack: 5000, payload: 'fgh' },
        { from: 1, seq: 5003, ack: 1000, payload: 'DEF', captured: 1 },
        { seq: 1000, ack: 5000, payload: 'abcde', captured: 2 },
        { flags: 'FA', seq: 1013, ack: 5000 },
        { from: 1, flags: 'FA', seq: 5020, ack: 1014 },
      );
      return recording.end().transcript();
    };
    const whole = play(Infinity);
    expect(whole).toEqual([
      '> syn',
      '< syn',
      '> ab #6',
      '> gap 3 #6',
      '> fgh #4',
      '> fin',
      '< fin',
      '> gap 2 #3',
      '> klm #3',
      '< gap 3 #5',
      '< D #5',
      '< gap 2 #5',
      '< gap 14 #8',
      'end closed',
    ]);
    for (let calls = 1; calls < whole.length; calls++) {
      expect(play(calls)).toEqual(whole.slice(0, calls));
    }
  });
});
