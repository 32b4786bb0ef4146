import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { Drill, patience } from './support/drill.ts';
import { startTap } from './support/tap.ts';

const backedUp = 'backups/2026-12-01';
const restoreAgain = `rollcall restore ${backedUp} --yes --as alice`;

/** A fleet with a backup, in which an agent has registered since. */
async function fleetWithBackup(server: TestServer) {
  const drill = await Drill.open(server.url);
  await drill.collector();
  for (const host of ['h1', 'h2']) await drill.agent(host);
  const consumer = await drill.consumer();
  await until('both are live', () => consumer.live.join() === 'h1,h2', patience);
  await drill.done(`rollcall backup --out ${backedUp}`);
  await drill.agent('h3');
  await until('three are live', () => consumer.live.length === 3, patience);
  return { drill, consumer };
}

const startRestore = (drill: Drill, servers: string, by = 'alice') =>
  drill.start(['restore', join(drill.folder, backedUp), '--yes', '--as', by], {
    ROLLCALL_SERVERS: servers,
  });

async function freezeBefore(request: string, drill: Drill, server: TestServer) {
  const tap = await startTap(server);
  const sent = tap.before(request);
  const restore = startRestore(drill, tap.url);
  await sent;
  restore.kill('SIGSTOP');
  // Its request arrives; it does not get the answer.
  tap.go();
  return { restore, [Symbol.asyncDispose]: () => tap[Symbol.asyncDispose]() };
}

describe('a restore', () => {
  test.each([
    ['the registry is deleted', 'STREAM.DELETE.KV_rollcall_shop_registry'],
    ['the registry is restored', 'STREAM.RESTORE.KV_rollcall_shop_registry'],
    ['the outbox is trimmed', 'STREAM.PURGE.KV_rollcall_shop_registry'],
    ['agents may write again', 'STREAM.UPDATE.KV_rollcall_shop_registry'],
  ])(
    'that stands still for long when %s ends no service and repeats no token',
    async (_, request) => {
      await using server = await startTestServer();
      const { drill, consumer } = await fleetWithBackup(server);
      await using _fleet = drill;
      await using frozen = await freezeBefore(request, drill, server);
      const [h2, late] = [{ service: 'web', id: 'h2', port: 8080 }, await drill.agent('h4')];
      const instances = [h2, { ...h2, id: 'h2-more' }];
      await writeFile(join(drill.folder, 'h2.json'), JSON.stringify({ instances }));
      // Longer than ttl and grace.
      await pause(12_000);
      if (!request.includes('UPDATE')) {
        expect((await drill.play('rollcall doctor')).out).toContain(
          `a restore of namespace 'shop' has not finished: by alice on desk, since`,
        );
        expect(late.stderr).toContain(
          `namespace 'shop' is being restored, by alice on desk, since`,
        );
        expect(late.stderr).toContain('retrying');
      }
      frozen.restore.kill('SIGCONT');
      const code = await frozen.restore.exited;
      // The server forgets a copy that stands still.
      if (code !== 0) {
        expect([code, frozen.restore.stderr]).toEqual([
          3,
          expect.stringMatching(/begin the restore again/),
        ]);
        await drill.done(restoreAgain);
      }
      await until('all are live', () => consumer.live.join() === 'h1,h2,h2-more,h3,h4', patience);
      await drill.allIsWell();
      expect([consumer.empty, consumer.repeated]).toEqual([0, []]);
    },
    400_000,
  );

  test('that is killed at any moment can be begun again', async () => {
    const moments = Array.from({ length: 4 }, () => randomInt(4000));
    const what = `killed ${moments.join(', ')} ms after they had begun to replace the streams`;
    await using server = await startTestServer();
    const { drill, consumer } = await fleetWithBackup(server);
    await using _fleet = drill;
    for (const moment of moments) {
      await using tap = await startTap(server);
      const begun = tap.before('STREAM.DELETE.');
      const restore = startRestore(drill, tap.url);
      await begun;
      tap.go();
      await Promise.race([pause(moment), restore.exited]);
      restore.kill('SIGKILL');
      await restore.exited;
      expect(consumer.empty, what).toBe(0);
    }
    await drill.done(restoreAgain);
    await until('all are live', () => consumer.live.join() === 'h1,h2,h3', patience);
    await drill.allIsWell();
    expect([consumer.empty, consumer.repeated], what).toEqual([0, []]);
  }, 400_000);

  test('refuses to work beside another one', async () => {
    await using server = await startTestServer();
    const { drill, consumer } = await fleetWithBackup(server);
    await using _fleet = drill;
    const both = ['alice', 'bob'].map((by) => startRestore(drill, server.url, by));
    const codes = await Promise.all(both.map(({ exited }) => exited));
    expect(codes.toSorted()).toEqual([0, 1]);
    const refused = both[codes.indexOf(1)];
    expect(refused?.stderr).toMatch(
      /another restore of namespace 'shop' (is at work: by (alice|bob) on desk|began at the same time)/,
    );
    await until('all are live', () => consumer.live.join() === 'h1,h2,h3', patience);
    await drill.allIsWell();
    expect(consumer.repeated).toEqual([]);
  }, 400_000);

  test('that stood still changes nothing any more when another one has taken over', async () => {
    await using server = await startTestServer();
    const { drill, consumer } = await fleetWithBackup(server);
    await using _fleet = drill;
    await using frozen = await freezeBefore(
      'STREAM.PURGE.KV_rollcall_shop_registry',
      drill,
      server,
    );
    await drill.done(restoreAgain.replace('alice', 'bob'));
    await until('all are live', () => consumer.live.join() === 'h1,h2,h3', patience);
    frozen.restore.kill('SIGCONT');
    expect(await frozen.restore.exited).toBe(1);
    expect(frozen.restore.stderr).toContain('stood still, and another one took over');
    expect(consumer.live).toEqual(['h1', 'h2', 'h3']);
    await drill.allIsWell();
    expect([consumer.empty, consumer.repeated]).toEqual([0, []]);
  }, 400_000);
});
