import { describe, expect } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { planLive } from '../../../src/composition/gc-plan-now.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { planHold } from '../../../src/runtime/operator/operator-actions.ts';
import { type FleetInMemory, slotAt } from '../../runtime/support/fleet-in-memory.ts';
import { scenario } from '../../runtime/support/scenario.ts';
import { until } from '../../runtime/support/until.ts';
import { explained, saying, says } from './explained.ts';

const zone = ZoneName.parse('r1');

async function planned(fleet: FleetInMemory, lasts = minutes(10)): Promise<void> {
  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
  const { host } = slotAt('h1/a');
  const plan = { host, until: ports.clock.wall() + lasts, why: 'new disk' };
  await planHold(author, plan, ports, new AbortController().signal);
}

scenario(
  'rollcall why says of a live agent on hold that it is not declared dead',
  async (fleet) => {
    fleet.collector('watch');
    fleet.agent('h1/a', ['web/w1']);
    await fleet.advance(seconds(10));
    await planned(fleet);
    await fleet.advance(seconds(1));
    expect(await says(fleet, 'agent:h1/a')).toMatch(
      /If it becomes silent, its instances are dubious within 6 s\. It is on hold until T \(in (9|10) min\) \("new disk", by person\): until then it is not declared dead\.$/,
    );
    expect(await says(fleet, 'instance:web/w1')).toMatch(
      /If its agent becomes silent, the instance is dubious within 6 s\. Its agent is on hold until T \(in (9|10) min\) \("new disk", by person\): until then the agent is not declared dead\.$/,
    );
  },
);

describe('rollcall why for a silent agent that is not declared dead', () => {
  scenario('gives the end, the reason and the consequence of a hold', async (fleet) => {
    fleet.collector('watch');
    const { process } = fleet.agent('h1/a', ['web/w1']);
    await fleet.advance(seconds(10));
    await planned(fleet);
    await fleet.kill(process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    expect(await says(fleet, 'agent:h1/a')).toMatch(
      /It is on hold until T \(in (9|10) min\) \("new disk", by person\): until then it is not declared dead\. After that, its ttl of 6 s and its grace of 10 s start again, before it is declared dead and it and its instances are removed\.$/,
    );
    expect(await says(fleet, 'instance:web/w1')).toMatch(
      /Its agent is on hold until T \(in (9|10) min\) \("new disk", by person\): until then the agent is not declared dead\. After that, its ttl of 6 s and its grace of 10 s start again, before the agent is declared dead and the instance is removed\.$/,
    );
    const [story] = await explained(fleet, 'agent:h1/a');
    expect(story?.facts['next']).toMatchObject({ what: 'expire', at: expect.any(Number) });
  });

  scenario('gives the zone, the numbers and the pace of a brake', async (fleet) => {
    fleet.collector('watch');
    const agents = Array.from({ length: 4 }, (_, n) => fleet.agent(`h${n}/a`, [], { zone }));
    await fleet.advance(seconds(10));
    for (const { process } of agents.slice(0, 3)) await fleet.kill(process);
    await until(fleet, () => fleet.audit.story({ entity: 'brake' }).length > 0);
    const [story] = await explained(fleet, 'agent:h2/a');
    expect(story && saying(story)).toMatch(
      /Zone r1 is braked \(\d of 4 runs are suspect\), so one run is declared dead every 10 s\. Unless the agent renews its lease, it is declared dead in turn \d of \d, about T \(in \d+ s\), and it and its instances are removed right after\. `rollcall gc plan` shows the order\.$/,
    );
  });

  scenario('counts what a brake counts now, and has the turn of the plan', async (fleet) => {
    fleet.collector('watch');
    const agents = Array.from({ length: 4 }, (_, n) => fleet.agent(`h${n}/a`, [], { zone }));
    await fleet.advance(seconds(10));
    for (const { process } of agents) await fleet.kill(process);
    await until(fleet, () => fleet.record('h0/a').kind === 'absent');
    const store = memoryStore(fleet.world);
    const directory = fleet.directory();
    await until(fleet, () => directory.directory.fleet.size === 3);
    const planned = planLive(directory.directory.fleet, fleet.lease, store);
    await fleet.advance(seconds(3));
    const { rows } = await planned;
    for (const host of ['h1', 'h2', 'h3']) {
      const [story] = await explained(fleet, `agent:${host}/a`);
      expect(story && saying(story)).toContain('Zone r1 is braked (3 of 3 runs are suspect)');
      const at = rows.find((row) => row.host === host)?.at;
      expect(at).toBeGreaterThan(0);
      expect(story?.facts['next']).toEqual({ what: 'expire', at });
    }
  });

  scenario('reports an unreadable brake', async (fleet) => {
    fleet.collector('watch');
    const { process } = fleet.agent('h1/a', ['web/w1'], { zone });
    await fleet.advance(seconds(10));
    fleet.byHand('brake.r1', '{"v":99}');
    await fleet.kill(process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    expect(await says(fleet, 'agent:h1/a')).toMatch(
      /The brake record of its zone \(brake\.r1\) is unreadable: until that record is fixed or deleted, no run of the zone is declared dead\.$/,
    );
  });

  scenario('reports an unreadable hold', async (fleet) => {
    fleet.collector('watch');
    const { process } = fleet.agent('h1/a', ['web/w1']);
    await fleet.advance(seconds(10));
    fleet.byHand('hold.h1', '{"v":99}');
    await fleet.kill(process);
    await until(fleet, () => fleet.phase('h1/a') === 'live, unreachable');
    expect(await says(fleet, 'agent:h1/a')).toContain(
      'the record of the hold (hold.h1) is unreadable',
    );
  });
});

describe('rollcall why for an agent that was declared dead late', () => {
  scenario('says that a brake delayed it, also after the brake was released', async (fleet) => {
    fleet.collector('watch');
    const agents = Array.from({ length: 4 }, (_, n) => fleet.agent(`h${n}/a`, ['web/w'], { zone }));
    await fleet.advance(seconds(10));
    for (const { process } of agents) await fleet.kill(process);
    await until(fleet, () => [0, 1, 2, 3].every((n) => fleet.record(`h${n}/a`).kind === 'absent'));
    const said = await Promise.all([0, 1, 2, 3].map((n) => says(fleet, `agent:h${n}/a`)));
    const late = said.filter((one) => one.includes('because the brake'));
    expect(late.length).toBeGreaterThan(1);
    for (const one of late)
      expect(one).toMatch(
        /after \d+ s of silence, without a lease, \d+ s after the end of its grace of 10 s because the brake of zone r1 was on \(#N\), and the collector/,
      );
    await fleet.advance(seconds(60));
    const last = fleet.agent('h9/a', [], { zone });
    await fleet.advance(seconds(10));
    await fleet.kill(last.process);
    await until(fleet, () => fleet.record('h9/a').kind === 'absent');
    expect(await says(fleet, 'agent:h9/a')).toMatch(
      /without a lease, at the end of its grace of 10 s, and the collector/,
    );
  });

  scenario('says that a hold delayed it', async (fleet) => {
    fleet.collector('watch');
    const { process } = fleet.agent('h1/a', ['web/w1']);
    await fleet.advance(seconds(10));
    await planned(fleet, seconds(30));
    await fleet.kill(process);
    await until(fleet, () => fleet.record('h1/a').kind === 'absent');
    for (const name of ['agent:h1/a', 'instance:web/w1'])
      expect(await says(fleet, name)).toMatch(
        /after \d+ s of silence, without a lease, at the end of its grace of 10 s, which began again after a hold on it ended at T \(#N\)/,
      );
  });
});
