/**
 * Notes about bytes that form no whole message and no control frame. For formats that print messages: those would
 * otherwise not mention these bytes.
 */
import { opcodeName } from '../../websocket/frame.ts';
import type { ConnectionNote } from './connection-notes.ts';
import type { ConnectionRecord, WebSocketSideFacts } from '../../connection/record.ts';

/** From this length on, the top bit of 64 is set, which RFC 6455 §5.2 forbids. */
const TOO_LARGE = 2 ** 63;

export function leftOverNotes({ clientSide, serverSide }: ConnectionRecord): ConnectionNote[] {
  return [clientSide, serverSide].flatMap((side) => [
    ...reserved(side),
    ...unfinishedFrame(side),
    ...unfinishedMessage(side),
  ]);
}

function reserved({ role, irregularities }: WebSocketSideFacts): ConnectionNote[] {
  const found = irregularities.find(({ kind }) => kind === 'reserved-opcode');
  const first = found?.examples[0];
  if (found === undefined || first === undefined) return [];
  const frames = found.count === 1 ? '1 frame' : `${found.count} frames`;
  return [
    {
      code: 'reserved-opcode',
      message: `${frames} of the ${role} with a reserved opcode ${found.count === 1 ? 'is' : 'are'} not shown: the first, 0x${first.opcode.toString(16)}, is in packet ${first.packet}`,
      packet: first.packet,
    },
  ];
}

function unfinishedFrame({ role, unfinished }: WebSocketSideFacts): ConnectionNote[] {
  if (unfinished === null) return [];
  const { opcode, payloadLength, received, firstPacket } = unfinished;
  const code = 'unfinished-frame';
  const end = `the last frame of the ${role}, which begins in packet ${firstPacket}, is not shown`;
  if (opcode === null || payloadLength === null) {
    return [{ code, message: `${end}: of its header only ${bytes(received)} came`, packet: firstPacket }];
  }
  const what =
    payloadLength >= TOO_LARGE ? 'an impossible length of at least 2^63' : `${bytes(payloadLength)} long`;
  const name = opcodeName(opcode) === 'reserved' ? `opcode 0x${opcode.toString(16)}` : opcodeName(opcode);
  const message = `${end}: ${name}, ${payloadLength >= TOO_LARGE ? `with ${what}` : what}, of which ${bytes(received)} came`;
  return [{ code, message, packet: firstPacket }];
}

function unfinishedMessage({ role, unfinishedMessage: message }: WebSocketSideFacts): ConnectionNote[] {
  if (message === null) return [];
  const { opcode, frames, payloadBytes, firstPacket } = message;
  const count = frames === 1 ? '1 frame' : `${frames} frames`;
  return [
    {
      code: 'unfinished-message',
      message: `a ${opcodeName(opcode)} message of the ${role}, which begins in packet ${firstPacket}, is not shown: its last frame never came, after ${count} of ${bytes(payloadBytes)}`,
      packet: firstPacket,
    },
  ];
}

function bytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}
