import { readFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { failing, listening, often, ok, reports } from './check-results.ts';

const folder = new URL('../../../fixtures/tls/', import.meta.url);
const certificate = fileURLToPath(new URL('certificate.pem', folder));

/** The result of one check of a URL with these settings. */
const check = async (url: string, more: object = {}, timeout = often.timeout) => {
  const [found] = await reports({ ...often, timeout, http: { url, ...more } });
  return found;
};

const serve = (listener: RequestListener, port = 0) => listening(createServer(listener), port);
const answer =
  (status: number, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, headers).end();

describe('an HTTP check', () => {
  test.each([
    [200, true],
    [204, true],
    [304, true],
    [399, true],
    [400, false],
    [404, false],
    [503, false],
  ])('answered %d is serving: %s', async (status, passes) => {
    await using server = await serve(answer(status));
    const url = `http://127.0.0.1:${server.port}/health`;
    expect(await check(url)).toEqual(passes ? ok : failing(`${url} answered ${status}`));
  });

  test('without an answer in time is failing', async () => {
    await using server = await serve(() => {});
    const found = await check(`http://127.0.0.1:${server.port}/`, {}, 50);
    expect(found).toEqual(failing('no answer within 50 ms'));
  });

  test('whose answer never ends is serving, and its connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    await using server = await serve((_, response) => {
      const writing = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.once('close', () => {
        clearInterval(writing);
        closed.resolve();
      });
    });
    expect(await check(`http://127.0.0.1:${server.port}/`)).toEqual(ok);
    await closed.promise;
  });

  test('of a closed port is failing with the reason', async () => {
    const { port, close } = await listening(createTcpServer());
    await close();
    const found = await check(`http://127.0.0.1:${port}/`);
    expect(found).toEqual(failing(expect.stringMatching(/ECONNREFUSED/)));
  });

  test('of an invalid URL is failing with the reason', async () => {
    expect(await check('not a url')).toEqual(failing('the URL is invalid'));
  });

  test('notices that the server no longer listens, although it serves open connections', async () => {
    const server = createServer({ keepAliveTimeout: 60_000 }, answer(200));
    const { port } = await listening(server);
    const sockets = new Set<{ destroy(): void }>();
    server.on('connection', (socket) => sockets.add(socket));
    const found = await reports({ ...often, http: { url: `http://127.0.0.1:${port}/` } }, 2);
    expect(found).toEqual([ok, ok]);
    server.close();
    const now = await check(`http://127.0.0.1:${port}/`);
    expect(now).toEqual(failing(expect.stringMatching(/ECONNREFUSED/)));
    for (const socket of sockets) socket.destroy();
  });

  test.each([10_080, 6000, 6667])('of port %d, which browsers block, is serving', async (port) => {
    await using server = await serve(answer(200), port);
    expect(await check(`http://127.0.0.1:${server.port}/`)).toEqual(ok);
  });

  test('sends a login of the URL, and its detail has neither login, query nor header', async () => {
    const seen: (string | undefined)[] = [];
    await using server = await serve((request, response) => {
      seen.push(request.headers.authorization, `${request.headers['x-key']}`, request.url);
      response.writeHead(503).end('secret');
    });
    const url = `http://user:secret@127.0.0.1:${server.port}/health?token=secret#secret`;
    const found = await check(url, { headers: { 'x-key': 'secret' } });
    expect(seen).toEqual([`Basic ${btoa('user:secret')}`, 'secret', '/health?token=secret']);
    expect(found).toEqual(failing(`http://127.0.0.1:${server.port}/health answered 503`));
  });

  test.each([
    'http://user:secret@no-such-host.invalid/?token=secret',
    'http://user:secret@127.0.0.1:1/?token=secret',
    'https://user:secret@127.0.0.1:1/?token=secret',
    'http://user:secret@:80/?token=secret',
    'http://[::1',
  ])('has no secret in the detail of %s', async (url) => {
    expect(JSON.stringify(await check(url))).not.toContain('secret');
  });

  test('uses the method and the host header that are set', async () => {
    const seen: unknown[] = [];
    await using server = await serve((request, response) => {
      seen.push(request.method, request.headers.host);
      response.writeHead(200).end();
    });
    const settings = { method: 'HEAD', headers: { host: 'shop.example' } };
    expect(await check(`http://127.0.0.1:${server.port}/`, settings)).toEqual(ok);
    expect(seen).toEqual(['HEAD', 'shop.example']);
  });

  test('follows a redirect to the same host', async () => {
    await using server = await serve((request, response) => {
      if (request.url === '/broken') response.writeHead(500).end();
      else response.writeHead(302, { location: '/broken' }).end();
    });
    const url = `http://127.0.0.1:${server.port}`;
    expect(await check(`${url}/`)).toEqual(failing(`${url}/broken answered 500`));
  });

  test('passes at a redirect to another host, which it does not follow', async () => {
    await using server = await serve(answer(302, { location: 'http://no-such-host.invalid/' }));
    expect(await check(`http://127.0.0.1:${server.port}/`)).toEqual(ok);
  });

  test('fails after ten redirects', async () => {
    await using server = await serve(answer(302, { location: '/again' }));
    const found = await check(`http://127.0.0.1:${server.port}/`);
    expect(found).toEqual(failing(expect.stringMatching(/more than 10 redirects/)));
  });
});

describe('an HTTPS check', () => {
  const open = async () => {
    const key = await readFile(new URL('key.pem', folder));
    return listening(createTlsServer({ key, cert: await readFile(certificate) }, answer(200)));
  };

  test('of an unknown authority fails with the reason', async () => {
    await using server = await open();
    const found = await check(`https://127.0.0.1:${server.port}/`);
    expect(found).toEqual(failing(expect.stringMatching(/self-signed certificate/)));
  });

  test('without verification passes', async () => {
    await using server = await open();
    const url = `https://127.0.0.1:${server.port}/`;
    expect(await check(url, { tls: { verify: false } })).toEqual(ok);
  });

  test('with the authority and the name of the certificate passes', async () => {
    await using server = await open();
    const url = `https://127.0.0.1:${server.port}/`;
    const wrongName = await check(url, { tls: { ca: certificate } });
    expect(wrongName).toEqual(failing(expect.stringMatching(/127\.0\.0\.1/)));
    expect(await check(url, { tls: { ca: certificate, serverName: 'check.test' } })).toEqual(ok);
  });

  test('with a missing file of authorities fails with its name', async () => {
    await using server = await open();
    const found = await check(`https://127.0.0.1:${server.port}/`, { tls: { ca: '/no/such.pem' } });
    expect(found).toEqual(failing(expect.stringMatching(/no\/such\.pem/)));
  });
});
