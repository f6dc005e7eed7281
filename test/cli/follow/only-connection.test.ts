import { describe, expect, it } from 'vitest';
import { findOnlyConnection, whyNotFollowed } from '../../../src/cli/follow/only-connection.ts';
import { captureInputs } from '../../../src/cli/capture-inputs.ts';
import { createTestIo } from '../../helpers/test-io.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

const READING = { ports: [], reader: 'wscap', keys: [] } as const;
const fixture = (name: string): string => `fixtures/${name}.pcap`;
const inputs = (...captures: string[]) => captureInputs(captures, createTestIo());

async function refusal(...captures: string[]): Promise<UsageError> {
  const error: unknown = await findOnlyConnection(inputs(...captures), READING).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error as UsageError;
}

describe('the only connection', () => {
  it('is the one WebSocket, also among other connections', async () => {
    expect(await findOnlyConnection(inputs(fixture('clean/text-binary-ping')), READING)).toBe(0);
    expect(await findOnlyConnection(inputs(fixture('clean/socket-io')), READING)).toBe(2);
  });

  it('may be inferred from its frames', async () => {
    expect(await findOnlyConnection(inputs(fixture('tcp/mid-stream-frames-only')), READING)).toBe(0);
  });

  it('has to be chosen among several', async () => {
    const { message, instead } = await refusal(fixture('clean/nginx-both-legs'));
    expect(message).toBe('the capture holds 2 WebSockets (connections 0 and 1): choose one with -c N');
    expect(instead).toBe('wscap analyze fixtures/clean/nginx-both-legs.pcap');
  });

  it('is not there without an upgrade, or where no upgrade was accepted', async () => {
    expect((await refusal(fixture('formats/rotated-2'))).message).toMatch(
      /^no connection of the capture became a WebSocket: the upgrade request got no 101$/,
    );
    expect((await refusal(fixture('tcp/h2c-upgrade'))).message).toBe(
      'the capture holds no WebSocket connection',
    );
  });

  it('can not be looked for in standard input', async () => {
    expect((await refusal('-')).message).toBe(
      'standard input is read only once: say which connection, as in -c 0',
    );
  });

  it('is shown by a command that can be typed as it stands', async () => {
    const parts = [1, 3].map((part) => fixture(`formats/rotated-${part}`));
    expect((await refusal(...parts)).instead).toBe('wscap analyze');
  });
});

describe('why there is nothing to follow', () => {
  it.each([
    [
      'a number beyond the last',
      7,
      'clean/nginx-both-legs',
      'connection 7 is not in the capture, which holds connections 0 to 1; WebSockets are 0 and 1',
    ],
    [
      'a number beyond the only one',
      1,
      'clean/text-binary-ping',
      'connection 1 is not in the capture, which holds only connection 0; the only WebSocket is 0',
    ],
    ['HTTP', 0, 'clean/socket-io', 'connection 0 is not a WebSocket; the only WebSocket is 2'],
    [
      'an upgrade that was refused',
      0,
      'rejected/403-origin',
      'connection 0 never became a WebSocket, its upgrade request was answered with 403',
    ],
    [
      'an upgrade without an answer',
      0,
      'unanswered/capture-ends',
      'connection 0 never became a WebSocket, its upgrade request was not answered',
    ],
  ])('%s', async (_name, connection, name, message) => {
    expect((await whyNotFollowed(connection, inputs(fixture(name)), READING)).message).toBe(message);
  });

  it('says less of standard input, which can not be read again', async () => {
    const { message } = await whyNotFollowed(4, inputs('-'), READING);
    expect(message).toBe('connection 4 is not a WebSocket, or not in the capture');
  });
});
