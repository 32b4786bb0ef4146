import { afterEach, describe, expect, it } from 'vitest';
import type { HttpServerOptions } from '../../../../src/dashboard/server/http-server.ts';
import { apiOf, fetched, served, WrittenSource } from '../support/test-server.ts';

const act = 'a'.repeat(43);
const look = 'b'.repeat(43);
const short = 'sixteen-letters!';

let server: Awaited<ReturnType<typeof served>> | undefined;
let now = 0;
const clock = { monotonic: () => now };
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
});

const startWith = async (tokens: HttpServerOptions['tokens']) => {
  now = 0;
  server = await served(apiOf(new WrittenSource()), { tokens, clock });
  const { url } = server;
  return {
    url,
    hello: (headers: object) => fetched(url, '/api/hello', { headers }),
    withToken: (token: string) =>
      fetched(url, '/api/hello', { headers: { authorization: `Bearer ${token}` } }),
  };
};
const cookieFrom = async (url: string, token: string, headers: object = {}) =>
  (await fetched(url, `/?token=${token}`, { headers })).headers['set-cookie']?.[0] ?? '';

describe('a token of the dashboard', () => {
  it('gives its role, also as a cookie', async () => {
    const { url, hello, withToken } = await startWith({ act, look });
    for (const [token, action] of [
      [act, 'forbidden: not here'],
      [look, 'forbidden: your token may look'],
    ] as const) {
      const cookie = await cookieFrom(url, token);
      for (const headers of [{ cookie }, { authorization: `Bearer ${token}` }]) {
        expect((await hello(headers)).status).toBe(200);
        const origin = url.slice(0, -1);
        const request = { method: 'POST', headers: { ...headers, origin }, body: '{}' };
        const { text } = await fetched(url, '/api/actions/sweep', request);
        const { code, message } = JSON.parse(text);
        expect(`${code}: ${message}`).toContain(action);
      }
    }
    expect((await withToken('c'.repeat(43))).status).toBe(401);
  });

  it('gives a cookie that survives a restart if the token is long, and that ends if the token is replaced', async () => {
    const first = await startWith({ act });
    const connection = 'close';
    const cookie = await cookieFrom(first.url, act, { connection });
    const { port } = new URL(first.url);
    await server?.[Symbol.asyncDispose]();
    const again = (tokens: object) =>
      served(apiOf(new WrittenSource()), { tokens, port: Number(port) });
    server = await again({ act });
    const hello = () => fetched(first.url, '/api/hello', { headers: { cookie, connection } });
    expect((await hello()).status).toBe(200);
    await server[Symbol.asyncDispose]();
    server = await again({ act: look });
    expect((await hello()).status).toBe(401);
  });

  it('gives a cookie that is Secure if the browser used TLS', async () => {
    const { url } = await startWith({ act });
    expect(await cookieFrom(url, act)).not.toContain('Secure');
    expect(await cookieFrom(url, act, { 'x-forwarded-proto': 'https' })).toMatch(/; Secure$/);
  });
});

describe('wrong tokens', () => {
  it('are refused with Retry-After after the tenth, and with them a right one that is short', async () => {
    const { url, withToken } = await startWith({ act: short });
    for (let n = 0; n < 10; n += 1) expect((await withToken(`wrong-${n}`)).status).toBe(401);
    for (const token of ['wrong-10', short]) {
      const { status, headers, text } = await withToken(token);
      expect([status, headers['retry-after']]).toEqual([429, '6']);
      expect(JSON.parse(text)).toMatchObject({ code: 'too-many-tries', hint: 'try again in 6 s' });
      expect((await fetched(url, `/?token=${token}`)).status).toBe(429);
    }
    now += 6000;
    expect((await withToken('wrong-11')).status).toBe(401);
    expect((await withToken(short)).status).toBe(429);
    now += 6000;
    expect((await withToken(short)).status).toBe(200);
  });

  it('do not lock out the owner of a long token, or of a cookie', async () => {
    const { url, hello, withToken } = await startWith({ act });
    const cookie = await cookieFrom(url, act);
    for (let n = 0; n < 12; n += 1) await withToken(`wrong-${n}`);
    expect((await withToken('wrong')).status).toBe(429);
    expect((await withToken(act)).status).toBe(200);
    expect((await hello({ cookie })).status).toBe(200);
  });
});
