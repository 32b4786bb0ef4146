import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entityKey } from '../../../src/dashboard/history/entity-key.ts';
import { FleetCursor } from '../../../src/dashboard/history/fleet-cursor.ts';
import { runQuery } from '../../../src/dashboard/history/run-query.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { RunId } from '../../../src/domain/identity/names.ts';
import { type Happening, happenings, pageOf, stateAfter } from '../support/sample-histories.ts';

/** How everything stands after a place, folded from the start. */
function folded(history: readonly Happening[], seq: number): Map<string, unknown> {
  const standing = new Map<string, { state: string; since: number; seq: number; note: object }>();
  for (const event of history) {
    if (event.seq > seq) break;
    const before = standing.get(entityKey(event.entity));
    standing.set(entityKey(event.entity), {
      state: event.to,
      since: before?.state === event.to ? before.since : event.at,
      seq: event.seq,
      note: { ...before?.note, ...event.note },
    });
  }
  return standing;
}

function seen(log: TransitionLog, moment: FleetCursor): Map<string, unknown> {
  const standing = new Map<string, unknown>();
  log.entities.values.forEach((entity, number) => {
    const one = moment.stateOf(number);
    if (!one) return;
    const { state, since, seq, note } = one;
    standing.set(entityKey(entity), { state: log.words.at(state), since, seq, note });
  });
  return standing;
}

/** Of an entity that stood before the window, what is older than memory has no place. */
function asKnown(all: Map<string, unknown>, from: number): Map<string, unknown> {
  return new Map(
    [...all].map(([key, one]) => {
      const standing = one as { seq: number };
      return [key, standing.seq < from ? { ...standing, seq: 0 } : standing];
    }),
  );
}

const seekings = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 12 });

describe('a transition log', () => {
  test('any seek, in any order, gives the fold of all events until then', () => {
    fc.assert(
      fc.property(happenings, fc.integer({ min: 1, max: 9 }), seekings, (history, size, seeks) => {
        const log = new TransitionLog();
        const last = history.at(-1)?.seq ?? 0;
        for (let from = 1; from <= last; from += size) {
          expect(log.append(pageOf(history, from, Math.min(from + size - 1, last)))).toBe(
            'appended',
          );
        }
        const moment = new FleetCursor(log);
        for (const seq of seeks) {
          moment.seek(log.rowAt(seq));
          expect(seen(log, moment)).toEqual(folded(history, seq));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('begun in the middle and filled backwards, it is the same history', () => {
    fc.assert(
      fc.property(
        happenings,
        fc.nat({ max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        seekings,
        (history, begin, size, seeks) => {
          const log = new TransitionLog();
          const last = history.at(-1)?.seq ?? 0;
          const middle = Math.min(begin, last);
          log.begin(stateAfter(history, middle));
          log.append(pageOf(history, middle + 1, last));
          const early = new FleetCursor(log);
          early.seek(log.rowAt(Math.max(middle, seeks[0] ?? 0)));
          for (let to = middle; to >= 1; to -= size) {
            const from = Math.max(1, to - size + 1);
            expect(log.prepend(pageOf(history, from, to))).toBe('prepended');
            early.prepended();
            const at = Math.max(middle, seeks[0] ?? 0);
            expect(seen(log, early)).toEqual(asKnown(folded(history, at), from));
          }
          log.complete();
          expect(log.floor).toBe(0);
          for (const moment of [early, new FleetCursor(log)]) {
            for (const seq of seeks) {
              moment.seek(log.rowAt(seq));
              expect(seen(log, moment)).toEqual(folded(history, seq));
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a history without its beginning starts from the states in a keyframe', () => {
    fc.assert(
      fc.property(happenings, fc.nat({ max: 30 }), seekings, (history, begin, seeks) => {
        const log = new TransitionLog();
        const last = history.at(-1)?.seq ?? 0;
        const first = Math.min(begin, last) + 1;
        const middle = Math.floor((first + last) / 2);
        log.begin(stateAfter(history, middle));
        log.append(pageOf(history, middle + 1, last));
        if (middle >= first) log.prepend(pageOf(history, first, middle));
        log.complete(stateAfter(history, first - 1));
        const moment = new FleetCursor(log);
        for (const seq of seeks.filter((one) => one >= first - 1)) {
          moment.seek(log.rowAt(seq));
          expect(seen(log, moment)).toEqual(asKnown(folded(history, seq), first));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a seek returns exactly the entities whose state changed', () => {
    fc.assert(
      fc.property(happenings, seekings, (history, seeks) => {
        const log = new TransitionLog();
        log.append(pageOf(history, 1, history.at(-1)?.seq ?? 0));
        const moment = new FleetCursor(log);
        for (const seq of seeks) {
          const before = seen(log, moment);
          const changed = moment.seek(log.rowAt(seq));
          const after = seen(log, moment);
          const keys = changed.map((one) => entityKey(log.entities.at(one)));
          const other = [...new Set([...before.keys(), ...after.keys()])].filter(
            (key) => JSON.stringify(before.get(key)) !== JSON.stringify(after.get(key)),
          );
          expect(new Set(keys)).toEqual(new Set(other));
          expect(keys).toHaveLength(other.length);
        }
      }),
    );
  });

  test('a repeated page changes nothing; a page with missing events is refused', () => {
    const history = fc.sample(happenings, { seed: 7, numRuns: 40 }).find((h) => h.length > 20);
    if (!history) throw new Error('no history is long enough');
    const last = history.at(-1)?.seq ?? 0;
    const log = new TransitionLog();
    log.append(pageOf(history, 1, 10));
    expect(log.append(pageOf(history, 12, last))).toBe('hole');
    expect(log.append(pageOf(history, 5, last))).toBe('appended');
    expect(log.append(pageOf(history, 1, last))).toBe('appended');
    const moment = new FleetCursor(log);
    moment.seek(log.end - 1);
    expect(seen(log, moment)).toEqual(folded(history, last));
    expect(log.end - log.first).toBe(history.length);
    expect(log.prepend(pageOf(history, 1, 3))).toBe('hole');
  });
});

test('a question with the number of an entity that the history does not have is answered without it', () => {
  const log = new TransitionLog();
  const entity = { entity: 'policy', run: RunId.parse('policy000001') } as const;
  log.append(
    pageOf(
      [{ seq: 1, at: 1, entity, type: 'set', to: 'standing', edges: [], note: undefined }],
      1,
      1,
    ),
  );
  const lanes = runQuery(log, { ask: 'lanes', entities: [0, 1], from: 0, to: 9 });
  expect(lanes).toMatchObject([{ entity: 0 }]);
});
