import { expect, test } from 'vitest';
import { planCount } from '../../../src/cli/gc/plan-table.ts';
import type { PlanRow } from '../../../src/domain/collection/gc-plan.ts';

const run = (host: string, instances: number) =>
  ({ kind: 'run', host, agent: 'a', instances }) as unknown as PlanRow;
const record = { kind: 'record', key: 'x', instances: 0 } as unknown as PlanRow;
const all = [run('h1', 2), run('h2', 3), record];

test('the count of a plan says what there is without the filter', () => {
  expect(planCount(all, all, 'nothing')).toBe('2 runs with 5 instances');
  expect(planCount(all.slice(0, 1), all, 'nothing')).toBe(
    '1 run with 2 instances; without --filter: 2 runs with 5 instances',
  );
  expect(planCount([], all, 'nothing to remove matches')).toBe(
    'nothing to remove matches; without --filter: 2 runs with 5 instances',
  );
  expect(planCount([], [], 'nothing to remove')).toBe('nothing to remove');
  expect(planCount([], [record], 'nothing to remove')).toBe('nothing to remove');
});
