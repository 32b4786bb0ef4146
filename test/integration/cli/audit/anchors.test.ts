import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../../src/adapters/system/entropy.ts';
import { AgentName, HostId } from '../../../../src/domain/identity/names.ts';
import { hours } from '../../../../src/domain/time.ts';
import { planHold } from '../../../../src/runtime/operator/operator-actions.ts';
import type { TestFleet } from '../../harness/fleet.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';
import { command } from '../support/run-command.ts';

const world = withServer();

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-anchors-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const run = (fleet: Pick<TestFleet, 'url' | 'namespace'>, ...args: string[]) =>
  command([...args, '--servers', fleet.url, '--namespace', fleet.namespace]);

const linesOf = async (file: string) => (await readFile(file, 'utf8')).split('\n').slice(0, -1);

describe('rollcall audit anchor', () => {
  it('appends an anchor that audit verify compares', async () => {
    await using fleet = await world.fleet();
    const file = join(folder, 'anchors.jsonl');
    expect(await run(fleet, 'audit', 'anchor')).toMatchObject({ code: 1 });
    await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    for (const n of [1, 2]) {
      const { code, err } = await run(fleet, 'audit', 'anchor', '--to', file);
      expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining(`in ${file}`) });
      expect(await linesOf(file)).toHaveLength(n);
    }
    const { code, out } = await run(fleet, 'audit', 'verify', '--anchor', file);
    expect(out).toContain('2 anchors agree; no event came after the last one');
    expect(code).toBe(0);
    const { documents } = await run(fleet, 'audit', 'verify', '--anchor', file, '--json');
    expect(documents().at(-1)).toMatchObject({
      divergences: 0,
      anchors: { agreed: 2, unchecked: 0, anchoredTo: expect.any(Number) },
    });
  });

  it('is refused by audit verify if a line was changed or is of another namespace', async () => {
    await using fleet = await world.fleet();
    await using other = await world.fleet();
    await fleet.serving('h1', 'a', []);
    await other.serving('h1', 'a', []);
    const { out } = await run(fleet, 'audit', 'anchor');
    const file = join(folder, 'anchors.jsonl');
    await writeFile(file, out.replace('"seq":', '"seq":1'));
    const changed = await run(fleet, 'audit', 'verify', '--anchor', file);
    expect(changed).toMatchObject({ code: 2, err: expect.stringContaining('it was changed') });
    await writeFile(file, `${out}\n{"v":1,"kind":"roll`);
    expect(await run(fleet, 'audit', 'verify', '--anchor', file)).toMatchObject({ code: 0 });
    expect(await run(other, 'audit', 'verify', '--anchor', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`namespace '${fleet.namespace}', not of '${other.namespace}'`),
    });
    await writeFile(file, '');
    expect(await run(fleet, 'audit', 'verify', '--anchor', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('has no anchor'),
    });
  });
});

describe('rollcall collector --anchor-to', () => {
  it('writes anchors while the fleet changes, each signed with the key of its events', async () => {
    await using fleet = await world.fleet();
    const times = ['--ttl', '2s', '--grace', '1s', '--anchor-every', '1s', '--anchor-to', folder];
    await using collector = fleet.start(['collector', '--host', 'watch', ...times]);
    const { run: ofCollector } = await collector.ready;
    const file = join(folder, `rollcall-${fleet.namespace}.anchors.jsonl`);
    await fleet.serving('h1', 'a', []);
    await until('two anchors', async () => {
      const lines = await linesOf(file).catch(() => []);
      return lines.length > 1;
    });
    const anchors = (await linesOf(file)).map((line) => JSON.parse(line));
    const history = await fleet.history();
    const own = history.find(({ actor }) => actor.run === ofCollector);
    expect(anchors.map(({ key }) => key)).toEqual(anchors.map(() => own?.['key']));
    expect(await run(fleet, 'audit', 'verify', '--anchor', file)).toMatchObject({ code: 0 });
  });

  it('continues to collect while the disk is full', async () => {
    await using fleet = await world.fleet();
    const times = [
      '--ttl',
      '2s',
      '--grace',
      '1s',
      '--anchor-every',
      '1s',
      '--anchor-to',
      '/dev/full',
    ];
    await using collector = fleet.start(['collector', '--host', 'watch', ...times]);
    await collector.ready;
    const { process: agent } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    agent.kill('SIGKILL');
    await fleet.standing();
    await until('a warning', () => collector.stderr.includes('history-not-anchored'));
    expect(collector.stderr).toContain('ENOSPC');
  });
});

describe('a policy that requires signatures', () => {
  it('makes unsigned events a problem for audit verify and doctor', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    const set = await run(fleet, 'policy', 'set', 'signatures=required');
    expect(set).toMatchObject({ code: 0, out: expect.stringContaining('optional → required') });
    expect(await run(fleet, 'audit', 'verify')).toMatchObject({ code: 0 });
    const actor = {
      host: HostId.parse('desk'),
      agent: AgentName.parse('old'),
      run: systemEntropy.runId(),
    };
    const ports = { ...fleet.store, clock: systemClock, entropy: systemEntropy };
    const plan = { host: HostId.parse('h1'), until: systemClock.wall() + hours(1) };
    await planHold({ actor, ports }, plan, ports, AbortSignal.timeout(10_000));
    const { code, out } = await run(fleet, 'audit', 'verify');
    expect({ code, out }).toEqual({
      code: 1,
      out: expect.stringContaining('expected a signature: the policy requires it, found none'),
    });
    const doctor = await run(fleet, 'doctor');
    expect(doctor.out).toMatch(/✕ signatures +unsigned events by desk\/old among the last \d+/);
    expect(doctor.code).toBe(1);
  });
});
