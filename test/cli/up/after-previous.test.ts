import { expect, test } from 'vitest';
import { afterPrevious } from '../../../src/cli/up/after-previous.ts';
import { Fault, StoreInUse } from '../../../src/domain/fault.ts';

const inUse = new StoreInUse('server-failed', '/store is in use by a nats-server (process 7)');

/** Starts that fail so many times; the clock moves only by waiting. */
function attempt(failures: number, isRunning = false, fault = inUse) {
  let [now, tries] = [0, 0];
  const said: string[] = [];
  const sleep = async (ms: number) => {
    now += ms;
  };
  const clock = { monotonic: () => now, sleep };
  const start = async () => {
    tries += 1;
    if (tries <= failures) throw fault;
    return 'server';
  };
  const { signal } = new AbortController();
  const previous = {
    isRunning: () => isRunning,
    say: (text: string) => void said.push(text),
    signal,
  };
  const result = afterPrevious(start, previous, clock);
  return { result, said, waited: () => now };
}

test('a server that still stops is waited for, which is said once', async () => {
  const { result, said, waited } = attempt(6);
  expect(await result).toBe('server');
  expect(said).toEqual([`${inUse.message}, which seems to stop: waiting for it`]);
  expect(waited()).toBe(3000);
});

test('it is waited for ten seconds at most', async () => {
  const { result, waited } = attempt(1000);
  await expect(result).rejects.toBe(inUse);
  expect(waited()).toBeLessThanOrEqual(11_000);
});

test.each([
  ['a server of a running rollcall up', true, inUse],
  ['another failure', false, new Fault('port-taken', '127.0.0.1:4222 is taken')],
])('%s is not waited for', async (_, isRunning, fault) => {
  const { result, waited } = attempt(1, isRunning, fault);
  await expect(result).rejects.toBe(fault);
  expect(waited()).toBe(0);
});
