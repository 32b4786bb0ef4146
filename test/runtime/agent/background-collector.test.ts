import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { breakNext } from '../faults/broken-port.ts';
import { FleetInMemory } from '../support/fleet-in-memory.ts';

/** An agent with a collector that may not read the seats until `grant` is called. */
function refusedCollector() {
  const fleet = new FleetInMemory();
  const process = fleet.process('h1');
  const { list } = process.ports.leases;
  let isRefused = true;
  let tries = 0;
  Object.assign(process.ports.leases, {
    list: (filter: string) => {
      tries += 1;
      if (isRefused) throw new Fault('store-refused', 'not allowed');
      return list(filter);
    },
  });
  const events = () => process.logged.map(({ event }) => event);
  const agent = fleet.agent('h1/a', ['web/1'], { process, collect: true });
  const grant = () => {
    isRefused = false;
  };
  return { fleet, agent, grant, events, tries: () => tries };
}

describe('a collector in an agent', () => {
  test('reads nothing before its agent serves', async () => {
    const fleet = new FleetInMemory();
    const process = fleet.process('h1');
    const { list } = process.ports.leases;
    const states: string[] = [];
    Object.assign(process.ports.leases, {
      list: (filter: string) => {
        states.push(agent.state);
        return list(filter);
      },
    });
    const { agent } = fleet.agent('h1/a', ['web/1'], { process, collect: true });
    await fleet.advance(seconds(5));
    expect(states[0]).toBe('serving');
  });

  test('that may not collect is started again with growing pauses, and logged once', async () => {
    const { fleet, agent, events, tries } = refusedCollector();
    await fleet.advance(minutes(60));
    expect(agent.agent.state).toBe('serving');
    expect(events().filter((event) => event === 'does-not-collect')).toHaveLength(1);
    // After 10, 20, 40 s and so on up to 10 min, each with jitter.
    expect(tries()).toBeGreaterThan(8);
    expect(tries()).toBeLessThan(20);
  });

  test('collects when it is allowed to, and a dead run is removed', async () => {
    const { fleet, agent, grant, events } = refusedCollector();
    const other = fleet.agent('h2/b', ['web/2']);
    await fleet.advance(seconds(20));
    await fleet.kill(other.process);
    await fleet.advance(minutes(1));
    expect(fleet.holder('h2/b')).toBe(other.agent.run);
    grant();
    await fleet.advance(minutes(5));
    expect(fleet.holder('h2/b')).toBeUndefined();
    expect(events()).toContain('collects-again');
    expect(agent.agent.state).toBe('serving');
  });

  test('that failed by a bug collects again, and the bug is reported when the agent ends', async () => {
    const fleet = new FleetInMemory();
    const process = fleet.process('h1');
    breakNext(process.ports, ['registry', 'watch'], () => new TypeError('unforeseen'));
    const own = fleet.agent('h1/a', ['web/1'], { process, collect: true });
    const other = fleet.agent('h2/b', ['web/2']);
    await fleet.advance(seconds(20));
    await fleet.kill(other.process);
    await fleet.advance(minutes(5));
    expect(fleet.holder('h2/b')).toBeUndefined();
    void own.agent.stop();
    await fleet.advance(seconds(20));
    expect(own.ended()).toMatchObject({ message: 'unforeseen' });
  });
});
