import { expect, test } from 'vitest';
import { StartGate } from '../../src/library/start-gate.ts';

/** Lets all promises that are settled run on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('as many starts as there are places begin at once, and the others in their order when one ends', async () => {
  const gate = new StartGate(2, 60_000);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  for (let n = 0; n < 5; n += 1) {
    void gate.enter(undefined).then((end) => {
      begun.push(n);
      ends[n] = end;
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
  const end = await gate.enter(undefined);
  const stopping = new AbortController();
  const left = gate.enter(stopping.signal);
  const next = gate.enter(new AbortController().signal);
  stopping.abort(new Error('enough'));
  await expect(left).rejects.toMatchObject({
    code: 'store-unavailable',
    cause: new Error('enough'),
  });
  end();
  (await next)();
  await expect(gate.enter(stopping.signal).then((one) => one())).resolves.toBeUndefined();
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
  slow();
  let isThird = false;
  void gate.enter(undefined).then(() => {
    isThird = true;
  });
  await settled();
  expect(isThird).toBe(false);
  second();
  await settled();
  expect(isThird).toBe(true);
});
