import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';

const soon = 30;
const never = 60_000;

describe('the system clock', () => {
  test('never sleeps less than requested', async () => {
    for (let n = 0; n < 5; n += 1) {
      const before = systemClock.monotonic();
      await systemClock.sleep(soon);
      expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(soon);
    }
  });

  test('wakes when the signal is aborted', async () => {
    const stop = new AbortController();
    const before = systemClock.monotonic();
    setTimeout(() => stop.abort(), soon);
    await systemClock.sleep(never, stop.signal);
    expect(systemClock.monotonic() - before).toBeLessThan(never / 10);
  });

  test('does not sleep if the signal is already aborted', async () => {
    const before = systemClock.monotonic();
    await systemClock.sleep(never, AbortSignal.abort());
    expect(systemClock.monotonic() - before).toBeLessThan(never / 10);
  });

  test('leaves no listener on the signal after a sleep', async () => {
    const stop = new AbortController();
    await systemClock.sleep(1, stop.signal);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    const sleeping = systemClock.sleep(never, stop.signal);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    stop.abort();
    await sleeping;
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  test('leaves no timer that would keep the process running', async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const stop = new AbortController();
    const before = timers();
    const sleeping = systemClock.sleep(never, stop.signal);
    expect(timers()).toBe(before + 1);
    stop.abort();
    await sleeping;
    expect(timers()).toBe(before);
  });

  test('sleeps longer than the longest timer', async () => {
    const stop = new AbortController();
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    let awake = false;
    const sleeping = systemClock.sleep(2 ** 31, stop.signal).then(() => {
      awake = true;
    });
    await systemClock.sleep(soon);
    expect(awake).toBe(false);
    stop.abort();
    await sleeping;
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
  });

  test('has a wall time in whole milliseconds', () => {
    expect(Number.isInteger(systemClock.wall())).toBe(true);
    expect(Math.abs(systemClock.wall() - Date.now())).toBeLessThan(1000);
  });
});
