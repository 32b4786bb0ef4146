import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  apiOf,
  fetched,
  logged,
  served,
  transition,
  WrittenSource,
} from '../support/test-server.ts';

const token = 'correct-horse-battery';
const names = ['rollcall.example'];

type Server = Awaited<ReturnType<typeof served>>;
let open: Server;
let locked: Server;
beforeAll(async () => {
  const source = new WrittenSource();
  source.write(transition(1, 'started', 'expired'));
  open = await served(apiOf(source), { names });
  locked = await served(apiOf(source), { tokens: { act: token } });
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await locked[Symbol.asyncDispose]();
});

const own = (server: Server) => server.url.slice(0, -1);

describe('a request to the dashboard', () => {
  it.each([
    ['127.0.0.1:80', 200],
    ['localhost', 200],
    ['[::1]:4280', 200],
    ['10.0.0.7:4280', 200],
    ['rollcall.example', 200],
    ['ROLLCALL.example:4280', 200],
    ['evil.example', 403],
    ['rollcall.example.evil', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost.evil', 403],
    ['127.0.0.1@evil', 403],
  ])('with the host name %s gets status %i', async (host, status) => {
    for (const path of ['/', '/api/hello', '/api/stream-not']) {
      const answer = await fetched(open.url, path, { headers: { host } });
      expect(answer.status).toBe(status === 200 && path === '/api/stream-not' ? 404 : status);
    }
  });

  it.each([
    [{}, 200],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'http://127.0.0.1:1' }, 403],
  ])('with the headers %o gets status %i', async (headers, status) => {
    for (const path of ['/api/hello', '/api/state']) {
      expect((await fetched(open.url, path, { headers })).status).toBe(status);
    }
  });

  it('from a link of another site opens the page, and gets no data', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    expect((await fetched(open.url, '/', { headers })).status).toBe(200);
    expect((await fetched(open.url, '/api/hello', { headers })).status).toBe(403);
  });

  it('without the token of the server gets only the login form', async () => {
    for (const path of ['/api/hello', '/api/stream', '/assets/main.js', '/api/event/1', '/nope']) {
      const answer = await fetched(locked.url, path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.text).not.toContain('expired');
    }
    const form = await fetched(locked.url, '/');
    expect(form.text).toContain('<form method="post" action="/login">');
    expect(form.text).not.toContain('main.js');
  });

  it.each([
    [`Bearer ${token}`, 200],
    [`bearer ${token}`, 200],
    [`Bearer ${token}x`, 401],
    [`Bearer ${token.slice(1)}`, 401],
    [`Basic ${token}`, 401],
    ['Bearer', 401],
  ])('with the authorization "%s" gets status %i', async (authorization, status) => {
    const headers = { authorization };
    expect((await fetched(locked.url, '/api/hello', { headers })).status).toBe(status);
  });

  it('that logs in gets a cookie that scripts and other sites cannot read', async () => {
    const wrong = await fetched(locked.url, '/?token=nope');
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([401, undefined]);
    expect(wrong.text).not.toContain('nope');
    const linked = await fetched(locked.url, `/?token=${token}`);
    const posted = await fetched(locked.url, '/login', {
      method: 'POST',
      headers: { origin: own(locked) },
      body: `token=${token}`,
    });
    for (const answer of [linked, posted]) {
      expect([answer.status, answer.headers.location]).toEqual([303, '/']);
      const [cookie = ''] = answer.headers['set-cookie'] ?? [];
      expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
      expect(cookie).not.toContain(token);
      const headers = { cookie: `other=1; ${cookie.split(';')[0]}` };
      expect((await fetched(locked.url, '/api/hello', { headers })).status).toBe(200);
      expect((await fetched(locked.url, '/', { headers })).text).toContain('<title>');
    }
    const guessed = { cookie: 'rollcall_1=x; rollcall=y' };
    expect((await fetched(locked.url, '/api/hello', { headers: guessed })).status).toBe(401);
    const elsewhere = {
      method: 'POST',
      headers: { origin: 'http://evil.example' },
      body: `token=${token}`,
    };
    expect((await fetched(locked.url, '/login', elsewhere)).status).toBe(403);
  });
});

