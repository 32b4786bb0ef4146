import { expect, test } from 'vitest';
import { skipReport } from './skipped-tests.ts';

test('the report of a run without skipped tests states that none was skipped', () => {
  expect(skipReport([])).toBe('No test was skipped.');
});

test('the report of a run names each skipped test, with its reason if it has one', () => {
  const skips = [
    { name: 'a.test.ts > with a reason', note: 'needs two machines' },
    { name: 'b.test.ts > without', note: undefined },
  ];
  expect(skipReport(skips)).toBe(
    [
      '2 tests were skipped:',
      '  a.test.ts > with a reason (needs two machines)',
      '  b.test.ts > without',
    ].join('\n'),
  );
});
