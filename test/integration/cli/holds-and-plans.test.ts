import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { readAgent } from '../../../src/domain/records/stored-record.ts';
import { transitionRun } from '../../../src/runtime/transitions/run-changes.ts';
import { sealCommit } from '../../../src/runtime/transitions/seal-changes.ts';
import { slotOf } from '../../domain/support/sample-records.ts';
import { type TestFleet, timing } from '../harness/fleet.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { command } from './support/run-command.ts';

const world = withServer();
const agentKeyOf = (place: string) => `agent.${place.replace('/', '.')}`;

const ask = (fleet: TestFleet, ...args: readonly string[]) =>
  command([...args, '--servers', fleet.url, '--namespace', fleet.namespace], {
    ROLLCALL_HOST: 'desk',
  });

const phaseOf = async (fleet: TestFleet, place: string): Promise<string> => {
  const read = readAgent(await fleet.store.registry.read(agentKeyOf(place)));
  if (read.kind !== 'stored') return read.kind;
  return read.record.suspect && read.record.phase !== 'expired' ? 'suspect' : read.record.phase;
};

/** Declares a run dead, like a collector that then dies too. */
async function declareDead(fleet: TestFleet, place: string): Promise<void> {
  const { registry } = fleet.store;
  const ports = { clock: systemClock, entropy: systemEntropy };
  const author = { actor: { ...slotOf('watch/gone'), run: systemEntropy.runId() }, ports };
  for (const event of [{ type: 'suspected', reason: 'silent' }, { type: 'expired' }] as const) {
    const read = readAgent(await registry.read(agentKeyOf(place)));
    if (read.kind !== 'stored') throw new Error(`${place} is ${read.kind}`);
    const change = transitionRun(author, read, event, {});
    if (change === 'ignored') throw new Error(`${place} ignores ${event.type}`);
    const { outcome } = await registry.commit(sealCommit([change]));
    expect(outcome).toBe('committed');
  }
}

describe('a hold', () => {
  it('keeps a dead agent until it is released; then the agent is removed', async () => {
    await using fleet = await world.fleet();
    await fleet.collector();
    await fleet.serving('h2', 'a', [{ service: 'web', id: 'w2' }]);
    const { process, run } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);

    const held = await ask(fleet, 'hold', 'h1', '--for', '10m', '--why', 'new kernel', '--json');
    expect(held).toMatchObject({ code: 0, err: '' });
    expect(held.documents()).toEqual([
      {
        ...{ event: 'hold', change: 'planned', host: 'h1', agent: null, why: 'new kernel' },
        ...{ until: expect.any(Number), untilIso: expect.any(String), was: null },
        by: { host: 'desk', agent: 'operator', run: expect.any(String) },
        covers: [{ host: 'h1', agent: 'a', run, state: 'live', reason: null }],
      },
    ]);
    process.kill('SIGKILL');
    await until('consumers are told that it is planned', () => {
      return fleet.row('web', 'w1')?.reason === 'planned';
    });
    const { out: agents } = await ask(fleet, 'agents');
    expect(agents).toMatch(/h1\/a +◌ suspect +planned/);
    expect(agents).toMatch(/hold: h1 is on hold until .* \(in (9|10) min\): new kernel/);

    await systemClock.sleep(timing.ttl + timing.grace + 2000);
    expect(await phaseOf(fleet, 'h1/a')).toBe('suspect');
    const plan = await ask(fleet, 'gc', 'plan', '--json');
    expect(plan.code).toBe(1);
    expect(plan.documents()).toMatchObject([
      {
        ...{ event: 'plan', kind: 'run', host: 'h1', agent: 'a', run, instances: 1 },
        ...{ next: 'expire', heldBy: { by: 'hold', until: expect.any(Number), why: 'new kernel' } },
      },
      { event: 'planned', rows: 1, seats: 1, brakes: [] },
    ]);
    const { out: why } = await ask(fleet, 'why', 'web/w1');
    expect(why.replaceAll('\n', ' ')).toContain(
      '("new kernel", by operator): until then the agent is not declared dead',
    );

    const extended = await ask(fleet, 'hold', 'h1', '--for', '20m');
    expect(extended.out).toMatch(/h1 is on hold until .* new kernel; the previous end was /);
    expect(await ask(fleet, 'release', 'h1/a')).toMatchObject({
      code: 1,
      err: expect.stringContaining('h1 is on hold: rollcall release h1'),
    });
    expect(await ask(fleet, 'release', 'h1')).toMatchObject({ code: 0 });
    await fleet.standing('agent.h2.a', 'instance.h2.a.web.w2');
    const shown = await ask(fleet, 'audit', 'show', 'hold:h1', '--json');
    expect(shown.documents().map(({ event }) => event)).toMatchObject([
      { type: 'planned' },
      { type: 'extended' },
      { type: 'released' },
    ]);
    expect(await ask(fleet, 'audit', 'verify')).toMatchObject({ code: 0 });
  });

  it('of a host without registered agents is refused unless it is meant, and names hosts that are alike', async () => {
    await using fleet = await world.fleet();
    await fleet.serving('h9-6622ddde', 'a', []);
    const refused = await ask(fleet, 'hold', 'h9', '--for', '10m');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('no agent of h9 is registered; nothing was changed');
    expect(refused.err).toContain('hosts: h9-6622ddde');
    expect(await fleet.keys()).toEqual(['agent.h9-6622ddde.a']);
    const { code, out } = await ask(fleet, 'hold', 'h9', '--for', '10m', '--ahead');
    expect(code).toBe(0);
    expect(out).toContain('no agent of h9 is registered');
    const { out: doctor } = await ask(fleet, 'doctor');
    expect(doctor).toContain('h9 is on hold until');
    expect(await ask(fleet, 'hold', 'h9', '--for', '20m')).toMatchObject({ code: 0 });
  });
});

