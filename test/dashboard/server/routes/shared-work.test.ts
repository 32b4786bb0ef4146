import { expect, test } from 'vitest';
import { SharedWork } from '../../../../src/dashboard/server/routes/shared-work.ts';

/** Work that ends when the test says so. */
function slowWork() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const signals: AbortSignal[] = [];
  const work = (signal: AbortSignal) => {
    signals.push(signal);
    return promise;
  };
  return { work, signals, resolve, reject };
}

const open = () => new AbortController();

test('requests for the same result share one run of the work', async () => {
  const shared = new SharedWork<string>(2);
  const { work, signals, resolve } = slowWork();
  const all = [1, 2, 3].map(() => shared.get('a', open().signal, work));
  resolve('done');
  expect(await Promise.all(all)).toEqual(['done', 'done', 'done']);
  expect(await shared.get('a', open().signal, work)).toBe('done');
  expect(signals).toHaveLength(1);
});

test('work is aborted when the last request that waits for it is over, and not before', async () => {
  const shared = new SharedWork<string>(2);
  const { work, signals, resolve } = slowWork();
  const [first, second] = [open(), open()];
  void shared.get('a', first.signal, work);
  void shared.get('a', second.signal, work);
  first.abort();
  expect(signals[0]?.aborted).toBe(false);
  second.abort();
  expect(signals[0]?.aborted).toBe(true);
  resolve('a part');
  const again = slowWork();
  again.resolve('the whole');
  expect(await shared.get('a', open().signal, again.work)).toBe('the whole');
});

test('a request that is over after the result came aborts nothing', async () => {
  const shared = new SharedWork<string>(2);
  const { work, signals, resolve } = slowWork();
  const request = open();
  resolve('done');
  await shared.get('a', request.signal, work);
  await Promise.resolve();
  request.abort();
  await shared.get('a', open().signal, work);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
});

test('a failure is forgotten, and only the last used results are kept', async () => {
  const shared = new SharedWork<string>(2);
  const failing = slowWork();
  failing.reject(new Error('the store does not answer'));
  await expect(shared.get('a', open().signal, failing.work)).rejects.toThrow('not answer');
  const runs: string[] = [];
  const get = (key: string) =>
    shared.get(key, open().signal, async () => {
      runs.push(key);
      return key;
    });
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
  expect(runs).toEqual(['a', 'b', 'c', 'b']);
});
