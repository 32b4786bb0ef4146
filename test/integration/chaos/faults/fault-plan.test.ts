import { expect, test } from 'vitest';
import { minutes, seconds } from '../../../../src/domain/time.ts';
import { standardCast } from '../environment.ts';
import { consumer, drawPlan, type Plan } from './fault-plan.ts';

const cast = standardCast(8);
const lease = { ttl: seconds(3), grace: seconds(3) };
const seeds = Array.from({ length: 50 }, (_, seed) => seed);
const planOf = (seed: number): Plan => drawPlan({ seed, length: minutes(10), lease }, cast);

const kindsOf = (steps: readonly { readonly what: string }[]) =>
  [...new Set(steps.map(({ what }) => what))].sort();

test('a seed has one plan, and another seed another', () => {
  expect(planOf(1)).toEqual(planOf(1));
  expect(planOf(1)).not.toEqual(planOf(2));
});

test.each(seeds)('every kind of fault comes up in ten minutes of seed %s', (seed) => {
  const { servers, members } = planOf(seed);
  expect(kindsOf(servers)).toHaveLength(6);
  expect(kindsOf(members)).toHaveLength(9);
  expect(servers[0]).toMatchObject({ what: 'kill-server', whom: 'leases' });
});

test.each(seeds)('nobody is harmed twice at a time, or after he is lost, by seed %s', (seed) => {
  const freeAt = new Map<string, number>();
  let now = 0;
  for (const { pause, what, whom, lasts } of planOf(seed).members) {
    now += pause;
    expect(freeAt.get(whom) ?? 0).toBeLessThan(now);
    freeAt.set(whom, what === 'lose' ? Number.POSITIVE_INFINITY : now + lasts);
    expect([...cast.agents, ...cast.collectors, consumer]).toContain(whom);
  }
});
