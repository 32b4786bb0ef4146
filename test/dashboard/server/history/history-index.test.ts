import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ApiPage, ApiState } from '../../../../src/dashboard/api-types.ts';
import { HistoryIndex } from '../../../../src/dashboard/server/history/history-index.ts';
import {
  densityOf,
  pageAfter,
  pagesBefore,
  stateOfAll,
} from '../../../../src/dashboard/server/history/pages.ts';
import { decodeState, encodeState } from '../../../../src/dashboard/server/history/to-row.ts';
import { runRef, transition } from '../support/test-server.ts';

const states = ['present.phase.live+present.sight.clear', 'expired', 'gone', 'left'] as const;
const step = fc.record({
  run: fc.nat(9),
  to: fc.constantFrom(...states),
  gap: fc.constantFrom(0, 0, 0, 2),
});
const history = fc.array(step, { minLength: 1, maxLength: 60 });

function indexOf(
  steps: readonly { run: number; to: string; gap: number }[],
  repeat = 1,
): HistoryIndex {
  const index = new HistoryIndex();
  for (let round = 0; round < repeat; round += 1) {
    for (const { run, to, gap } of steps) {
      const seq = index.last + 1 + gap;
      index.append(seq, 10 * seq, transition(run, to, to));
    }
  }
  return index;
}

/** Where each run stands, told in the plainest way: by going through all rows. */
function folded(index: HistoryIndex, upTo: number): Record<string, string> {
  const standing: Record<string, string> = {};
  for (const row of index.rows(0)) {
    if (row.seq > upTo) break;
    const of = index.entity(row.entity);
    const to = index.words.at(row.to);
    if (to === 'gone' || to === 'left') delete standing[of.run];
    else standing[of.run] = to;
  }
  return standing;
}

const read = ({ states: all, entities, words }: ApiState) =>
  Object.fromEntries(all.map(([entity, state]) => [entities[entity]?.run, words[state]]));

const rowsIn = (pages: readonly ApiPage[]) => pages.flatMap(({ rows }) => rows.map(([seq]) => seq));

describe('a history index', () => {
  it('returns the state of every entity after any event, also with many frames', () => {
    fc.assert(
      fc.property(history, fc.nat(), (steps, any) => {
        const index = indexOf(steps, Math.ceil(40_000 / steps.length));
        const at = any % (index.last + 3);
        const stood = stateOfAll(index, index.stateAt({ seq: at }));
        expect(read(stood)).toEqual(folded(index, at));
        const byTime = stateOfAll(index, index.stateAt({ at: 10 * at + 5 }));
        expect(read(byTime)).toEqual(folded(index, at));
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it('its pages one after the other are the whole history, gaps and all', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 7 }), (steps, most) => {
        const index = indexOf(steps);
        const pages: ApiPage[] = [];
        for (let at = 0; ; ) {
          const page = pageAfter(index, at, most);
          if (!page) break;
          expect(page.from).toBe(at + 1);
          pages.push(page);
          at = page.to;
        }
        expect(rowsIn(pages)).toEqual([...index.rows(0)].map(({ seq }) => seq));
        const backwards = pagesBefore(index, index.last + 1, 10_000, most);
        expect(rowsIn(backwards)).toEqual(rowsIn(pages));
        expect(backwards.at(-1)?.to).toBe(index.last);
        for (const [n, page] of backwards.entries()) {
          if (n > 0) expect(page.from).toBe((backwards[n - 1]?.to ?? 0) + 1);
        }
      }),
    );
  });

  it('the pages before a sequence end with the rows right before it', () => {
    const index = indexOf([{ run: 1, to: 'expired', gap: 0 }], 100);
    expect(rowsIn(pagesBefore(index, 51, 3, 2))).toEqual([48, 49, 50]);
    expect(pagesBefore(index, 51, 3, 2)[0]?.from).toBe(48);
    expect(pagesBefore(index, 3, 10, 10)[0]).toMatchObject({ from: 1, to: 2 });
  });

  it('a page is self-contained: it names the entities of its rows and no others', () => {
    const index = indexOf([
      { run: 2, to: 'expired', gap: 0 },
      { run: 3, to: 'gone', gap: 1 },
    ]);
    expect(pageAfter(index, 1, 10)).toEqual({
      from: 2,
      to: 3,
      entities: [transition(3, '', '').entity],
      words: ['run.gone|gone|0', 'gone', 'c0ffee000000'],
      rows: [[3, 30, 0, 1, 1, 2, [0]]],
      notes: [],
      gaps: [{ from: 2, to: 2, why: 'trimmed' }],
    });
    expect(pageAfter(index, 0, 1)?.notes).toEqual([[0, { why: 'because 2' }]]);
  });

  it('counts all events of any range, and the problems among them', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 50 }), (steps, bins) => {
        const index = indexOf(steps);
        const { bins: all } = densityOf(index, index.firstAt, index.lastAt, bins);
        expect(all).toHaveLength(bins);
        const sum = (column: 0 | 1) => all.reduce((total, bin) => total + bin[column], 0);
        expect(sum(0)).toBe(steps.length);
        expect(sum(1)).toBe(steps.filter(({ to }) => to === 'expired').length);
      }),
    );
  });

  it('drops its oldest events when it is full, and still knows the states after them', () => {
    const index = new HistoryIndex(40_000);
    index.append(1, 1, transition(77, 'started', 'expired'));
    for (let seq = 2; seq <= 100_000; seq += 1) {
      index.append(seq, seq, transition(seq % 10, 'x', 'expired'));
    }
    expect(index.first).toBeGreaterThan(30_000);
    const stood = read(stateOfAll(index, index.stateAt({ seq: index.first })));
    expect(stood['run000077']).toBe('expired');
  });

  it('ends a process with its run', () => {
    const index = new HistoryIndex();
    const session = { entity: 'session', ...runRef(1) } as const;
    index.append(1, 1, { ...transition(1, 'claimed', 'serving'), entity: session });
    index.append(2, 2, transition(1, 'expired', 'expired'));
    expect(index.stateAt({ seq: 2 }).states.size).toBe(2);
    index.append(3, 3, transition(1, 'removed', 'gone'));
    expect(index.stateAt({ seq: 3 }).states.size).toBe(0);
  });
});

describe('a state as a word', () => {
  it('is its active leaves, and the state can be read from it again', () => {
    const value = { present: { phase: 'live', sight: 'clear' } };
    expect(encodeState(value)).toBe('present.phase.live+present.sight.clear');
    for (const one of [value, 'gone', { seated: 'watching' }]) {
      expect(decodeState(encodeState(one))).toEqual(one);
    }
  });
});
