import { describe, expect, test } from 'vitest';
import { flapsAt } from '../../../../src/dashboard/web/model/flapping.ts';
import { counted, policy, present, rollOf, run, tell } from '../support/sample-fleet.ts';

const minute = 60_000;
const now = 48 * 60 * minute;
const returned = (host: string, ...minutesAgo: readonly number[]) => ({
  host,
  agent: 'a',
  times: minutesAgo.map((ago) => now - ago * minute),
});

describe('an agent that returns from suspicion again and again', () => {
  const flaps = flapsAt(
    [returned('h1', 1, 2, 3, 4, 90), returned('h2', 5, 6, 7), returned('h3', 25 * 60)],
    now,
  );
  const fleet = () =>
    rollOf(['h1', 'h2', 'h3'].map((host) => ({ entity: run(host), state: present('live') })));
  const attention = (of = fleet()) =>
    counted(of, { flaps })
      .issues.first(9)
      .map(({ title, reason }) => `${title}: ${reason}`);

  test('is counted for an hour and for 24 hours', () => {
    expect(flaps).toMatchObject([
      { host: 'h1', hour: 4, day: 5, last: now - minute },
      { host: 'h2', hour: 3, day: 3 },
    ]);
  });

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
