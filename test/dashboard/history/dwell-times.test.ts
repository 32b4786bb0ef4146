import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Dwell,
  dwell,
  sourceOf,
  spellOf,
} from '../../../src/dashboard/history/dwell-times.ts';
import { entityKey } from '../../../src/dashboard/history/entity-key.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { type Happening, happenings, pageOf, stateAfter } from '../support/sample-histories.ts';

const everything = { machine: 'run', entities: null, from: 0, to: Number.MAX_SAFE_INTEGER };

/** As people think of it: an entity's own events, one after the other. */
function naive(
  history: readonly Happening[],
  { from, to }: { readonly from: number; readonly to: number },
): Pick<Dwell, 'states'> & { readonly edges: Record<string, unknown> } {
  const stays: Record<string, number[]> = {};
  const taken: Record<string, { count: number; after: number[]; seq: number; at: number }> = {};
  const since = new Map<string, number>();
  for (const { seq, at, entity, to: word, edges } of history) {
    if (seq > to || entity.entity !== 'run') continue;
    const key = entityKey(entity);
    const active = nodesOf(word);
    for (const edge of seq > from ? edges : []) {
      const one = taken[edge] ?? { count: 0, after: [], seq: 0, at: 0 };
      taken[edge] = one;
      Object.assign(one, { count: one.count + 1, seq, at });
      const began = since.get(`${key} ${sourceOf(edge)}`);
      if (began !== undefined) one.after.push(at - began);
    }
    for (const [place, began] of since) {
      const node = place.slice(key.length + 1);
      if (!place.startsWith(`${key} `) || active.includes(node)) continue;
      since.delete(place);
      if (seq <= from) continue;
      const ended = stays[node] ?? [];
      stays[node] = ended;
      ended.push(at - began);
    }
    for (const node of active) {
      if (!since.has(`${key} ${node}`)) since.set(`${key} ${node}`, at);
    }
  }
  return {
    states: mapped(stays, spellOf),
    edges: mapped(taken, ({ count, after, seq, at }) => ({
      count,
      last: [seq, at],
      after: after.length === 0 ? null : spellOf(after),
    })),
  };
}

