import { expect, test } from 'vitest';
import { clockOffsets } from '../../../src/cli/doctor/clocks.ts';
import type { AuditEntry } from '../../../src/domain/events/audit-entry.ts';

const storedAt = 1_800_000_000_000;
const event = (host: string, ahead: number, entity = 'run') =>
  ({ storedAt, event: { at: storedAt + ahead, of: { entity }, actor: { host } } }) as AuditEntry;

test.each([
  ['an hour ahead', [3_600_000], 3_600_000],
  ['3 s ahead', [3000], 3000],
  ['1.5 s ahead', [1500], undefined],
  ['an hour behind', [-3_600_000], -3_600_000],
  ['behind by what a commit may take', [-9000], undefined],
  ['behind in one of two events', [-3_600_000, -5], undefined],
])(
  'doctor reports, by the events of a process, whether its clock is %s',
  (_what, aheads, offset) => {
    const found = clockOffsets(aheads.map((ahead) => event('h1', ahead)));
    expect(found.get('h1')).toBe(offset);
  },
);

test('an event of a process says nothing about a clock, because it may have waited', () => {
  expect(clockOffsets([event('h1', -3_600_000, 'session')]).size).toBe(0);
});
