import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { portOf } from '../../../tools/bench/environment/free-ports.ts';
import { startProxy, type TestProxy } from './proxy.ts';

/** An echo server behind a proxy, and a client connection through the proxy. */
async function startEcho() {
  const arrived: Socket[] = [];
  const echo = createServer((socket) => {
    arrived.push(socket.on('error', () => {}));
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = await startProxy({ port: portOf(echo) });
  return {
    proxy,
    arrived,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      for (const socket of arrived) socket.destroy();
      echo.close();
    },
  };
}

async function dial(proxy: TestProxy): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: proxy.port }).setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

async function echoed(socket: Socket, text: string): Promise<number> {
  const began = performance.now();
  socket.write(text);
  expect(await once(socket, 'data')).toEqual([text]);
  return performance.now() - began;
}

test('a delay of the proxy applies to both directions and keeps the order', async () => {
  await using line = await startEcho();
  const socket = await dial(line.proxy);
  const undelayed: number[] = [];
  for (let n = 0; n < 20; n += 1) undelayed.push(await echoed(socket, 'at once'));
  expect(Math.min(...undelayed)).toBeLessThan(50);
  line.proxy.delay(100, 'to-server');
  const oneWay = await echoed(socket, 'one way');
  expect(oneWay).toBeGreaterThan(95);
  line.proxy.delay(100);
  expect(await echoed(socket, 'both ways')).toBeGreaterThan(195);
  socket.destroy();
});

test('a black hole in the proxy holds back all bytes and the end until it passes again', async () => {
  await using line = await startEcho();
  const socket = await dial(line.proxy);
  await echoed(socket, 'hello');
  let closed = false;
  line.arrived[0]?.once('close', () => {
    closed = true;
  });
  let heard = '';
  line.arrived[0]?.on('data', (bytes) => {
    heard += bytes;
  });
  line.proxy.blackhole('to-server');
  socket.write('held');
  await pause(50);
  socket.resetAndDestroy();
  await pause(200);
  expect({ heard, closed }).toEqual({ heard: '', closed: false });
  await line.proxy.pass();
  await once(line.arrived[0] ?? socket, 'close');
  expect({ heard, closed }).toEqual({ heard: 'held', closed: true });
});

test('a cut of the proxy resets connections and accepts new ones', async () => {
  await using line = await startEcho();
  const socket = await dial(line.proxy);
  await echoed(socket, 'hello');
  expect(line.proxy.connections).toBe(1);
  line.proxy.cut();
  const [error] = await once(socket, 'error');
  expect(error.code).toBe('ECONNRESET');
  const again = await dial(line.proxy);
  await echoed(again, 'hello again');
  again.destroy();
});

test('a refusing proxy keeps old connections, and accepts new ones when it passes again', async () => {
  await using line = await startEcho();
  const socket = await dial(line.proxy);
  await line.proxy.refuse();
  await expect(dial(line.proxy)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await echoed(socket, 'still here');
  await line.proxy.pass();
  const again = await dial(line.proxy);
  await echoed(again, 'back');
  again.destroy();
  socket.destroy();
});

test('a proxy that refuses logins ends old connections, and answers new ones as a server does', async () => {
  await using line = await startEcho();
  const socket = await dial(line.proxy);
  const closed = new Promise((resolve) => socket.on('error', () => {}).on('close', resolve));
  line.proxy.revoke();
  await closed;
  const refused = await dial(line.proxy);
  refused.write('CONNECT {}\r\n');
  expect(await once(refused, 'data')).toEqual(["-ERR 'Authorization Violation'\r\n"]);
  await line.proxy.pass();
  const again = await dial(line.proxy);
  await echoed(again, 'back');
  again.destroy();
});
