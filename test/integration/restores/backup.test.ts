import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { connectionOptions } from '../../../src/composition/store/access.ts';
import { backUp } from '../../../src/composition/store/backups.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { TestFleet } from '../harness/fleet.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { divergencesOf, unlikeReplay } from './support/verified.ts';

const folder = await mkdtemp(join(tmpdir(), 'rollcall-backup-'));
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const web = (id: string) => [{ service: 'web', id, port: 8080 }];
/** Lines of the history, as they are stored. */
async function history(fleet: TestFleet): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const { seq, origin, text, storedAt } of fleet.store.audit.read(0)) {
    lines.push(`${seq} ${origin} ${storedAt} ${text}`);
  }
  return lines;
}

test('a namespace is backed up while agents run, and moved to another server byte for byte', async () => {
  const out = join(folder, 'moved');
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  await fleet.serving('h1', 'a', web('a'));
  await fleet.serving('h2', 'b', web('b'));
  await until('both are there', () => fleet.row('web', 'b') !== undefined);
  await until('the outbox is trimmed', async () => (await fleet.store.audit.tidy()) > 0);
  const backup = fleet.start(['backup', '--out', out]);
  const { divergences, bytes } = (await backup.line(({ event }) => event === 'backup')) as {
    divergences?: unknown;
    bytes?: unknown;
  };
  expect([await backup.exited, divergences]).toEqual([0, 0]);
  expect(bytes).toEqual({
    registry: expect.any(Number),
    audit: expect.any(Number),
    keyframes: expect.any(Number),
  });
  const before = await history(fleet);
  const records = await fleet.records();

  await using other = await startTestServer();
  const there = ['--servers', other.url, '--namespace', fleet.namespace];
  await using restore = rollcall(['restore', out, ...there, '--moved', '--json']);
  expect(await restore.exited).toBe(0);
  expect(restore.lines.at(-1)).toMatchObject({
    event: 'restored',
    replaced: false,
    divergences: 0,
  });
  await using moved = await TestFleet.open(other.url, 1, fleet.namespace);
  expect(await history(moved)).toEqual(before);
  expect(await moved.records()).toEqual(records);

  // The restored namespace is in use at once, and its tokens go on behind those of the backup.
  const token = moved.row('web', 'a')?.token ?? 0;
  await moved.collector();
  await moved.serving('h1', 'a', web('a'));
  await until('it is live again', () => moved.row('web', 'a')?.state === 'live', 60_000);
  expect(moved.row('web', 'a')?.token).toBeGreaterThan(token + 20_000);
  await until('the audit has all events', async () => !(await moved.store.audit.isBehind()));
  expect(await moved.store.audit.losses()).toEqual([]);
  expect(await divergencesOf(moved)).toEqual([]);
  expect(await unlikeReplay(moved)).toEqual([]);
  await until('the outbox is trimmed', async () => (await moved.store.audit.tidy()) > 0);
});

test('a backup and a restore overwrite nothing unasked, and accept no changed file', async () => {
  const out = join(folder, 'kept');
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  await fleet.serving('h1', 'a', web('a'));
  const backup = fleet.start(['backup', '--out', out, '--no-verify']);
  expect(await backup.exited).toBe(0);
  expect(backup.lines.at(-1)).toMatchObject({ event: 'backup', divergences: null });

  const again = fleet.start(['backup', '--out', out]);
  expect(await again.exited).toBe(2);
  expect(again.stderr).toContain(`${out} is not empty`);

  const records = await fleet.records();
  const restore = fleet.start(['restore', out]);
  expect(await restore.exited).toBe(1);
  expect(restore.stderr).toContain('nothing was changed');
  expect(await fleet.records()).toEqual(records);

  // Nobody is asked to delete a namespace that this backup cannot replace.
  await using _other = await TestFleet.open(server.url, 1, 'other');
  await using wrong = rollcall(['restore', out, '--servers', server.url, '--namespace', 'other']);
  expect(await wrong.exited).toBe(2);
  expect(wrong.stderr).toContain(`is a backup of namespace '${fleet.namespace}', not of 'other'`);
  expect(wrong.stderr).not.toContain('exists');

  const file = join(out, 'audit.stream');
  const bytes = await readFile(file);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(file, bytes);
  const damaged = fleet.start(['restore', out, '--yes']);
  expect(await damaged.exited).not.toBe(0);
  expect(damaged.stderr).toContain('audit.stream differs from the file that was backed up');
  expect(await fleet.records()).toEqual(records);
});

test('an interrupted backup leaves an empty folder, which the next one can use', async () => {
  const out = join(folder, 'interrupted');
  await using server = await startTestServer();
  await using fleet = await TestFleet.open(server.url);
  await fleet.serving('h1', 'a', web('a'));
  const namespace = Namespace.parse(fleet.namespace);
  const access = await connectionOptions({ servers: [server.url], namespace });
  const stopping = new AbortController();
  const { signal } = stopping;
  const progress = () => stopping.abort(new Error('stopped'));
  await expect(backUp(access, out, { divergences: null, progress, signal })).rejects.toThrow();
  expect(signal.aborted).toBe(true);
  expect(await readdir(out)).toEqual([]);
  const backup = fleet.start(['backup', '--out', out, '--no-verify']);
  expect(await backup.exited).toBe(0);
});
