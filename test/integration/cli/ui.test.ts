import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiHeartbeat, ApiPage, ApiState } from '../../../src/dashboard/api-types.ts';
import { historyPath } from '../../fixtures/golden/recording.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall, uiToken } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { command } from './support/run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-ui-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const ui = (...args: string[]) =>
  rollcall(['ui', '--json', '--port', '0', ...args], { XDG_STATE_HOME: folder });

const urlOf = async (running: ReturnType<typeof ui>) => String((await running.ready)['dashboard']);

const authorized = { authorization: `Bearer ${uiToken}` };

async function got<T>(url: string, path: string): Promise<T> {
  const answer = await fetch(new URL(path, url), { headers: authorized });
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json()) as T;
}

/** The events of a stream so far, for a browser that reconnects with the last id. */
function listening(url: string, signal: AbortSignal) {
  const seqs: number[] = [];
  const marks: ApiHeartbeat[] = [];
  let last = '0';
  void (async () => {
    while (!signal.aborted) {
      try {
        const headers = { ...authorized, 'last-event-id': last };
        const { body } = await fetch(new URL('/api/stream', url), { headers, signal });
        let rest = '';
        for await (const piece of body ?? []) {
          const whole = (rest + new TextDecoder().decode(piece)).split('\n\n');
          rest = whole.pop() ?? '';
          for (const text of whole) {
            const [, event, data = ''] = /^event: (\w+)(?:.|\n)*?^data: (.*)$/m.exec(text) ?? [];
            if (event === 'mark') marks.push(JSON.parse(data));
            if (event !== 'batch') continue;
            const page: ApiPage = JSON.parse(data);
            seqs.push(...page.rows.map(([seq]) => seq));
            last = String(page.to);
          }
        }
      } catch {}
    }
  })();
  return { seqs, marks };
}

describe('rollcall ui', () => {
  it('continues after a restart of the server without loss or duplicates', async () => {
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await fleet.collector();
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    await using running = ui('--servers', server.url, '--namespace', fleet.namespace);
    const url = await urlOf(running);
    const stop = new AbortController();
    const { seqs, marks } = listening(url, stop.signal);
    await until('the agent is there', () => seqs.length >= 9);
    await server.kill();
    await until('it says that the store is away', () => marks.at(-1)?.storeAwaySince);
    const away = await got<ApiState>(url, '/api/state');
    expect(away.entities.some(({ entity }) => entity === 'instance')).toBe(true);
    await server.restart();
    await until(
      'it says that the store is back',
      () => marks.at(-1)?.storeAwaySince === null,
      60_000,
    );
    await fleet.serving('h2', 'b', [{ service: 'db', id: 'd1' }]);
    const there = async () =>
      (await got<ApiState>(url, '/api/state')).entities.some(
        (of) => 'host' in of && of.host === 'h2',
      );
    await until('the new agent is there', there, 60_000);
    const { last } = await got<{ last: number }>(url, '/api/hello');
    await until('all of it was told', () => (seqs.at(-1) ?? 0) >= last);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => n + 1));
    stop.abort();
    running.kill('SIGTERM');
    expect(await running.exited).toBe(0);
  });

  it('stores a hold from the dashboard in the registry, and refuses it with --read-only', async () => {
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await fleet.collector();
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    const where = ['--servers', server.url, '--namespace', fleet.namespace];
    await using running = ui(...where, '--host', 'ops-1');
    await using showing = ui(...where, '--read-only');
    const hold = async (url: string) =>
      fetch(new URL('/api/actions/hold', url), {
        method: 'POST',
        headers: {
          ...authorized,
          origin: new URL(url).origin,
          'rollcall-request': 'click-0001',
        },
        body: JSON.stringify({ host: 'h1', for: 60_000, as: 'maria' }),
      });
    const refused = await hold(await urlOf(showing));
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'forbidden' }]);
    const done = await hold(await urlOf(running));
    expect([done.status, await done.json()]).toMatchObject([
      200,
      { did: 'planned', transitions: 1, by: 'ops-1/maria', left: null, text: 'Hold placed on h1' },
    ]);
    const { out } = await command(['audit', 'show', 'hold:h1', ...where]);
    expect(out).toContain('ops-1/maria');
  });

  it('shows a history from a file without a server', async () => {
    await using running = ui('--file', historyPath('killed'));
    const url = await urlOf(running);
    const hello = await got<{ last: number }>(url, '/api/hello');
    expect(hello).toMatchObject({ mode: 'recording', first: 1, actions: false });
    expect((await got<ApiState>(url, '/api/state?at=9')).states).toHaveLength(5);
    expect(await got(url, `/api/event/${hello.last}`)).toMatchObject({ seq: hello.last });
    expect(await got(url, '/sample/api/hello')).toMatchObject({ mode: 'recording' });
    running.kill('SIGINT');
    expect(await running.exited).toBe(0);
  });

  it('shows the file of an exported range, which `audit verify` accepts', async () => {
    const window = join(folder, 'window.ndjson');
    await using whole = ui('--file', historyPath('killed'));
    const { states } = await got<ApiState>(await urlOf(whole), '/api/state?at=9');
    const since = Math.min(...states.map(([, , at]) => at)) + 1;
    const exported = new URL(`/api/audit?full=1&since=${since}`, await urlOf(whole));
    await writeFile(window, await (await fetch(exported, { headers: authorized })).text());
    const verified = await command(['audit', 'verify', '--file', window, '--json']);
    const end = verified.documents().at(-1);
    expect([verified.code, end]).toMatchObject([0, { divergences: 0 }]);
    expect(end?.['first']).toBeGreaterThan(1);
    await using part = ui('--file', window);
    const hello = await got<{ first: number; last: number }>(await urlOf(part), '/api/hello');
    expect(hello).toMatchObject({ mode: 'recording', first: end?.['first'], last: end?.['last'] });
    const { events } = await got<{ events: object[] }>(await urlOf(part), '/api/entity?host=h1');
    expect(events.length).toBeGreaterThan(0);
  });

  it('refuses other hosts without a token, and explains how to make one', async () => {
    const bind = ['ui', '--json', '--port', '0', '--sample', '--bind', '0.0.0.0'];
    await using bare = rollcall(bind, { ROLLCALL_UI_TOKEN: '' });
    expect(await bare.exited).toBe(2);
    expect(bare.stderr).toContain('openssl rand -hex 32 > FILE');
    const file = join(folder, 'token');
    await writeFile(file, 'short\n');
    await using short = ui('--sample', '--bind', '0.0.0.0', '--token-file', file);
    expect(await short.exited).toBe(2);
    await writeFile(file, `${'a1'.repeat(16)}\n`);
    await using running = ui('--sample', '--bind', '0.0.0.0', '--token-file', file);
    const url = (await urlOf(running)).replace('0.0.0.0', '127.0.0.1');
    expect((await fetch(new URL('/api/hello', url))).status).toBe(401);
    const headers = { authorization: `Bearer ${'a1'.repeat(16)}` };
    expect((await fetch(new URL('/api/hello', url), { headers })).status).toBe(200);
  });

  it('reports a missing or empty file', async () => {
    await using missing = ui('--file', join(folder, 'nope.ndjson'));
    expect(await missing.exited).toBe(2);
    expect(missing.stderr).toContain('there is no such file');
    await writeFile(join(folder, 'empty'), '');
    await using empty = ui('--file', join(folder, 'empty'));
    expect(await empty.exited).toBe(2);
    expect(empty.stderr).toContain('contains no event');
  });
});
