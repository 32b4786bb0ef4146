import { expect, test } from 'vitest';
import { StartGate } from '../../src/library/start-gate.ts';

/** Lets all promises that are settled run on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('as many starts as there are places begin at once, and the others in their order when one ends', async () => {
  const gate = new StartGate(2, 60_000);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  for (let n = 0; n < 5; n += 1) {
    void gate.enter(undefined).then(({ leave }) => {
      begun.push(n);
      ends[n] = leave;
    });
  }
  await settled();
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  ends[1]?.();
  await settled();
  expect(begun).toEqual([0, 1, 2]);
  for (const n of [0, 2, 3, 4]) {
    ends[n]?.();
    await settled();
  }
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test('a start whose signal aborts leaves the queue at once, and the place goes to the next one', async () => {
  const gate = new StartGate(1, 60_000);
  const { leave } = await gate.enter(undefined);
  const stopping = new AbortController();
  const left = gate.enter(stopping.signal);
  const next = gate.enter(new AbortController().signal);
  stopping.abort(new Error('enough'));
  await expect(left).rejects.toMatchObject({
    code: 'store-unavailable',
    cause: new Error('enough'),
  });
  leave();
  (await next).leave();
  await expect(gate.enter(stopping.signal).then((one) => one.leave())).resolves.toBeUndefined();
});

test('a signal that has aborted before is not queued', async () => {
  const gate = new StartGate(1, 60_000);
  await gate.enter(undefined);
  await expect(gate.enter(AbortSignal.abort())).rejects.toMatchObject({
    code: 'store-unavailable',
  });
});

test('a start that takes too long keeps nobody waiting', async () => {
  const gate = new StartGate(1, 20);
  const slow = await gate.enter(undefined);
  const second = await gate.enter(undefined);
  slow.leave();
  let isThird = false;
  void gate.enter(undefined).then(() => {
    isThird = true;
  });
  await settled();
  expect(isThird).toBe(false);
  second.leave();
  await settled();
  expect(isThird).toBe(true);
});

test('a start that waits lets others begin, and continues before those that have not begun', async () => {
  const gate = new StartGate(1, 60_000);
  const order: string[] = [];
  const answer = Promise.withResolvers<string>();
  const first = await gate.enter(undefined);
  const waited = first.whileWaiting(() => answer.promise).then((text) => order.push(text));
  const second = await gate.enter(undefined);
  const third = gate.enter(undefined).then((place) => {
    order.push('third begins');
    return place;
  });
  answer.resolve('first has its answer');
  await settled();
  expect(order).toEqual([]);
  second.leave();
  await waited;
  await settled();
  expect(order).toEqual(['first has its answer']);
  first.leave();
  (await third).leave();
  expect(order).toEqual(['first has its answer', 'third begins']);
});

test('a start that waits keeps its error, and needs no place after it was stopped or has left', async () => {
  const gate = new StartGate(1, 60_000);
  const stopping = new AbortController();
  const stopped = await gate.enter(stopping.signal);
  const failure = stopped.whileWaiting(async () => {
    await settled();
    throw new Error('no answer');
  });
  const other = await gate.enter(undefined);
  stopping.abort(new Error('enough'));
  await expect(failure).rejects.toThrow('no answer');
  stopped.leave();
  const next = gate.enter(undefined);
  other.leave();
  const left = await next;
  left.leave();
  await expect(left.whileWaiting(async () => 'answered')).resolves.toBe('answered');
  expect((await gate.enter(AbortSignal.abort())).leave).toBeTypeOf('function');
});
