import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { divergencesOf } from './support/verified.ts';

const web = (id: string) => [{ service: 'web', id, port: 8080 }];
const patience = 120_000;

test('a server that lost its disk gets its history back from a backup while agents and collectors run', async () => {
  const out = await mkdtemp(join(tmpdir(), 'rollcall-lost-server-'));
  try {
    await using server = await startTestServer();
    await using fleet = await TestFleet.open(server.url);
    await fleet.collector();
    await fleet.bystander('h1', 'a', web('a'));
    const isLive = (id: string) => () => fleet.row('web', id)?.state === 'live';
    await until('a is live', isLive('a'), patience);
    const backup = fleet.start(['backup', '--out', out]);
    expect(await backup.exited).toBe(0);
    const saved: string[] = [];
    for await (const { text } of fleet.store.audit.read(0)) saved.push(text);
    await fleet.bystander('h2', 'b', web('b'));
    await until('b is live', isLive('b'), patience);

    const runs = ['a', 'b'].map((id) => fleet.row('web', id)?.run);
    await server.kill();
    await rm(join(server.storeDir, 'jetstream'), { recursive: true });
    await server.restart();
    const areNew = () =>
      ['a', 'b'].every((id, n) => isLive(id)() && fleet.row('web', id)?.run !== runs[n]);
    await until('the agents registered anew', areNew, patience);

    const restore = fleet.start(['restore', out, '--yes', '--as', 'alice']);
    expect([await restore.exited, restore.lines, restore.stderr]).toEqual([
      0,
      expect.any(Array),
      expect.any(String),
    ]);
    expect(restore.lines.at(-1)).toMatchObject({ event: 'restored', replaced: true });
    await until('both are live again', () => isLive('a')() && isLive('b')(), patience);
    await until('the audit has all events', async () => !(await fleet.store.audit.isBehind()));
    const now: string[] = [];
    for await (const { text } of fleet.store.audit.read(0)) now.push(text);
    expect(now.slice(0, saved.length)).toEqual(saved);
    expect(now.length).toBeGreaterThan(saved.length);
    expect(
      now.filter((text) => text.includes('"audit-lost-tail"') && text.includes('alice')),
    ).toHaveLength(1);
    expect(await divergencesOf(fleet)).toEqual([]);
  } finally {
    await rm(out, { recursive: true, force: true, maxRetries: 20 });
  }
}, 400_000);
