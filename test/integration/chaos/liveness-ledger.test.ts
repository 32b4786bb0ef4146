import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Ledger } from './liveness-ledger.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const start = 1_000_000;

test('a process is fit for a period only if no fault affected it at any moment of the period', () => {
  const member = { pid: 7, fit: true };
  using ledger = new Ledger([member]);
  vi.advanceTimersByTime(5000);
  expect(ledger.fitThroughout(7, start + 200, start + 5000)).toBe(true);
  expect(ledger.fitThroughout(8, start + 200, start + 5000)).toBe(false);
  member.fit = false;
  ledger.look();
  vi.advanceTimersByTime(50);
  member.fit = true;
  ledger.look();
  vi.advanceTimersByTime(5000);
  expect(ledger.fitThroughout(7, start + 4000, start + 6000)).toBe(false);
  expect(ledger.fitThroughout(7, start + 5050, start + 10_000)).toBe(true);
});

test('a process is not known to be fit while the test machine itself was suspended', () => {
  using ledger = new Ledger([{ pid: 7, fit: true }]);
  vi.advanceTimersByTime(1000);
  vi.setSystemTime(start + 4000);
  vi.advanceTimersByTime(1000);
  expect(ledger.fitThroughout(7, start + 500, start + 4500)).toBe(false);
  expect(ledger.fitThroughout(7, start + 4200, start + 4900)).toBe(true);
  expect(ledger.longestStandstill).toBeGreaterThan(2900);
});
