import { expect, vi } from 'vitest';
import { hours, seconds } from '../../src/domain/time.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { scenario } from './support/scenario.ts';
import { until } from './support/until.ts';

/** This process stands still for so long between an answer and its use, at every second read from the n-th on. */
function stall<Name extends string>(
  port: Record<Name, (...given: never[]) => Promise<unknown>>,
  name: Name,
  clock: Clock,
  duration: number,
  first = 2,
): void {
  const read = port[name].bind(port);
  let reads = 0;
  vi.spyOn(port as Record<string, typeof read>, name).mockImplementation(async (...given) => {
    const answer = await read(...given);
    reads += 1;
    if (reads >= first && (reads - first) % 2 === 0) await clock.sleep(duration);
    return answer;
  });
}

scenario(
  'a claimer that stood still does not take the slot of a live run',
  async (fleet) => {
    const first = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    const { run } = first.agent;
    first.process.mute = true; // It renews, and does not answer.
    const second = fleet.agent('h1/a', ['web/1']);
    const { ttl } = fleet.lease;
    stall(second.process.ports.leases, 'read', fleet.clock, 3 * ttl, 3);
    await fleet.advance(30 * ttl);
    expect(second.agent.state).not.toBe('serving');
    expect(first.agent.run).toBe(run);
    expect(first.agent.state).toBe('serving');
  },
  // Renewed every 5 s, and read every 1.5 s.
  { lease: { ttl: seconds(15), grace: seconds(30) } },
);

scenario(
  'a waiting collector that stood still does not try to take a seat that is renewed',
  async (fleet) => {
    for (const name of ['c1', 'c2', 'c3']) fleet.collector(name);
    await fleet.advance(seconds(10));
    const { process } = fleet.collector('c4');
    stall(process.ports.leases, 'list', fleet.clock, 3 * fleet.lease.ttl);
    const renew = vi.spyOn(process.ports.leases, 'renew');
    await fleet.advance(100 * fleet.lease.ttl);
    expect(renew).not.toHaveBeenCalled();
  },
);

scenario(
  'a directory that stood still does not say that no collector sees the fleet',
  async (fleet) => {
    fleet.collector('c1');
    await fleet.advance(seconds(10));
    const changes: boolean[] = [];
    const onObserved = (observed: boolean) => void changes.push(observed);
    const { directory, process } = fleet.directory({ seatsEvery: seconds(1), onObserved });
    await until(fleet, () => directory.observed, seconds(20));
    stall(process.ports.leases, 'list', fleet.clock, hours(1));
    await fleet.advance(hours(3));
    expect(changes).toEqual([]);
  },
);
