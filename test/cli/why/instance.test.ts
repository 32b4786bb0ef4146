import { describe, expect } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import { scenario } from '../../runtime/support/scenario.ts';
import { until } from '../../runtime/support/until.ts';
import { explained, saying, says } from './explained.ts';

async function watched(fleet: FleetInMemory) {
  const c = fleet.collector('watch');
  const a = fleet.agent('h1/a', ['web/w1']);
  await fleet.advance(seconds(10));
  return { a, c };
}

const w1 = 'instance:web/w1';

describe('rollcall why for an instance that exists', () => {
  scenario('gives the owner of a live one, its start and the effect of silence', async (fleet) => {
    await watched(fleet);
    expect(await says(fleet, w1)).toBe(
      'web/w1 on h1/a is live: its agent has a valid lease and is not suspect. It has been live since T (10 s); run R registered it at T (10 s ago). If its agent becomes silent, the instance is dubious within 6 s; 10 s later the agent is declared dead and the instance is removed.',
    );
    const [story] = await explained(fleet, w1);
    expect(story?.facts).toMatchObject({
      ...{ kind: 'instance', service: 'web', id: 'w1', state: 'live', reason: null },
      ...{ lease: 'stands', holder: { phase: 'live', ttl: 6000, grace: 10_000 } },
    });
  });

  scenario(
    'gives the observer, the evidence and the deadline if its agent is silent',
    async (fleet) => {
      const { a } = await watched(fleet);
      a.process.freeze();
      await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
      await fleet.advance(seconds(2));
      expect(await says(fleet, w1)).toMatch(
        /^web\/w1 on h1\/a is dubious: its agent has been silent since T \([78] s\), according to the collector in watch\/collector, which found at T that its lease is gone \(#N\)\. It was live for 1\d s before that\. Unless the agent renews its lease, it is declared dead in [78] s, and the instance is removed right after\.$/,
      );
      const [story] = await explained(fleet, w1);
      const next = { what: 'expire', at: expect.any(Number) };
      expect(story?.facts).toMatchObject({ reason: 'silent', lease: 'absent', next });
      a.process.thaw();
    },
  );

  scenario('reports that no process answers for its agent', async (fleet) => {
    const { a } = await watched(fleet);
    await fleet.kill(a.process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    expect(await says(fleet, w1)).toContain(
      'according to the collector in watch/collector, which pinged it at T and found that no process answers for it (#N).',
    );
  });

  scenario('reports that it is dubious for longer than the grace', async (fleet) => {
    const { a, c } = await watched(fleet);
    await fleet.kill(a.process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    c.process.freeze();
    await fleet.advance(seconds(11));
    expect(await says(fleet, w1)).toMatch(/No collector is active\. Until a collector is started/);
    const next = fleet.collector('watch2');
    await fleet.advance(seconds(1));
    expect(await says(fleet, w1)).toContain('renews its lease, it is declared dead in 9 s, and');
    await fleet.advance(seconds(7));
    next.process.freeze();
    await fleet.advance(seconds(4));
    expect(await says(fleet, w1)).toMatch(
      /The grace of 10 s is over: unless the agent renews its lease, it is declared dead at any moment, and the instance is removed right after\.$/,
    );
  });

  scenario('explains that its owner was declared dead', async (fleet) => {
    const { a, c } = await watched(fleet);
    await fleet.kill(a.process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    await fleet.advance(fleet.lease.grace - seconds(3));
    c.process.view.close(); // it removes only what it sees, and is blind only after 5 s
    await until(fleet, () => fleet.phase('h1/a') === 'expired');
    expect(await says(fleet, w1)).toMatch(
      /^web\/w1 on h1\/a is dubious: its owner, run R, was declared dead at T \(<1 s ago\) by the collector in watch\/collector \(#N\), after 1\d s of silence, without a lease, at the end of its grace of 10 s\. It was live for \d+ s before that\. It is being removed, together with the record of its agent\.$/,
    );
    c.process.view.open();
  });

  scenario('explains the dead one also if another of its name counts again', async (fleet) => {
    const { c } = await watched(fleet);
    const b = fleet.agent('h2/b', ['web/w1']);
    await fleet.advance(seconds(10));
    await fleet.kill(b.process);
    await until(fleet, () => fleet.phase('h2/b') === 'live, unreachable');
    await fleet.advance(fleet.lease.grace - seconds(3));
    c.process.view.close(); // it removes only what it sees, and is blind only after 5 s
    await until(fleet, () => fleet.phase('h2/b') === 'expired');
    const [first, second] = (await explained(fleet, w1)).map(saying);
    expect(first).toMatch(/^web\/w1 on h1\/a is live/);
    expect(second).toMatch(/^web\/w1 on h2\/b is dubious: its owner, run R, was declared dead/);
    c.process.view.open();
  });

  scenario('gives the other registration, the one that counts first', async (fleet) => {
    await watched(fleet);
    fleet.agent('h2/b', ['web/w1']);
    await fleet.advance(seconds(3));
    const [first, second, ...more] = (await explained(fleet, w1)).map(saying);
    expect(first).toMatch(/^web\/w1 on h2\/b is live/);
    expect(second).toBe(
      'web/w1 on h1/a is dubious: h2/b registered the same name at T (3 s ago), and only the latest registration of a name is active. This one has been registered since T (13 s). It becomes active again if h2/b deregisters the name or is declared dead; it is removed when its own agent deregisters it, leaves or is declared dead.',
    );
    expect(more).toEqual([]);
  });

  scenario('is live again since the removal of the one that counted', async (fleet) => {
    await watched(fleet);
    const rival = fleet.agent('h2/b', ['web/w1']);
    await fleet.advance(seconds(10));
    await rival.agent.stop();
    await fleet.advance(seconds(4));
    expect(await says(fleet, w1)).toContain(
      'It has been live since T (4 s); run R registered it at T (24 s ago)',
    );
  });

  scenario('explains that a successor of its owner has not adopted it', async (fleet) => {
    fleet.collector('watch');
    // One commit adopts 333 at most, and the one that adopts `web/w1` is not answered.
    const names = [...Array.from({ length: 400 }, (_, n) => `web/other-${n}`), 'web/w1'];
    const a = fleet.agent('h1/a', names, { sees: true });
    await fleet.advance(seconds(5));
    await fleet.kill(a.process);
    const process = fleet.process('h1', { sees: true });
    process.beforeCommit = async ({ writes }) => {
      if (writes.some(({ key }) => key.endsWith('.w1')))
        throw new Fault('store-unavailable', 'no answer');
    };
    fleet.agent('h1/a', names, { process });
    await fleet.advance(seconds(2));
    expect(await says(fleet, w1)).toBe(
      'web/w1 on h1/a is dubious: run R, which registered it, lost its slot to run R at T (2 s ago) (#N): the process of the previous run no longer exists on this machine. The new run is registering and has not adopted the instance, which was registered at T (7 s ago). Unless the new run adopts or removes it, a collector removes it in 14 s as a leftover, after the ttl and grace of the new run.',
    );
  });

  scenario('is dubious while no collector is active', async (fleet) => {
    fleet.agent('h1/a', ['web/w1']);
    await fleet.advance(seconds(3));
    expect(await says(fleet, w1)).toBe(
      'web/w1 on h1/a is dubious: no collector is active, so it is not known whether its agent is alive. The lease of its owner is valid, so the instance is most likely live. It was registered at T (3 s ago). Until a collector is started (rollcall collector), no run is declared dead and nothing is removed.',
    );
  });

  scenario('gives the reason that its agent reports', async (fleet) => {
    const { a } = await watched(fleet);
    a.agent.report({ service: 'web', id: 'w1' } as never, { state: 'failing', detail: 'refused' });
    await fleet.advance(seconds(2));
    expect(await says(fleet, w1)).toBe(
      "web/w1 on h1/a is failing: its agent has reported 'refused' since T (2 s). Its agent is live; run R registered it at T (12 s ago). It is live again when its agent reports it as serving.",
    );
  });

  scenario('explains that it is draining', async (fleet) => {
    fleet.collector('watch');
    const a = fleet.agent('h1/a', ['web/w1'], { drainFor: seconds(5) });
    await fleet.advance(seconds(10));
    const stopped = a.agent.stop();
    await fleet.advance(seconds(2));
    expect(await says(fleet, w1)).toMatch(
      /^web\/w1 on h1\/a has been draining since T \(2 s\): it finishes current requests; send it no new ones\. Its agent is leaving; run R registered it at T \(\d+ s ago\)\. Its agent removes it when the drain time is over\.$/,
    );
    await fleet.advance(seconds(10));
    await stopped;
  });

  scenario('explains that its agent reports it as draining', async (fleet) => {
    const { a } = await watched(fleet);
    a.agent.report({ service: 'web', id: 'w1' } as never, { state: 'draining' });
    await fleet.advance(seconds(2));
    const [story] = await explained(fleet, w1);
    expect(story && saying(story)).toBe(
      'web/w1 on h1/a has been draining since T (2 s): it finishes current requests; send it no new ones. Its agent reports it as draining; run R registered it at T (12 s ago). It is live again when its agent reports it as serving. It is removed when its agent deregisters it or leaves.',
    );
    expect(story?.facts).toMatchObject({ next: { what: 'nothing', at: null } });
  });

  scenario('explains that it has no owner if the agent record was deleted', async (fleet) => {
    const { a } = await watched(fleet);
    a.process.freeze();
    fleet.byHand('agent.h1.a', undefined);
    await fleet.advance(seconds(1));
    expect(await says(fleet, w1)).toBe(
      'web/w1 on h1/a is dubious: its agent has no record; no event explains its removal, so it was deleted outside of Rollcall. The lease of its run is valid: the run will notice within its ttl, start over as a new run and adopt the instance. Unless a new run of its agent adopts it, a collector removes it after the ttl and grace of the collector, 45 s by default.',
    );
    a.process.thaw();
  });

  scenario('explains that the record of its agent is unreadable', async (fleet) => {
    const { a } = await watched(fleet);
    a.process.freeze();
    fleet.byHand('agent.h1.a', 'garbage');
    await fleet.advance(seconds(1));
    expect(await says(fleet, w1)).toMatch(
      /^web\/w1 on h1\/a is dubious: the record of its agent cannot be read \(.+\), so the state of its owner is unknown\. .* Instances of an agent with an unreadable record are never removed/,
    );
    a.process.thaw();
  });

  scenario('explains that an unreadable one is left unchanged', async (fleet) => {
    await watched(fleet);
    fleet.byHand('instance.h1.a.web.w2', '{not json');
    expect(await says(fleet, 'instance:web/w2')).toMatch(
      /^The record instance\.h1\.a\.web\.w2 is unreadable: .*It is not changed until it is fixed or deleted/,
    );
  });
});

describe('rollcall why for an instance that does not exist', () => {
  scenario('gives the actor, the time and the evidence of its owner’s death', async (fleet) => {
    const { a } = await watched(fleet);
    await fleet.kill(a.process);
    await until(fleet, () => fleet.record('h1/a').kind === 'absent');
    await fleet.advance(seconds(5));
    expect(await says(fleet, w1)).toMatch(
      /^web\/w1 is not registered: the collector in watch\/collector removed it at T \([56] s ago\) \(#N\), because its owner, run R of h1\/a, was declared dead at T \([56] s ago\) by the collector in watch\/collector \(#N\), after 1\d s of silence, without a lease, at the end of its grace of 10 s\. Run R of h1\/a registered it at T \(\d+ s ago\), and kept it for \d+ s\. It comes back when an agent registers it again\.$/,
    );
  });

  scenario('explains that its agent left', async (fleet) => {
    const { a } = await watched(fleet);
    await a.agent.stop();
    await fleet.advance(seconds(5));
    expect(await says(fleet, w1)).toContain(
      'web/w1 is not registered: its agent h1/a stopped in an orderly way and removed it at T (5 s ago) (#N).',
    );
  });

  scenario('explains that its agent deregistered it', async (fleet) => {
    const { a } = await watched(fleet);
    a.agent.replace([]);
    await fleet.advance(seconds(5));
    expect(await says(fleet, w1)).toContain(
      'web/w1 is not registered: its own agent h1/a deregistered it at T (5 s ago) (#N).',
    );
  });

  scenario('reports a deletion that no event explains', async (fleet) => {
    const { a } = await watched(fleet);
    a.process.freeze();
    fleet.byHand('instance.h1.a.web.w1', undefined);
    expect(await says(fleet, w1)).toMatch(
      /^web\/w1 has no record, and no event explains its removal; to check the history: rollcall audit verify\. .*; its last event is 'registered' at T/,
    );
    a.process.thaw();
  });

  scenario('reports that it never existed', async (fleet) => {
    await watched(fleet);
    expect(await explained(fleet, 'instance:web/nix')).toEqual([]);
  });
});
