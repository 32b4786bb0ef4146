import { expect, test } from 'vitest';
import { FreshnessCheck } from '../../../../src/adapters/nats/read/freshness-check.ts';
import { Fault } from '../../../../src/domain/fault.ts';

const stream = (last_seq: number, created = 'then') => ({ created, state: { last_seq } });

/** A sight that asks at every heartbeat, and a leader that answers what it is told to. */
function sighted() {
  let answer: () => ReturnType<typeof stream> | undefined = () => stream(10);
  const sight = new FreshnessCheck(async () => answer(), stream(10), 0);
  return {
    leader: (says: typeof answer) => {
      answer = says;
    },
    /** A heartbeat, and then time for the leader to answer. */
    beat: async (position: number) => {
      const seen = sight.at(position);
      await new Promise((resolve) => setImmediate(resolve));
      return seen;
    },
  };
}

test('heartbeats from where the leader is are clear', async () => {
  const { beat } = sighted();
  expect(await beat(10)).toBe('clear');
  expect(await beat(12)).toBe('clear');
});

test('heartbeats from behind the leader are unsure, and the third is one too many', async () => {
  const { beat, leader } = sighted();
  expect(await beat(10)).toBe('clear');
  leader(() => stream(20));
  await beat(10);
  expect(await beat(10)).toBe('unsure');
  expect(await beat(19)).toBe('unsure');
  expect(await beat(19)).toEqual({ lost: 'its replica is at 19, the leader at 20' });
});

test('a consumer that catches up is clear again', async () => {
  const { beat, leader } = sighted();
  leader(() => stream(20));
  await beat(10);
  expect(await beat(10)).toBe('unsure');
  expect(await beat(10)).toBe('unsure');
  expect(await beat(20)).toBe('clear');
  expect(await beat(20)).toBe('clear');
});

test('without an answer from the leader heartbeats are unsure, until it answers', async () => {
  const { beat, leader } = sighted();
  leader(() => {
    throw new Fault('store-unavailable', 'no leader');
  });
  expect(await beat(10)).toBe('clear');
  expect(await beat(10)).toBe('unsure');
  leader(() => stream(10));
  await beat(10);
  expect(await beat(10)).toBe('clear');
});

test.each([
  ['deleted', () => undefined, 'the stream was deleted'],
  ['made anew', () => stream(10, 'now'), 'the stream was made anew'],
  ['shorter than it was', () => stream(9), 'the stream lost its end'],
])('a stream that is %s is lost', async (_, says, lost) => {
  const { beat, leader } = sighted();
  leader(says);
  await beat(10);
  expect(await beat(10)).toEqual({ lost });
});
