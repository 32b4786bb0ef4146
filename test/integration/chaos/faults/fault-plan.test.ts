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

test('a seed always gives the same plan, and another seed another plan', () => {
  expect(planOf(1)).toEqual(planOf(1));
  expect(planOf(1)).not.toEqual(planOf(2));
});

test.each(seeds)('a plan of ten minutes with seed %s has every kind of fault', (seed) => {
  const { servers, members } = planOf(seed);
  expect(kindsOf(servers)).toHaveLength(8);
  expect(kindsOf(members)).toHaveLength(13);
  expect(servers[0]).toMatchObject({ what: 'kill-server', whom: 'leases' });
});

test.each(seeds)(
  'a plan with seed %s never has two faults at a time for one process, or a fault for a lost process',
  (seed) => {
    const freeAt = new Map<string, number>();
    let now = 0;
    for (const { pause, what, whom, lasts } of planOf(seed).members) {
      now += pause;
      expect(freeAt.get(whom) ?? 0).toBeLessThan(now);
      freeAt.set(whom, what === 'lose' ? Number.POSITIVE_INFINITY : now + lasts);
      expect([...cast.agents, ...cast.collectors, consumer]).toContain(whom);
    }
  },
);
