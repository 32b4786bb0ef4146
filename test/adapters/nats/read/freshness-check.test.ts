import { expect, test } from 'vitest';
import { FreshnessCheck } from '../../../../src/adapters/nats/read/freshness-check.ts';
import { Fault } from '../../../../src/domain/fault.ts';

const stream = (last_seq: number, created = 'then') => ({ created, state: { last_seq } });

/** A check that asks the leader at every heartbeat, and a leader whose answer can be set. */
function setUp() {
  let answer: () => ReturnType<typeof stream> | undefined = () => stream(10);
  const check = new FreshnessCheck(async () => answer(), stream(10), 0);
  return {
    setLeader: (next: typeof answer) => {
      answer = next;
    },
    /** A heartbeat, and then time for the leader to answer. */
    beat: async (position: number) => {
      const freshness = check.onHeartbeat(position);
      await new Promise((resolve) => setImmediate(resolve));
      return freshness;
    },
  };
}

test('a heartbeat at the position of the leader is fresh', async () => {
  const { beat } = setUp();
  expect(await beat(10)).toBe('fresh');
  expect(await beat(12)).toBe('fresh');
});

test('heartbeats behind the leader are unknown, and at the third the consumer is lost', async () => {
  const { beat, setLeader } = setUp();
  expect(await beat(10)).toBe('fresh');
  setLeader(() => stream(20));
  await beat(10);
  expect(await beat(10)).toBe('unknown');
  expect(await beat(19)).toBe('unknown');
  expect(await beat(19)).toEqual({ lost: 'its replica is at 19, the leader at 20' });
});

test('a consumer that catches up is fresh again', async () => {
  const { beat, setLeader } = setUp();
  setLeader(() => stream(20));
  await beat(10);
  expect(await beat(10)).toBe('unknown');
  expect(await beat(10)).toBe('unknown');
  expect(await beat(20)).toBe('fresh');
  expect(await beat(20)).toBe('fresh');
});

test('heartbeats are unknown while the leader does not answer', async () => {
  const { beat, setLeader } = setUp();
  setLeader(() => {
    throw new Fault('store-unavailable', 'no leader');
  });
  expect(await beat(10)).toBe('fresh');
  expect(await beat(10)).toBe('unknown');
  setLeader(() => stream(10));
  await beat(10);
  expect(await beat(10)).toBe('fresh');
});

test.each([
  ['deleted', () => undefined, 'the stream was deleted'],
  ['recreated', () => stream(10, 'now'), 'the stream was recreated'],
  ['shorter than before', () => stream(9), 'the stream lost its last messages'],
])('a stream that is %s is lost', async (_, answer, lost) => {
  const { beat, setLeader } = setUp();
  setLeader(answer);
  await beat(10);
  expect(await beat(10)).toEqual({ lost });
});
