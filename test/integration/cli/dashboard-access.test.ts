import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RollcallProcess, rollcall } from '../harness/processes.ts';
import { fetchOfOther } from './support/other-user.ts';

let folder: string;
let running: RollcallProcess;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-access-'));
  const { ROLLCALL_NATS_SERVER } = process.env;
  const env = { ROLLCALL_NATS_SERVER, XDG_STATE_HOME: folder, ROLLCALL_UI_TOKEN: '' };
  const ports = ['--port', '0', '--dashboard-port', '0'];
  running = rollcall(['up', '--json', '--host', 'box', ...ports], env);
  url = String((await running.ready)['dashboard']);
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
});

const ready = async (field: string) => String((await running.ready)[field]);
const tokenIn = async (field: string) => (await readFile(await ready(field), 'utf8')).trim();
const bearer = async (field: string) => ({ authorization: `Bearer ${await tokenIn(field)}` });

const hold = (headers: Record<string, string>) =>
  fetch(new URL('/api/actions/hold', url), {
    method: 'POST',
    headers: { origin: new URL(url).origin, 'rollcall-request': 'click-0001', ...headers },
    body: JSON.stringify({ host: 'h1', for: 60_000, as: 'maria' }),
  });

describe('the dashboard of rollcall up', () => {
  it('refuses other users of the machine, actions included', async () => {
    expect(await fetchOfOther(new URL('/api/hello', url))).toBe(401);
    expect(await fetchOfOther(new URL('/api/actions/hold', url), 'POST')).toBe(401);
    expect(await fetchOfOther(new URL('/assets/main.js', url))).toBe(401);
    for (const field of ['dashboardTokenFile', 'dashboardLookTokenFile']) {
      expect((await stat(await ready(field))).mode & 0o077).toBe(0);
    }
    expect(JSON.stringify(running.lines)).not.toContain(await tokenIn('dashboardTokenFile'));
  });

  it('accepts its own user with the token of the file, and a page with the cookie of the link', async () => {
    const headers = await bearer('dashboardTokenFile');
    expect((await fetch(new URL('/api/hello', url), { headers })).status).toBe(200);
    const link = new URL(`/?token=${await tokenIn('dashboardTokenFile')}`, url);
    const opened = await fetch(link, { redirect: 'manual' });
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/']);
    const [cookie = ''] = opened.headers.getSetCookie()[0]?.split(';') ?? [];
    expect((await fetch(new URL('/api/hello', url), { headers: { cookie } })).status).toBe(200);
  });

  it('lets the read-only token read and not act', async () => {
    const look = await bearer('dashboardLookTokenFile');
    const hello = await fetch(new URL('/api/hello', url), { headers: look });
    expect(await hello.json()).toMatchObject({ actions: false });
    const refused = await hold(look);
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'forbidden' }]);
    expect((await hold(await bearer('dashboardTokenFile'))).status).toBe(200);
  });
});
