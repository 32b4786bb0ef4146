import { env } from 'node:process';
import { expect, test } from 'vitest';
import { ZoneName } from '../../src/domain/identity/names.ts';
import { minutes, seconds } from '../../src/domain/time.ts';
import { setPolicy } from '../../src/runtime/operator/operator-actions.ts';
import { FleetInMemory, slotAt } from '../runtime/support/fleet-in-memory.ts';
import { verified } from '../runtime/support/verify-history.ts';

/** `FLEET_AGENTS=2000 npm run test:sim -- fleet` plays it with two thousand, in a minute and a half. */
const agents = Number(env['FLEET_AGENTS'] ?? 500);
const lease = { ttl: seconds(15), grace: seconds(30) };
const zones = ['b', 'c', 'd', 'e'];

test.each([1, 3])(
  'a simulated fleet, %i watching: nothing for five minutes; half a zone dies, and is braked; as many die elsewhere, and nothing is',
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
    const told = (type: string) =>
      fleet.audit.events.filter(({ event }) => event.type === type).length;
    await fleet.advance(minutes(5));
    expect([told('suspected'), told('expired'), told('tripped')]).toEqual([0, 0, 0]);

    for (const { process } of half) await fleet.kill(process);
    // With so many at once only silence counts, and that a sweep may be 100 ms away.
    await fleet.advance(lease.ttl + seconds(0.5));
    expect(told('suspected')).toBe(part);
    expect(told('tripped')).toBe(1);
    await fleet.advance(lease.grace + seconds(35));
    // One in ten seconds, of all seats together.
    expect(told('expired')).toBeGreaterThanOrEqual(3);
    expect(told('expired')).toBeLessThanOrEqual(6);
    const [watcher] = collectors;
    if (watcher && seats > 1) await fleet.kill(watcher.process);
    await policy(50);
    await fleet.advance(minutes(2));
    expect(told('expired')).toBe(part);
    expect(told('released')).toBe(1);

    const some = rest.slice(0, part);
    for (const { process } of some) await fleet.kill(process);
    await fleet.advance(lease.ttl + lease.grace + seconds(20));
    expect(told('suspected')).toBe(2 * part);
    expect(told('expired')).toBe(2 * part);
    expect(told('tripped')).toBe(1);
    const alive = [...otherHalf, ...rest.slice(part)];
    expect(alive.every(({ agent }) => agent.state === 'serving')).toBe(true);
    expect(fleet.audit.verdict()).toEqual([]);
    expect(await verified(fleet)).toEqual([]);
  },
  1_200_000,
);
