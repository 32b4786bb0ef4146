import { describe, expect, test } from 'vitest';
import type { SlotFlaps } from '../../../../src/dashboard/history/query-types.ts';
import { counted, policy, present, rollOf, run, tell } from '../support/sample-fleet.ts';

const minute = 60_000;
const now = 48 * 60 * minute;
const flaps: readonly SlotFlaps[] = [
  { host: 'h1', agent: 'a', hour: 4, day: 5, last: now - minute },
  { host: 'h2', agent: 'a', hour: 3, day: 3, last: now - 5 * minute },
];

describe('an agent that returns from suspicion again and again', () => {
  const fleet = () =>
    rollOf(['h1', 'h2'].map((host) => ({ entity: run(host), state: present('live') })));
  const attention = (of = fleet()) =>
    counted(of, { flaps })
      .issues.first(9)
      .map(({ title, reason }) => `${title}: ${reason}`);

  test('needs attention above the number that is normal', () => {
    expect(attention()).toEqual([
      'h1/a: returned from suspicion or death 4 times in the last hour, 5 in 24 h',
    ]);
  });

  test('needs attention above the number that the policy allows', () => {
    const strict = fleet();
    tell(strict, [{ entity: policy, state: 'standing', note: { flaps: 2 } }]);
    expect(attention(strict)).toHaveLength(2);
    tell(strict, [{ entity: policy, state: 'standing', note: { flaps: 9 } }]);
    expect(attention(strict)).toEqual([]);
  });
});
