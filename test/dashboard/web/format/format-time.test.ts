import { expect, it } from 'vitest';
import {
  formatDuration,
  since,
  timeLeft,
} from '../../../../src/dashboard/web/format/format-time.ts';

const at = (text: string) => Date.parse(`2026-11-30T${text}Z`);

it.each([
  [0, '0.0 s'],
  [-5, '0.0 s'],
  [450, '0.4 s'],
  [999, '0.9 s'],
  [1999, '1 s'],
  [59_999, '59 s'],
  [60_000, '1 m'],
  [252_900, '4 m 12 s'],
  [3_600_000, '1 h'],
  [11_159_000, '3 h 5 m'],
  [187_199_000, '2 d 3 h'],
])('a duration of %d ms is cut to %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

it('the time between two times is that between their clock times, which are cut to the second', () => {
  expect(formatDuration(at('13:22:16.100'), at('13:11:58.900'))).toBe('10 m 18 s');
  expect(formatDuration(at('13:22:16.900'), at('13:11:58.100'))).toBe('10 m 18 s');
  expect(since(at('13:11:58.900'), at('13:12:04.100'))).toBe('6 s');
  expect(timeLeft(at('13:12:04.100'), at('13:11:58.900'))).toBe('in 6 s');
  expect(formatDuration(at('13:12:04.100'), at('13:12:03.700'))).toBe('0.4 s');
});