describe('a requested path', () => {
  it.each([
    ['/assets/../../../../etc/passwd', 404],
    ['/assets/..%2f..%2fetc%2fpasswd', 404],
    ['/assets/%00', 404],
    ['/assets/', 404],
    ['/assets/constructor', 404],
    ['/../package.json', 404],
    ['//evil.example/', 404],
    ['/api/constructor', 404],
    ['/api/__proto__', 404],
    ['/constructor/api/hello', 404],
    ['/api/', 404],
    ['/api/event/0x10', 400],
    ['/api/event/1e3', 400],
    ['/api/event/-1', 400],
    ['/api/event/7', 404],
    ['/api/state?at=-1', 400],
    ['/api/state?at=1e400', 400],
    ['/api/audit?limit=100001', 400],
    ['/api/density?bins=0', 400],
    ['/api/explain?entity=%7B', 400],
    ['/api/entity', 400],
    ['/api/charts/../../x.json', 404],
    [`/api/hello?${'x'.repeat(17_000)}`, 414],
  ])('%s: %i', async (path, status) => {
    expect((await fetched(open.url, path)).status).toBe(status);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
    '%s changes nothing',
    async (method) => {
      const headers = { origin: own(open) };
      for (const path of ['/', '/api/hello', '/assets/main.js', '/api/state']) {
        expect([path, (await fetched(open.url, path, { method, headers })).status]).toEqual([
          path,
          405,
        ]);
      }
    },
  );

  it('every answer has headers that forbid what a page does not need', async () => {
    for (const path of ['/', '/assets/main.js', '/api/hello', '/api/nope', '/api/audit']) {
      const { headers } = await fetched(open.url, path);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(
          /^default-src 'self';.*frame-ancestors 'none'/,
        ),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('a file that the browser has is not sent again, and one with a hash in its name is not requested again', async () => {
    const first = await fetched(open.url, '/assets/main.js', {
      headers: { 'accept-encoding': 'br' },
    });
    expect(first.headers['content-encoding']).toBe('br');
    const headers = { 'accept-encoding': 'br', 'if-none-match': first.headers.etag ?? '' };
    expect(await fetched(open.url, '/assets/main.js', { headers })).toMatchObject({
      status: 304,
      text: '',
    });
    const other = { 'accept-encoding': 'gzip;q=0', 'if-none-match': first.headers.etag ?? '' };
    expect((await fetched(open.url, '/assets/main.js', { headers: other })).status).toBe(200);
    const font = await fetched(open.url, '/assets/inter-ABCD2345.woff2');
    expect(font.headers['cache-control']).toContain('immutable');
  });

  it('the server survives any bytes from a client', async () => {
    const { hostname, port } = new URL(open.url);
    const heads = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc
        .tuple(
          fc.constantFrom('GET', 'POST', 'BREW', 'G\0T', ''),
          fc.webPath(),
          fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 40 })), {
            maxLength: 4,
          }),
        )
        .map(([method, path, headers]) => {
          const lines = headers.map(([name, value]) => `${name}: ${value}`);
          return [`${method} ${path} HTTP/1.1`, `host: ${hostname}`, ...lines, '', ''].join('\r\n');
        }),
      fc
        .webQueryParameters()
        .map((q) => `GET /api/entity?${q} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`),
      fc
        .webQueryParameters()
        .map((q) => `GET /api/state?at=${q} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`),
    );
    await fc.assert(
      fc.asyncProperty(heads, async (text) => {
        const socket = connect(Number(port), hostname);
        await new Promise<void>((resolve) => {
          socket.on('error', () => resolve());
          socket.on('close', () => resolve());
          socket.on('data', () => resolve());
          socket.end(text);
        });
        socket.destroy();
      }),
      { numRuns: 200 },
    );
    expect((await fetched(open.url, '/api/hello')).status).toBe(200);
    expect(logged).toEqual([]);
  }, 60_000);
});