const mapped = <A, B>(all: Record<string, A>, by: (one: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(all).map(([key, one]) => [key, by(one)]));

/** `p.x.1+p.y.1` is in `run.p`, `run.p.x`, `run.p.x.1`, `run.p.y`, `run.p.y.1`. */
function nodesOf(word: string): string[] {
  const all = word.split('+').flatMap((leaf) => {
    const parts = leaf.split('.');
    return parts.map((_, n) => ['run', ...parts.slice(0, n + 1)].join('.'));
  });
  return [...new Set(all)];
}

/** As they come, in states beside each other. */
const beside: fc.Arbitrary<Happening[]> = fc
  .tuple(
    happenings,
    fc.array(fc.constantFrom('p.x.1+p.y.1', 'p.x.2+p.y.1', 'p.x.2+p.y.2', 'over'), {
      minLength: 50,
      maxLength: 50,
    }),
    fc.array(fc.constantFrom('run.p.x.1|go|0', 'run.p|end|0', 'run.p.y.1|look|0'), {
      minLength: 50,
      maxLength: 50,
    }),
  )
  .map(([all, words, edges]) =>
    all.map((one, n) => ({ ...one, to: words[n] ?? 'over', edges: [edges[n] ?? ''] })),
  );

function chronicleOf(history: readonly Happening[]): TransitionLog {
  const chronicle = new TransitionLog();
  chronicle.append(pageOf(history, 1, history.at(-1)?.seq ?? 0));
  chronicle.complete();
  return chronicle;
}

/** Without what the naive one does not tell. */
const plain = ({ states, edges }: Dwell) => ({
  states,
  edges: mapped({ ...edges }, ({ count, last, after }) => ({
    count,
    last: [last.seq, last.at],
    after,
  })),
});

describe('how long a state lasts', () => {
  test('is what one finds by following each entity through its own events', () => {
    fc.assert(
      fc.property(beside, fc.nat({ max: 60 }), fc.nat({ max: 100 }), (history, from, to) => {
        const found = dwell(chronicleOf(history), { ...everything, from, to });
        expect(plain(found)).toEqual(naive(history, { from, to }));
      }),
      { numRuns: 500 },
    );
  });

  test('of one entity is told as of a history that holds only it', () => {
    fc.assert(
      fc.property(beside, fc.nat({ max: 100 }), (history, to) => {
        const chronicle = chronicleOf(history);
        chronicle.entities.values.forEach((entity, number) => {
          if (entity.entity !== 'run') return;
          const own = history.filter((one) => entityKey(one.entity) === entityKey(entity));
          const found = dwell(chronicle, { ...everything, entities: [number], to });
          expect(plain(found)).toEqual(naive(own, { from: 0, to }));
        });
      }),
    );
  });
});

describe('limits', () => {
  const entity = fc.sample(happenings, { seed: 3, numRuns: 60 }).flat()[0]?.entity;
  if (entity?.entity !== 'run') throw new Error('the sample begins otherwise');
  const at = (seq: number, to: string, edges: string[] = []): Happening => ({
    seq,
    at: seq * 1000,
    entity,
    type: 'x',
    to,
    edges,
    note: undefined,
  });
  const story = [
    at(1, 'a'),
    at(4, 'a', ['run.a|again|0']),
    at(10, 'b', ['run.a|go|0']),
    at(30, 'a', ['run.b|back|0']),
    at(33, 'b', ['run.a|go|0']),
  ];
  const chronicle = chronicleOf(story);

  test.each([
    ['up to the place before it ends', 0, 9, undefined],
    ['up to where it ends', 0, 10, { count: 1, p50: 9000, p95: 9000 }],
    ['both', 0, 33, { count: 2, p50: 3000, p95: 9000 }],
    ['only what ended after', 10, 33, { count: 1, p50: 3000, p95: 3000 }],
  ] as const)('a stay counts where it ends: %s', (_, from, to, expected) => {
    expect(dwell(chronicle, { ...everything, from, to }).states['run.a']).toEqual(expected);
  });

  test('what leads back to its state ends no stay, and counts from when that was entered', () => {
    const { edges } = dwell(chronicle, everything);
    expect(edges['run.a|again|0']?.after).toEqual({ count: 1, p50: 3000, p95: 3000 });
    expect(edges['run.a|go|0']).toMatchObject({
      count: 2,
      last: { seq: 33, at: 33_000, entity: 0 },
      after: { count: 2, p50: 3000, p95: 9000 },
    });
  });

  test('in a window of time, what was stored in it', () => {
    const between = { from: 10_001, to: 33_000 };
    const { edges } = dwell(chronicle, { ...everything, between });
    expect(new Set(Object.keys(edges))).toEqual(new Set(['run.b|back|0', 'run.a|go|0']));
    expect(edges['run.a|go|0']?.count).toBe(1);
  });

  test.each([
    [[7], 7, 7],
    [[3, 1, 2], 2, 3],
    [[4, 3, 2, 1], 2, 4],
    [Array.from({ length: 20 }, (_, n) => n + 1), 10, 19],
    [Array.from({ length: 21 }, (_, n) => n + 1), 11, 20],
  ])('half are at most p50, 19 of 20 at most p95: %j', (lengths, p50, p95) => {
    expect(spellOf(lengths)).toEqual({ count: lengths.length, p50, p95 });
  });

  test('begun in the middle, one state is known since when, and two beside each other are not', () => {
    const middle = (all: readonly Happening[]) => {
      const begun = new TransitionLog();
      begun.begin(stateAfter(all, 4));
      begun.append(pageOf(all, 5, 33));
      return dwell(begun, everything);
    };
    expect(middle(story)).toEqual(dwell(chronicle, { ...everything, from: 4 }));
    const apart = middle([at(1, 'p.x+q.y'), at(4, 'p.x+q.z'), at(10, 'b', ['run.p.x|go|0'])]);
    expect(apart.states).toEqual({});
    expect(apart.edges['run.p.x|go|0']).toMatchObject({ count: 1, after: null });
  });

  test('while older pages are still to come, the first that is here says nothing of before', () => {
    const early = new TransitionLog();
    early.begin(stateAfter([], 0));
    early.append(pageOf(story, 1, 10));
    expect(dwell(early, everything).states).toEqual({});
    early.complete();
    expect(dwell(early, everything).states['run.a']?.p50).toBe(9000);
  });
});
