import { expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { longestReason } from '../../../src/domain/records/schema-problems.ts';
import type { Divergence } from '../../../src/domain/replay/divergence.ts';
import { verify } from '../../../src/runtime/audit/verify.ts';
import { historyOf } from '../../fixtures/history/given-history.ts';
import { longHistory } from '../../fixtures/history/long-history.ts';

const events = [...longHistory(40, { agents: 4 })];

async function divergencesWith(change: object): Promise<readonly Divergence[]> {
  const changed = events.map((event, at) =>
    at === 20
      ? { ...event, text: JSON.stringify({ ...JSON.parse(event.text), ...change }) }
      : event,
  );
  const found: Divergence[] = [];
  const { signal } = new AbortController();
  const onDivergence = (divergence: Divergence) => void found.push(divergence);
  await verify(historyOf(changed), { clock: systemClock }, { onDivergence, signal });
  return found;
}

test('a verification quotes a short part of an event with long edges', async () => {
  const found = await divergencesWith({ edges: ['x'.repeat(400_000)] });
  const edges = found.find(({ check }) => check === 'edges');
  expect(edges?.found).toMatch(/^\["x+…$/);
  expect(edges?.found).toHaveLength(longestReason);
});

test('a verification names an event with too many edges in a short line', async () => {
  const found = await divergencesWith({ edges: Array(100_000).fill(1) });
  const why = 'edges: more than 256 entries';
  expect(found).toContainEqual(expect.objectContaining({ check: 'illegible', found: why }));
});
