import { expect, test } from 'vitest';
import { Conversation } from '../helpers/conversation.ts';
import { switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

const TEXT = '\x81\x02hi';
const MASKED_TEXT = '\x81\x82\x01\x02\x03\x04ik';
const CLOSE_1000 = '\x88\x02\x03\xe8';
/** The offset behind the request, and behind the request and one message. */
const REQUEST_END = 1001 + upgradeRequest().length;
const MESSAGE_END = REQUEST_END + MASKED_TEXT.length;

/** SYN to 101, in packets 1 to 5. */
const upgraded = () => new Conversation().open().client(upgradeRequest()).server(switchingProtocols());

test('a message that acknowledges one of the other side is a reply', () => {
  const { conversation } = upgraded().client(MASKED_TEXT).server(TEXT).record();
  expect(conversation).toMatchObject({
    reply: { by: 'server', mark: { packet: 7 }, to: { packet: 6 } },
    lastMessage: { by: 'server', opcode: 1, payloadLength: 2, packet: 7 },
  });
});

test('messages that cross on the way are no replies', () => {
  const record = upgraded().client(MASKED_TEXT).server(TEXT, { ack: REQUEST_END }).record();
  expect(record.conversation.reply).toBeNull();
});

test('after messages that crossed, the next one replies', () => {
  const record = upgraded()
    .server(TEXT)
    .server(TEXT)
    .client(MASKED_TEXT, { ack: 5001 })
    .server(TEXT, { ack: REQUEST_END })
    .server(TEXT, { ack: MESSAGE_END })
    .record();
  expect(record.conversation.reply).toMatchObject({ by: 'server', mark: { packet: 10 }, to: { packet: 8 } });
});

test('control frames are no conversation', () => {
  const record = upgraded().client(MASKED_TEXT).server('\x89\x00').record();
  expect(record.conversation).toMatchObject({ reply: null, lastMessage: { by: 'client', packet: 6 } });
});

test('of messages that bytes before them delayed, the order of capture decides', () => {
  const late = switchingProtocols();
  const record = new Conversation()
    .open()
    .client(upgradeRequest())
    .client(MASKED_TEXT)
    .server(TEXT, { seq: 5001 + late.length, ack: REQUEST_END })
    .server(late)
    .record();
  expect(record.conversation.reply).toMatchObject({ by: 'server', mark: { packet: 6 } });
});

test.each([
  ['acknowledges the data', undefined, true],
  ['had not seen it', REQUEST_END, false],
])('a Close that %s says so', (_name, ack, acknowledgesData) => {
  const record = upgraded()
    .client(MASKED_TEXT)
    .server(CLOSE_1000, ack === undefined ? {} : { ack })
    .record();
  expect(record.serverSide.closeFrame).toMatchObject({ acknowledgesData });
});

test('the last message is the last one before the first end', () => {
  const record = upgraded()
    .client(MASKED_TEXT)
    .server(TEXT)
    .fin('server')
    .client(MASKED_TEXT)
    .client(MASKED_TEXT)
    .record();
  expect(record.conversation.lastMessage).toMatchObject({ by: 'server', packet: 7 });
  expect(record.clientSide.lastDataFrame).toMatchObject({ packet: 10 });
  expect(record.clientSide.lastDataBeforePeerEnd).toMatchObject({ packet: 6 });
});

test('a WebSocket without data has neither', () => {
  expect(upgraded().fin('server').record().conversation).toEqual({
    reply: null,
    lastMessage: null,
    lastFrameBeforeClose: null,
    lastFrameBeforeEnd: null,
  });
});

test('the last frame before the first Close, and before the first end, may be of either side and of any kind', () => {
  const { conversation } = upgraded()
    .client(MASKED_TEXT)
    .server(TEXT)
    .server(TEXT)
    .client('\x89\x80\x01\x02\x03\x04')
    .server(CLOSE_1000)
    .fin('server')
    .client(MASKED_TEXT)
    .record();
  expect(conversation).toMatchObject({
    lastFrameBeforeClose: { packet: 9 },
    lastFrameBeforeEnd: { packet: 10 },
  });
});
