import { describe, expect } from 'vitest';
import { HostId, ZoneName } from '../../../src/domain/identity/names.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { planHold } from '../../../src/runtime/operator/operator-actions.ts';
import { type FleetInMemory, slotAt } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';

async function plannedSilence(fleet: FleetInMemory, host: string, lasts: number): Promise<void> {
  const { ports } = fleet.process('desk');
  const author = { actor: { ...slotAt('desk/operator'), run: ports.entropy.runId() }, ports };
  const plan = { host: HostId.parse(host), until: ports.clock.wall() + lasts };
  await planHold(author, plan, ports, new AbortController().signal);
}
const suspected = (fleet: FleetInMemory) =>
  fleet.audit.events.filter(({ event }) => event.type === 'suspected');

describe('a group of three collectors', () => {
  scenario('ends an elapsed hold once', async (fleet) => {
    const all = ['c1', 'c2', 'c3'].map((host) => fleet.collector(host));
    for (const { process } of all) process.line.delay = () => 60;
    await fleet.advance(seconds(5));
    await plannedSilence(fleet, 'h1', seconds(10));
    await fleet.advance(seconds(20));
    const tried = all.flatMap(({ process }) =>
      process.commits.filter(({ commit }) => commit.writes.some(({ key }) => key === 'hold.h1')),
    );
    expect(tried).toMatchObject([{ outcome: 'committed' }]);
  });

  scenario('removes a dead run although one of them is blind', async (fleet) => {
    const all = ['c1', 'c2', 'c3'].map((host) => fleet.collector(host));
    const dead = Array.from({ length: 6 }, (_, n) => fleet.agent(`h${n}/a`, ['web/1']));
    await fleet.advance(seconds(5));
    // It keeps its seat, but its watches deliver nothing any more.
    all[0]?.process.view.close();
    for (const { process } of dead.slice(0, 2)) await fleet.kill(process);
    const { ttl, grace } = fleet.lease;
    await fleet.advance(ttl + grace + seconds(5) * 3 + seconds(2));
    expect([fleet.phase('h0/a'), fleet.phase('h1/a')]).toEqual(['absent', 'absent']);
    all[0]?.process.view.open();
  });
});

describe('a zone with a brake', () => {
  scenario('continues past a suspect that still answers', async (fleet) => {
    const r1 = { zone: ZoneName.parse('r1') };
    const agents = Array.from({ length: 10 }, (_, n) => fleet.agent(`r1-${n}/a`, [], r1));
    fleet.collector('c1');
    await fleet.advance(seconds(8));
    const [stuck, ...others] = agents;
    // It has its lease again and answers probes, but cannot write its refutation.
    if (stuck) {
      stuck.process.freeze();
      stuck.process.beforeCommit = () => fleet.clock.sleep(minutes(10));
      await until(fleet, () => fleet.phase('r1-0/a') === 'live, silent');
      stuck.process.thaw();
    }
    for (const { process } of others.slice(0, 5)) await fleet.kill(process);
    await fleet.advance(fleet.lease.ttl + fleet.lease.grace + minutes(2));
    const gone = others.slice(0, 5).filter((_, n) => fleet.phase(`r1-${n + 1}/a`) === 'absent');
    expect(gone).toHaveLength(5);
    expect(fleet.phase('r1-0/a')).toBe('live, silent');
  });
});

describe('connections that close', () => {
  scenario('of leaving runs are no evidence about the others', async (fleet) => {
    fleet.collector('c1');
    const agents = Array.from({ length: 20 }, (_, n) =>
      fleet.agent(`h${n}/a`, [`web/${n}`], { drainFor: minutes(1), leaveWithin: minutes(2) }),
    );
    await fleet.advance(seconds(7));
    const leaving = agents.slice(0, 12);
    for (const { agent } of leaving) void agent.stop();
    await until(fleet, () => leaving.every((_, n) => fleet.phase(`h${n}/a`) === 'leaving'));
    for (const { process } of leaving) await fleet.kill(process);
    if (agents[19]) await fleet.kill(agents[19].process);
    await fleet.advance(100);
    expect(fleet.phase('h19/a')).toBe('live, unreachable');
  });

  scenario('of suspect runs are no evidence about the others', async (fleet) => {
    fleet.collector('c1');
    const agents = Array.from({ length: 20 }, (_, n) => fleet.agent(`h${n}/a`, []));
    await fleet.advance(seconds(7));
    const some = agents.slice(0, 12);
    fleet.world.advisories.granted = false;
    for (const { process } of some) process.freeze();
    await until(fleet, () => some.every((_, n) => fleet.phase(`h${n}/a`).startsWith('live, ')));
    fleet.world.advisories.granted = true;
    for (const { process } of some) process.connection.drop('Stale Connection');
    if (agents[19]) await fleet.kill(agents[19].process);
    await fleet.advance(100);
    expect(fleet.phase('h19/a')).toBe('live, unreachable');
  });
});

scenario(
  'the records of an expired run are removed immediately, not at the next sweep',
  async (fleet) => {
    fleet.collector('c1');
    const { process } = fleet.agent('h1/a', ['web/1', 'web/2']);
    await fleet.advance(seconds(5));
    await fleet.kill(process);
    await fleet.advance(fleet.lease.ttl + fleet.lease.grace + seconds(5));
    const at = (type: string) =>
      fleet.audit.events.find(({ event }) => event.type === type)?.at ?? 0;
    expect(at('removed') - at('expired')).toBeLessThan(50);
    expect(at('expired')).toBeGreaterThan(0);
  },
);

