import { createSocket } from 'node:dgram';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failing, listening, often, ok, reports } from './check-results.ts';

describe('a TCP check', () => {
  test('that is accepted is serving', async () => {
    await using server = await listening(createServer((socket) => socket.resume()));
    const tcp = { host: '127.0.0.1', port: server.port };
    expect(await reports({ ...often, tcp }, 2)).toEqual([ok, ok]);
  });

  test.each(['127.0.0.1', 'localhost'])('that is refused at %s is failing', async (host) => {
    const { port, close } = await listening(createServer());
    await close();
    const [found] = await reports({ ...often, tcp: { host, port } });
    expect(found).toEqual(failing(expect.stringMatching(/ECONNREFUSED/)));
  });

  test('of an invalid port is failing with the reason', async () => {
    const [found] = await reports({ ...often, tcp: { host: '127.0.0.1', port: 70_000 } });
    expect(found).toEqual(failing(expect.stringMatching(/70000/)));
  });
});

describe('a check of a Unix socket', () => {
  test('is serving while it accepts connections, and failing when it is gone', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rollcall-socket-'));
    const path = join(directory, 's');
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(await reports({ ...often, unix: path })).toEqual([ok]);
    await new Promise((resolve) => server.close(resolve));
    const [found] = await reports({ ...often, unix: path });
    expect(found).toEqual(failing(expect.stringMatching(/ENOENT/)));
    await rm(directory, { recursive: true });
  });
});

describe('a UDP check', () => {
  /** A socket that answers each datagram, or stays silent. */
  async function socket(answers: boolean) {
    const server = createSocket('udp4');
    server.on('message', (message, { port, address }) => {
      if (answers) server.send(message, port, address);
    });
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
    return { port: server.address().port, close, [Symbol.asyncDispose]: close };
  }
  const host = '127.0.0.1';

  test('of a closed port is failing', async () => {
    const { port, close } = await socket(false);
    await close();
    const [found] = await reports({ ...often, udp: { host, port } });
    expect(found).toEqual(failing(expect.stringMatching(/ECONNREFUSED/)));
  });

  test('of an open port is serving, also without a reply', async () => {
    await using server = await socket(false);
    expect(await reports({ ...often, udp: { host, port: server.port } })).toEqual([ok]);
  });

  test('that expects a reply fails without one and passes with one', async () => {
    await using silent = await socket(false);
    await using answering = await socket(true);
    const udp = { host, send: 'ping', expectReply: true };
    const check = { ...often, timeout: 200 };
    const [none] = await reports({ ...check, udp: { ...udp, port: silent.port } });
    expect(none).toEqual(failing('no answer within 200 ms'));
    expect(await reports({ ...often, udp: { ...udp, port: answering.port } })).toEqual([ok]);
  });

  test('of an unknown host is failing with the reason', async () => {
    const [found] = await reports({ ...often, udp: { host: 'no-such-host.invalid', port: 1 } });
    expect(found).toEqual(failing(expect.stringMatching(/no-such-host\.invalid/)));
  });
});
