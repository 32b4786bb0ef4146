import { describe, expect } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { sentencesOf } from '../../../src/cli/why/explain-named.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import { scenario } from '../../runtime/support/scenario.ts';
import { until } from '../../runtime/support/until.ts';
import { explained, says } from './explained.ts';

async function watched(fleet: FleetInMemory) {
  const c = fleet.collector('watch');
  const a = fleet.agent('h1/a', ['web/w1', 'web/w2']);
  await fleet.advance(seconds(10));
  return { a, c };
}

const h1a = 'agent:h1/a';

describe('the sentences of the dashboard about the past', () => {
  scenario('count ages to the viewed moment, not to the last event before it', async (fleet) => {
    const { a } = await watched(fleet);
    a.process.freeze();
    await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
    const { audit: history, keyframes } = memoryStore(fleet.world);
    const { last } = await history.range();
    const shown = { history, keyframes, name: 'x', ports: undefined };
    const at = fleet.clock.wall();
    const sentences = async (time: number) => {
      const asked = { kind: 'agent', name: 'h1/a', at: last, time, zone: undefined } as const;
      return (await sentencesOf(shown, asked, new AbortController().signal)).flat().join(' ');
    };
    expect(await sentences(at + seconds(1))).toMatch(
      /silent since [\d:]+ [A-Z]{3}\S* \(7 s\).* declared dead in 9 s/,
    );
    expect(await sentences(at + seconds(5))).toMatch(
      /silent since [\d:]+ [A-Z]{3}\S* \(11 s\).* declared dead in 5 s/,
    );
    a.process.thaw();
    await fleet.advance(seconds(20));
  });
});

describe('rollcall why for an agent that exists', () => {
  scenario('explains that it is live', async (fleet) => {
    await watched(fleet);
    expect(await says(fleet, h1a)).toBe(
      'h1/a is live: it renews its lease every 2.0 s. Run R took the slot at T (10 s ago) (the slot was free) and owns 2 instances. If it becomes silent, its instances are dubious within 6 s; 10 s later it is declared dead, and it and its instances are removed.',
    );
  });

  scenario('explains a suspicion and its refutation', async (fleet) => {
    const { a } = await watched(fleet);
    a.process.freeze();
    await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
    expect(await says(fleet, h1a)).toMatch(
      /^h1\/a is suspect: it has been silent since T \(6 s\), according to the collector in watch\/collector, which found at T that its lease is gone \(#N\)\. Run R was live for 1\d s; it owns 2 instances, now dubious too\. Unless the agent renews its lease, it is declared dead in (9|10) s, and it and its instances are removed right after\.$/,
    );
    a.process.thaw();
    await until(fleet, () => fleet.phase('h1/a') === 'live');
    await fleet.advance(seconds(2));
    expect(await says(fleet, h1a)).toContain(
      'It was suspect and refuted the suspicion at T (2 s ago).',
    );
  });

  scenario('announces the refutation of a suspect agent with a valid lease', async (fleet) => {
    const { a } = await watched(fleet);
    a.process.freeze();
    await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
    fleet.world.leases.append(`run.h1.a.${a.agent.run}`, '{}', seconds(6));
    expect(await says(fleet, h1a)).toContain(
      'It has a valid lease again, and is about to refute the suspicion.',
    );
    a.process.thaw();
    await fleet.advance(seconds(20));
  });

  scenario('explains that it was declared dead and is being removed', async (fleet) => {
    const { a, c } = await watched(fleet);
    await fleet.kill(a.process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    await fleet.advance(fleet.lease.grace - seconds(3));
    c.process.view.close(); // it removes only what it sees, and is blind only after 5 s
    await until(fleet, () => fleet.phase('h1/a') === 'expired');
    expect(await says(fleet, h1a)).toMatch(
      /^h1\/a is expired: run R was declared dead at T \(<1 s ago\) by the collector in watch\/collector \(#N\), .* it owns 2 instances, dubious since T \(10 s\)\. Its instances are being removed, then its own record\.$/,
    );
    c.process.view.open();
  });

  scenario('reports that no collector is active', async (fleet) => {
    fleet.agent('h1/a');
    await fleet.advance(seconds(3));
    expect(await says(fleet, h1a)).toMatch(
      /^h1\/a reports that it is live, but no collector is active to detect a failure\. .* and owns 0 instances\. Until a collector is started/,
    );
  });

  scenario('explains that it is leaving', async (fleet) => {
    fleet.collector('watch');
    const a = fleet.agent('h1/a', ['web/w1'], { drainFor: seconds(5) });
    await fleet.advance(seconds(5));
    const stopped = a.agent.stop();
    await fleet.advance(seconds(1));
    expect(await says(fleet, h1a)).toMatch(
      /^h1\/a is leaving: .* Its own record is removed last, after 1 instance\.$/,
    );
    await fleet.advance(seconds(10));
    await stopped;
  });

  scenario('reports an unreadable record', async (fleet) => {
    fleet.byHand('agent.h9.z', 'garbage');
    expect(await says(fleet, 'agent:h9/z')).toMatch(/^The record agent\.h9\.z is unreadable: /);
  });
});

describe('rollcall why for an agent that does not exist', () => {
  scenario('explains that it left', async (fleet) => {
    const { a } = await watched(fleet);
    await a.agent.stop();
    await fleet.advance(seconds(5));
    expect(await says(fleet, h1a)).toMatch(
      /^h1\/a is not registered: it left in an orderly way at T \(5 s ago\) \(#N\)\. Run R of h1\/a took the slot at T \(15 s ago\), and kept it for 10 s\./,
    );
  });

  scenario('explains that it was declared dead and removed', async (fleet) => {
    const { a } = await watched(fleet);
    await fleet.kill(a.process);
    await until(fleet, () => fleet.record('h1/a').kind === 'absent');
    expect(await says(fleet, h1a)).toMatch(
      /^h1\/a is not registered: its last run was declared dead at T \(<1 s ago\) by the collector in watch\/collector \(#N\), .*, and the collector in watch\/collector removed its records at T/,
    );
  });

  scenario('explains that a collector has no record', async (fleet) => {
    await watched(fleet);
    expect(await says(fleet, 'agent:watch/collector')).toMatch(
      /^watch\/collector has no record: it is a collector, run R\. Its last event is 'sighted' at T \(\d+ s ago\) \(#N\): state watching\./,
    );
  });

  scenario('explains that its run was superseded', async (fleet) => {
    const { a } = await watched(fleet);
    fleet.agent('h1/a', ['web/w1'], { takeover: true });
    await fleet.advance(seconds(3));
    const [story] = await explained(fleet, `run:${a.agent.run}`);
    expect(story?.sentences[0]).toMatch(
      /^Run \w+ of h1\/a is over: run \w+ took the slot at .*: started with --takeover\.$/,
    );
  });
});
