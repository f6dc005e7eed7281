/** Who closed first, where capture lost packets or put them in the wrong order: acknowledgements show it. */
import { expect, test } from 'vitest';
import { Conversation } from '../helpers/conversation.ts';
import { switchingProtocols, upgradeRequest } from '../helpers/handshakes.ts';

const CLOSE_FROM_CLIENT = '\x88\x82\0\0\0\0\x03\xe8';
const CLOSE_FROM_SERVER = '\x88\x02\x03\xe8';
/** Sequence numbers of the client begin at 1001, of the server at 5001. */
const CLIENT = 1001 + upgradeRequest().length;
const SERVER = 5001 + switchingProtocols().length;

function webSocket(): Conversation {
  return new Conversation().open().client(upgradeRequest()).server(switchingProtocols());
}

test('a FIN that was acknowledged by the FIN captured before it came first', () => {
  const { firstEnd } = webSocket()
    .client('', { flags: 'FA', seq: CLIENT, ack: SERVER + 1 })
    .server('', { flags: 'FA', seq: SERVER, ack: CLIENT })
    .record();
  expect(firstEnd).toMatchObject({ by: 'server', mark: { packet: 7 }, followsUnseen: false });
});

test('a FIN that acknowledges another one which is not in the capture may not be the first', () => {
  const { firstEnd } = webSocket()
    .client('', { flags: 'FA', seq: CLIENT, ack: SERVER + 1 })
    .record();
  expect(firstEnd).toMatchObject({ by: 'client', followsUnseen: true });
});

test('a FIN that acknowledges no more than was captured is the first', () => {
  expect(webSocket().fin('client').record().firstEnd).toMatchObject({ followsUnseen: false });
});

test('a Close that was acknowledged by the Close captured before it came first', () => {
  const { closeFirstBy } = webSocket()
    .server(CLOSE_FROM_SERVER, { seq: SERVER, ack: CLIENT + CLOSE_FROM_CLIENT.length })
    .client(CLOSE_FROM_CLIENT, { seq: CLIENT, ack: SERVER })
    .record();
  expect(closeFirstBy).toBe('client');
});

test('a Close captured behind the FIN that acknowledges it came before that', () => {
  const { clientSide } = webSocket()
    .server('', { flags: 'FA', seq: SERVER, ack: CLIENT + CLOSE_FROM_CLIENT.length })
    .client(CLOSE_FROM_CLIENT, { seq: CLIENT, ack: SERVER })
    .record();
  expect(clientSide.closeFrame?.isBeforePeerEnd).toBe(true);
});

test('a Close that crosses a FIN came after it', () => {
  const { clientSide } = webSocket().fin('server').client(CLOSE_FROM_CLIENT, { ack: SERVER }).record();
  expect(clientSide.closeFrame?.isBeforePeerEnd).toBe(false);
});

test('what a RST proves to have been sent before it, but was not captured, is a gap', () => {
  const { serverSide, tcp } = webSocket().lost('server', CLOSE_FROM_SERVER).rst('server').record();
  expect(serverSide.isFramingLost).toBe(true);
  expect(tcp.server.gapBytes).toBe(CLOSE_FROM_SERVER.length);
});

test('a RST far from any byte of the stream proves nothing', () => {
  const { tcp } = webSocket()
    .server('', { flags: 'R', seq: SERVER + (1 << 28) })
    .record();
  expect(tcp.server.gapBytes).toBe(0);
});