describe('the policy', () => {
  it('is set, shown and recorded in the audit', async () => {
    await using fleet = await world.fleet();
    const before = await ask(fleet, 'policy', '--json');
    expect(before.documents()).toMatchObject([{ set: [], by: null, policy: { seats: 3 } }]);
    const set = await ask(fleet, 'policy', 'set', 'brake.pace=5s', 'brake.fraction=0.4');
    expect(set).toMatchObject({ code: 0, err: '' });
    expect(set.out).toContain('brake.pace: 10s → 5s');
    const { out } = await ask(fleet, 'policy');
    expect(out).toMatch(/brake\.pace +5s +no: 10s/);
    expect(out).toMatch(/seats +3 +yes/);
    expect(out).toContain('set by desk/operator');
    expect(await ask(fleet, 'policy', 'set', 'brake.pace=5')).toMatchObject({
      code: 2,
      err: expect.stringContaining('brake.pace must be a duration from 1ms to 1h'),
    });
    const { out: shown } = await ask(fleet, 'audit', 'show', 'policy');
    expect(shown).toContain('brake.fraction 0.4, brake.pace 5s');
  });
});

describe('a brake', () => {
  it('is shown in plan and views, and reported by watch when it trips and ends', async () => {
    await using fleet = await world.fleet();
    await ask(fleet, 'policy', 'set', 'brake.pace=3s');
    await fleet.collector();
    // The grace is long enough for all to be suspect before the first is declared dead.
    const place = ['--zone', 'r1', '--grace', '8s'];
    const agents = await Promise.all(
      [1, 2, 3, 4].map((n) => fleet.serving(`h${n}`, 'a', [], place)),
    );
    const watch = fleet.start(['watch']);
    await watch.line(({ event }) => event === 'view');
    for (const { process } of agents.slice(0, 3)) process.kill('SIGKILL');
    const tripped = await watch.line(({ event }) => event === 'brake');
    expect(tripped).toMatchObject({ change: 'begun', zone: 'r1', seen: 4, suspect: 3 });
    const { out } = await ask(fleet, 'gc', 'plan');
    expect(out.replaceAll('\n', ' ')).toMatch(
      /brake: zone r1 has been braked since .* of \d runs are suspect/,
    );
    await watch.line(({ event, change }) => event === 'brake' && change === 'ended');
    await fleet.standing('agent.h4.a');
  });
});

describe('gc run', () => {
  it('removes decided targets without a collector, and leaves undecided ones', async () => {
    await using fleet = await world.fleet();
    const spec = (n: number) => [{ service: 'web', id: `w${n}` }];
    const dead = await fleet.serving('h1', 'a', spec(1));
    const silent = await fleet.serving('h2', 'a', spec(2));
    for (const { process } of [dead, silent]) {
      process.kill('SIGKILL');
      await process.exited;
    }
    await declareDead(fleet, 'h1/a');
    const run = await ask(fleet, 'gc', 'run', '--json');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(await fleet.keys()).toEqual(['agent.h2.a', 'instance.h2.a.web.w2']);
    const documents = run.documents();
    expect(documents.filter(({ event }) => event === 'deed')).toMatchObject([
      { type: 'removed', of: { entity: 'instance', id: 'w1' }, why: 'owner-expired' },
      { type: 'removed', of: { entity: 'run', host: 'h1' } },
    ]);
    expect(documents.at(-1)).toMatchObject({ event: 'done', runs: 1, instances: 1, leftovers: 0 });

    const times = ['--ttl', '2s', '--grace', '1s'];
    const watched = await ask(fleet, 'gc', 'run', '--watch', '8s', ...times);
    expect(watched).toMatchObject({ code: 0 });
    expect(watched.out).toContain('removed 1 run with 1 instance');
    expect(watched.out).toContain('nothing is left to remove');
    expect(await fleet.keys()).toEqual([]);
    expect(await ask(fleet, 'gc', 'plan')).toMatchObject({ code: 0 });
    expect(await ask(fleet, 'audit', 'verify')).toMatchObject({ code: 0 });
  });

  it('watches a leftover for the required time before it removes it', async () => {
    await using fleet = await world.fleet();
    const { process } = await fleet.serving('h1', 'a', [{ service: 'web', id: 'w1' }]);
    process.kill('SIGKILL');
    await process.exited;
    const { revision } = await fleet.store.registry.read('agent.h1.a');
    const write = { key: 'agent.h1.a', expectedRevision: revision, text: undefined };
    await fleet.store.registry.commit({ writes: [write], events: [] });
    await systemClock.sleep(timing.ttl);
    const times = ['--ttl', '2s', '--grace', '1s'];
    const { out } = await ask(fleet, 'gc', 'run', ...times);
    expect(out).toContain('remaining: 1 leftover');
    const plan = await ask(fleet, 'gc', 'plan', '--json', ...times);
    expect(plan.documents()[0]).toMatchObject({ kind: 'leftovers', why: 'orphan', since: null });
    const watched = await ask(fleet, 'gc', 'run', '--watch', '6s', ...times);
    expect(watched.out).toContain('removed 1 leftover');
    expect(await fleet.keys()).toEqual([]);
  });
});
