import { env } from 'node:process';
import { expect, test } from 'vitest';
import { ZoneName } from '../../src/domain/identity/names.ts';
import { minutes, seconds } from '../../src/domain/time.ts';
import { setPolicy } from '../../src/runtime/operator/operator-actions.ts';
import { FleetInMemory, slotAt } from '../runtime/support/fleet-in-memory.ts';
import { verified } from '../runtime/support/verify-history.ts';

/** `FLEET_AGENTS=2000 npm run test:sim -- fleet` runs it with 2000 agents; 10 000 and one collector take about 200 seconds. */
const agents = Number(env['FLEET_AGENTS'] ?? 500);
const lease = { ttl: seconds(15), grace: seconds(30) };
const zones = ['b', 'c', 'd', 'e'];

test.each([1, 3])(
  'a simulated fleet with %i collectors is quiet for five minutes, brakes when half a zone dies, and does not brake when as many die across the other zones',
  async (seats) => {
    const fleet = new FleetInMemory({ lease });
    const { ports } = fleet.process('desk');
    const author = { actor: { ...slotAt('desk/person'), run: ports.entropy.runId() }, ports };
    const never = new AbortController().signal;
    const policy = (pace: number) =>
      setPolicy(author, (now) => ({ ...now, seats, brake: { ...now.brake, pace } }), ports, never);
    await policy(seconds(10));
    const collectors = Array.from({ length: seats }, (_, n) => fleet.collector(`c${n}`));
    const part = agents / 10;
    const started = (count: number, host: string, zoneOf: (n: number) => string) =>
      Array.from({ length: count }, (_, n) =>
        fleet.agent(`${host}${n}/a`, [`web/${host}${n}`], { zone: ZoneName.parse(zoneOf(n)) }),
      );
    const [half, otherHalf, rest] = [
      started(part, 'v', () => 'a'),
      started(part, 'w', () => 'a'),
      started(8 * part, 'r', (n) => zones[n % zones.length] ?? ''),
    ];
    const countOf = (type: string) =>
      fleet.audit.events.filter(({ event }) => event.type === type).length;
    await fleet.advance(minutes(5));
    expect([countOf('suspected'), countOf('expired'), countOf('tripped')]).toEqual([0, 0, 0]);

    for (const { process } of half) await fleet.kill(process);
    // With so many closed connections only silence counts, and the next sweep may be 100 ms away.
    await fleet.advance(lease.ttl + seconds(0.5));
    expect(countOf('suspected')).toBe(part);
    expect(countOf('tripped')).toBe(1);
    await fleet.advance(lease.grace + seconds(35));
    // All seats together expire one run in ten seconds.
    expect(countOf('expired')).toBeGreaterThanOrEqual(3);
    expect(countOf('expired')).toBeLessThanOrEqual(6);
    const [watcher] = collectors;
    if (watcher && seats > 1) await fleet.kill(watcher.process);
    await policy(50);
    // The next one expires after the write of the one before was acknowledged: about five a second.
    await fleet.advance(Math.max(minutes(2), 250 * part));
    expect(countOf('expired')).toBe(part);
    expect(countOf('released')).toBe(1);

    const some = rest.slice(0, part);
    for (const { process } of some) await fleet.kill(process);
    await fleet.advance(lease.ttl + lease.grace + seconds(20));
    expect(countOf('suspected')).toBe(2 * part);
    expect(countOf('expired')).toBe(2 * part);
    expect(countOf('tripped')).toBe(1);
    const alive = [...otherHalf, ...rest.slice(part)];
    expect(alive.every(({ agent }) => agent.state === 'serving')).toBe(true);
    expect(fleet.audit.verdict()).toEqual([]);
    expect(await verified(fleet)).toEqual([]);
  },
  1_200_000,
);
