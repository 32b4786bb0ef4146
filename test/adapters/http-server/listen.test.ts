import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { closeServer } from '../../../src/adapters/http-server/http-server.ts';
import { httpUrl, listen } from '../../../src/adapters/http-server/listen.ts';

test('the error for a port in use names the port, the setting and the remedy', async () => {
  const first = createServer();
  await listen(first, { host: '127.0.0.1', port: 0 }, '--http');
  const { port } = first.address() as AddressInfo;
  await expect(listen(createServer(), { host: '127.0.0.1', port }, '--http')).rejects.toMatchObject(
    {
      code: 'port-taken',
      message: `port ${port} of 127.0.0.1 (--http) is already in use by another program`,
      hint: 'choose another port with --http, or 0 for any free port',
    },
  );
  await closeServer(first);
});

test('a server that cannot accept a connection goes on listening', async () => {
  const server = createServer((_request, response) => response.end('here'));
  await listen(server, { host: '127.0.0.1', port: 0 }, '--http');
  server.emit('error', Object.assign(new Error('accept ENOBUFS'), { code: 'ENOBUFS' }));
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(httpUrl('127.0.0.1', port))).text()).toBe('here');
  await closeServer(server);
});

test('the error for an address of another machine names the address', async () => {
  await expect(
    listen(createServer(), { host: '192.0.2.1', port: 0 }, '--http'),
  ).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringContaining('--http cannot listen on port 0 of 192.0.2.1'),
  });
});

test('a URL has brackets around an IPv6 address', () => {
  expect(httpUrl('::1', 9464)).toBe('http://[::1]:9464');
  expect(httpUrl('127.0.0.1', 9464)).toBe('http://127.0.0.1:9464');
});
