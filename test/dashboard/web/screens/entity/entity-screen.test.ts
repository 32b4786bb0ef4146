import { describe, expect, test } from 'vitest';
import {
  missingBefore,
  type Stored,
} from '../../../../../src/dashboard/web/model/event-document.ts';

const stored = (
  seq: number,
  n: number,
  record: Stored['record'],
  more: Partial<Stored> = {},
): Stored => ({
  of: { entity: 'run', host: 'h', agent: 'a', run: 'run000000001' },
  at: seq,
  chart: 'c0ffee000000',
  edges: [],
  event: { type: 'x' },
  actor: { host: 'h', agent: 'a' },
  ...{ seq, n, record, ...more },
});

describe('the counter of a chain', () => {
  test('shows how many events of the chain are missing before an event', () => {
    const before = [stored(4, 2, null), stored(3, 1, null)];
    expect(missingBefore(stored(9, 3, null), before)).toBeNull();
    expect(missingBefore(stored(9, 6, null), before)).toMatch(/^3 of its own/);
    expect(missingBefore(stored(9, 1, null), [])).toBeNull();
    expect(missingBefore(stored(9, 6, null, { lost: 3 }), before)).toMatch(/^3 that its process/);
    expect(missingBefore(stored(9, 6, null, { lost: 1 }), before)).toMatch(/^2 of .*; 1 that/);
  });

  test('does not count another chain of the same run', () => {
    const session = { of: { ...stored(1, 1, null).of, entity: 'session' } };
    expect(
      missingBefore(stored(9, 2, null), [stored(8, 9, null, session), stored(7, 1, null)]),
    ).toBe(null);
  });
});
