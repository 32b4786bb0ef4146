import { expect, test } from 'vitest';
import { type ConsumerWeakening, consumerWeakenings } from './consumer-state.ts';
import { exploreConsumer } from './explore-consumer.ts';

test('the view of a consumer keeps G13 in every reachable state', () => {
  const { broken, states } = exploreConsumer(new Set());
  expect(broken?.what, broken?.story.join('\n')).toBeUndefined();
  expect(states).toBeGreaterThan(1000);
}, 60_000);

test.each(Object.keys(consumerWeakenings) as ConsumerWeakening[])(
  'the view of a consumer breaks G13 without a rule: %s',
  (rule) => {
    expect(exploreConsumer(new Set([rule])).broken?.what).toMatch(/^instance \d is (not )?handed/);
  },
  60_000,
);
