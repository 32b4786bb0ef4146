import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { density, edgeCounts } from '../../../src/dashboard/history/histogram-queries.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { type Happening, happenings, pageOf } from '../support/sample-histories.ts';
import { brake, hold } from '../web/support/sample-fleet.ts';

const query = { ask: 'edges', machine: 'run', entities: null } as const;

function logOf(history: readonly Happening[]): TransitionLog {
  const log = new TransitionLog();
  log.append(pageOf(history, 1, history.at(-1)?.seq ?? 0));
  log.complete();
  return log;
}

function countByHand(history: readonly Happening[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { entity, edges } of history) {
    if (entity.entity !== 'run') continue;
    for (const edge of edges) counts[edge] = (counts[edge] ?? 0) + 1;
  }
  return counts;
}

describe('the edge counts of a machine', () => {
  test('are those of all events between two sequences', () => {
    fc.assert(
      fc.property(happenings, fc.nat(60), fc.nat(60), (history, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(edgeCounts(logOf(history), { ...query, from, to }).counts).toEqual(
          countByHand(history.filter(({ seq }) => seq > from && seq <= to)),
        );
      }),
    );
  });

  test('are those of all events stored in a range of time', () => {
    fc.assert(
      fc.property(happenings, fc.nat(60), fc.nat(60), (history, a, b) => {
        const times = [history[a % history.length]?.at ?? 0, history[b % history.length]?.at ?? 0];
        const between = { from: Math.min(...times), to: Math.max(...times) };
        const found = edgeCounts(logOf(history), { ...query, from: 0, to: 0, between });
        expect(found.counts).toEqual(
          countByHand(history.filter(({ at }) => at >= between.from && at <= between.to)),
        );
      }),
    );
  });
});

test('the marks of a time range name the zone of a brake and the host of a hold', () => {
  const entities = [brake('ber'), hold('h1')];
  const history = entities.flatMap((entity, n) =>
    [n === 0 ? 'tripped' : 'planned', 'released'].map((type, m) => ({
      ...{ seq: 2 * n + m + 1, at: 2 * n + m + 1, entity, type, to: type },
      ...{ edges: [], note: undefined },
    })),
  );
  expect(density(logOf(history), 0, 9, 1).marks.map(({ what }) => what)).toEqual([
    'brake tripped: zone ber',
    'brake released: zone ber',
    'hold planned: h1',
    'hold released: h1',
  ]);
});
