import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connectNats } from '../../../../src/adapters/nats/connection/connect.ts';

/** A server without TLS that greets as nats-server does, and keeps what it receives. */
async function plainServer() {
  let received = '';
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (/PING/.test(received)) socket.write('PONG\r\n');
    });
    socket.write(
      `INFO ${JSON.stringify({ server_id: 'S', version: '2.15.1', max_payload: 1e6, headers: true, auth_required: true })}\r\n`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get received() {
      return received;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}

const attempt = (address: string) =>
  connectNats({
    servers: [address],
    name: 'test',
    credentials: { token: 'a-secret-token' },
    connectWithin: 1000,
  });

test('an address with tls:// never sends a login to a server without TLS', async () => {
  await using server = await plainServer();
  for (const address of [`tls://127.0.0.1:${server.port}`, `TLS://localhost:${server.port}`]) {
    await expect(attempt(address)).rejects.toMatchObject({
      code: 'store-refused',
      message: expect.stringContaining('TLS'),
    });
  }
  expect(server.received).not.toContain('a-secret-token');
});

test('an address without a scheme sends the login to a server without TLS', async () => {
  await using server = await plainServer();
  const connection = await attempt(`127.0.0.1:${server.port}`);
  await connection.close();
  expect(server.received).toContain('a-secret-token');
});

test.each(['ws://127.0.0.1:1', 'wss://127.0.0.1:1'])(
  '%s is refused, not retried',
  async (address) => {
    await expect(attempt(address)).rejects.toMatchObject({ code: 'bad-setting' });
  },
);