/** Renewals are 10 s apart: a probe within that time is not for a late heartbeat. */
const long = { lease: { ttl: seconds(30), grace: seconds(30) } };

describe('a run whose connection closed, and that answers', () => {
  scenario(
    'is probed once for it',
    async (fleet) => {
      const agent = fleet.agent('h1/a', []);
      const process = fleet.process('c1');
      const { messaging } = process.ports;
      let asked = 0;
      const ping: typeof messaging.ping = (...of) => {
        asked += 1;
        return messaging.ping(...of);
      };
      Object.assign(process.ports, { messaging: { ...messaging, ping } });
      fleet.collector('c1', process);
      await fleet.advance(seconds(15));
      agent.process.connection.drop('Slow Consumer (Write Deadline)');
      // It has reconnected before any collector checks.
      agent.process.line.down = true;
      agent.process.line.down = false;
      await fleet.advance(seconds(4));
      expect(asked).toBe(1);
      expect(suspected(fleet)).toEqual([]);
    },
    long,
  );
});

describe('a run that does not answer', () => {
  scenario(
    'is probed again a second later: more closed connections indicate a network failure',
    async (fleet) => {
      fleet.collector('c1');
      const agents = Array.from({ length: 20 }, (_, n) => fleet.agent(`h${n}/a`, []));
      await fleet.advance(seconds(13));
      const breakLinks = (some: typeof agents) => {
        for (const { process } of some) {
          process.line.down = true;
          process.connection.drop('Slow Consumer (Write Deadline)');
        }
      };
      breakLinks(agents.slice(0, 6));
      await fleet.advance(500);
      breakLinks(agents.slice(6, 9));
      await fleet.advance(700);
      for (const { process } of agents) process.line.down = false;
      await fleet.advance(seconds(2));
      expect(suspected(fleet)).toEqual([]);
    },
    long,
  );

  scenario('is not suspected if it answers the second probe', async (fleet) => {
    fleet.world.advisories.granted = false;
    const c = fleet.collector('c1');
    const { process } = fleet.agent('h1/a', []);
    await fleet.advance(seconds(7));
    const beats = c.process.heartbeats;
    await until(fleet, () => c.process.heartbeats > beats);
    process.connection.drop('Slow Consumer (Write Deadline)');
    // Late from 2.4 s on; it comes back half a second after the first probe.
    process.line.fate = () => 'lost';
    await fleet.advance(seconds(2.9));
    process.line.fate = () => 'fine';
    process.line.down = true;
    process.line.down = false;
    await fleet.advance(seconds(3));
    expect(suspected(fleet)).toEqual([]);
  });
});

describe('a collector that is blind', () => {
  scenario('does not use a closed connection as evidence (G6)', async (fleet) => {
    const c = fleet.collector('c1');
    const { process } = fleet.agent('h1/a', []);
    await fleet.advance(seconds(6));
    c.process.freeze();
    await fleet.advance(seconds(1.5));
    c.process.thaw();
    // The pending changes are delivered first; then it closes.
    await fleet.advance(20);
    expect(c.collector.state).toBe('blind');
    await fleet.kill(process);
    while (c.collector.state === 'blind') {
      expect(suspected(fleet)).toEqual([]);
      await fleet.advance(10);
    }
    const sighted = fleet.clock.monotonic();
    await until(fleet, () => suspected(fleet).length > 0);
    // It was late, and was probed twice: no earlier answer counts.
    expect(fleet.clock.monotonic() - sighted).toBeGreaterThan(seconds(2));
  });
});

scenario('a sleeper polls less often when more runs are watched (G7)', async (fleet) => {
  for (const host of ['c1', 'c2', 'c3']) fleet.collector(host);
  for (let n = 0; n < 150; n += 1) fleet.agent(`h${n}/a`, []);
  await fleet.advance(seconds(10));
  const { process } = fleet.collector('c4');
  await fleet.advance(seconds(5));
  const before = process.line.requests;
  await fleet.advance(minutes(2));
  // Twice in some 15 s; at a third of the ttl it would be twice in 2 s.
  expect(process.line.requests - before).toBeLessThan(40);
});

scenario('a suspect that answers has its whole grace from that answer', async (fleet) => {
  const { process } = fleet.agent('h1/a', []);
  const c = fleet.process('c1');
  const { messaging } = c.ports;
  let asked = 0;
  const ping: typeof messaging.ping = (...of) => {
    asked += 1;
    return messaging.ping(...of);
  };
  Object.assign(c.ports, { messaging: { ...messaging, ping } });
  fleet.collector('c1', c);
  await fleet.advance(seconds(5));
  process.freeze();
  process.beforeCommit = () => fleet.clock.sleep(minutes(10));
  await until(fleet, () => fleet.phase('h1/a') === 'live, silent');
  process.thaw();
  const before = asked;
  await until(fleet, () => asked > before, minutes(1));
  await fleet.kill(process);
  const { ttl, grace } = fleet.lease;
  await fleet.advance(grace - seconds(1));
  expect(fleet.phase('h1/a')).toBe('live, silent');
  await fleet.advance(ttl + seconds(3));
  expect(fleet.phase('h1/a')).toBe('absent');
});
