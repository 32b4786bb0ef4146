import type { StreamInfo } from '@nats-io/jetstream';
import { expect, test } from 'vitest';
import { FreshnessCheck } from '../../../../src/adapters/nats/read/freshness-check.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { days } from '../../../../src/domain/time.ts';

const stream = (last_seq: number, created = 'then', ts = '2026-01-01T00:00:00Z') => ({
  ...{ created, ts, config: { name: 'registry' } as StreamInfo['config'] },
  state: { last_seq, last_ts: `of ${last_seq}` },
});

/** A check that asks the leader at every heartbeat, and a leader whose answer can be set. */
function setUp() {
  let answer: () => ReturnType<typeof stream> | undefined = () => stream(10);
  let hasOtherHistory = false;
  let proofs = 0;
  const leader = {
    info: async () => answer(),
    hasOtherHistory: async () => {
      proofs += 1;
      return hasOtherHistory;
    },
  };
  const check = new FreshnessCheck(leader, stream(10), 0);
  return {
    check,
    get proofs() {
      return proofs;
    },
    loseTail: () => {
      hasOtherHistory = true;
    },
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

test("a view that received a heartbeat with the leader's last sequence is fresh", async () => {
  const { beat } = setUp();
  expect(await beat(10)).toBe('fresh');
  expect(await beat(12)).toBe('fresh');
});

test('the time of the leader is that of its last answer, by its own clock', async () => {
  const { beat, setLeader, check } = setUp();
  const before = check.answeredAt;
  setLeader(() => stream(10, 'then', '2026-01-02T00:00:00Z'));
  await beat(10);
  expect(check.answeredAt - before).toBe(days(1));
});

test('a heartbeat that lags behind the leader does not mark the view as fresh, and the third one means a lost consumer', async () => {
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

test('a stream that lost its tail and grew again is lost', async () => {
  const { beat, setLeader, loseTail } = setUp();
  await beat(10);
  loseTail();
  setLeader(() => stream(20));
  await beat(10);
  expect(await beat(20)).toEqual({
    lost: 'the stream lost its last messages and has others in their place',
  });
});

test('the leader is asked for the last delivered message once, and again after each change', async () => {
  const setup = setUp();
  for (let beats = 0; beats < 3; beats += 1) await setup.beat(10);
  expect(setup.proofs).toBe(1);
  setup.setLeader(() => stream(11));
  for (let beats = 0; beats < 3; beats += 1) await setup.beat(11);
  expect(setup.proofs).toBe(2);
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

test('an unknown error of the leader does not mark the view as fresh, and the check continues', async () => {
  const { beat, setLeader } = setUp();
  setLeader(() => {
    throw new TypeError('unforeseen');
  });
  await beat(10);
  expect(await beat(10)).toBe('unknown');
  setLeader(() => stream(10));
  await beat(10);
  expect(await beat(10)).toBe('fresh');
});
