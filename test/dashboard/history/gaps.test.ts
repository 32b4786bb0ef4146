import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApiGap, ApiPage } from '../../../src/dashboard/api-types.ts';
import { gapsBetween, joined } from '../../../src/dashboard/history/gaps.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { HistoryIndex } from '../../../src/dashboard/server/history/history-index.ts';
import { pageAfter, pagesBefore } from '../../../src/dashboard/server/history/pages.ts';
import {
  gapsOf,
  gapText,
  nothingBefore,
  sequencesIn,
} from '../../../src/dashboard/web/format/gap-text.ts';
import { historyRows } from '../../../src/dashboard/web/screens/entity/history-rows.ts';
import { transition } from '../server/support/test-server.ts';
import { happened } from '../web/support/transitions.ts';

const gap = (from: number, to: number, why = 'trimmed'): ApiGap => ({ from, to, why });

/** What the server holds where 3 and 4 are gone, and 6 cannot be read. */
function holed(): HistoryIndex {
  const index = new HistoryIndex();
  index.append(2, 200, transition(1, 'started', 'live'));
  index.append(5, 500, transition(1, 'suspected', 'suspect'));
  index.skip(6, 600, 'no JSON');
  index.append(7, 700, transition(1, 'regranted', 'live'));
  return index;
}

function logOf(pages: readonly (ApiPage | undefined)[]): TransitionLog {
  const log = new TransitionLog();
  log.begin({ seq: 1, at: 0, entities: [], words: [], states: [] });
  for (const page of pages) if (page) log.append(page);
  log.complete();
  return log;
}

describe('gaps', () => {
  test('the server reports trimmed and unreadable events as gaps, each with its reason', () => {
    expect(pageAfter(holed(), 1, 100)?.gaps).toEqual([gap(3, 4), gap(6, 6, 'no JSON')]);
    expect(pagesBefore(holed(), 8, 100, 100).flatMap(({ gaps }) => gaps)).toHaveLength(2);
  });

  test('a gap is between the events stored before and after it', () => {
    const all = gapsBetween(logOf([pageAfter(holed(), 1, 100)]), 0, 1000);
    expect(all).toEqual([
      { ...gap(3, 4), after: 200, before: 500 },
      { ...gap(6, 6, 'no JSON'), after: 500, before: 700 },
    ]);
    expect(gapsBetween(logOf([pageAfter(holed(), 1, 100)]), 501, 1000)).toHaveLength(1);
  });

  test('a gap in two pages is one gap and counted once', () => {
    expect(joined([gap(6, 9), gap(3, 7), gap(1, 2)])).toEqual([gap(1, 9)]);
    expect(joined([gap(1, 3), gap(4, 4, 'no JSON')])).toHaveLength(2);
    const any = fc.array(fc.tuple(fc.nat(30), fc.nat(9), fc.constantFrom('trimmed', 'no JSON')));
    fc.assert(
      fc.property(any, (some) => {
        const gaps = some.map(([from, length, why]) => gap(from, from + length, why));
        const places = new Set(gaps.flatMap(({ from, to }) => range(from, to)));
        expect(sequencesIn(joined(gaps))).toBe(places.size);
      }),
    );
  });

  test('events older than a fully loaded history are a gap; events still to load are none', () => {
    const held = { from: 20, gaps: [gap(30, 31)], complete: true };
    expect(gapsOf(held, { first: 5 })).toEqual([gap(1, 4), gap(5, 19, 'memory'), gap(30, 31)]);
    expect(gapsOf({ ...held, complete: false }, { first: 5 })).toEqual([gap(30, 31)]);
    expect(gapsOf({ ...held, from: 1 }, { first: 1 })).toEqual([gap(30, 31)]);
  });

  test('the text of a gap gives its sequences and the reason', () => {
    expect(gapText(gap(9000, 9412))).toBe('seq 9,000–9,412 are gone (retention)');
    expect(gapText(gap(7, 7))).toBe('seq 7 is gone (retention)');
    expect(gapText(gap(7, 8), 'recording')).toBe('seq 7–8 are not in the recording');
    expect(gapText(gap(7, 7, 'no JSON'))).toBe('seq 7 cannot be read (no JSON)');
    expect(gapText(gap(1, 2, 'memory'))).toContain('memory');
  });
});

describe('a history with gaps', () => {
  const shape = (gaps: readonly ApiGap[], upTo = 99, of = story) =>
    historyRows(of, gaps, upTo).map((row) =>
      row.is === 'gap'
        ? row.gaps.map(({ from, to }) => `${from}-${to}`).join()
        : row.folded.all.map(({ seq }) => seq),
    );
  const story = [
    happened(20, 'regranted', 'suspect', 'live'),
    happened(10, 'suspected', 'live', 'suspect'),
  ];

  test('gaps are listed among the events, newest first, adjacent ones together', () => {
    expect(shape([gap(1, 3), gap(11, 12), gap(15, 15), gap(30, 31)])).toEqual([
      '30-31',
      [20],
      '11-12,15-15',
      [10],
      '1-3',
    ]);
  });

  test('gaps after the moment are not listed', () => {
    expect(shape([gap(30, 31)], 25)).toEqual([[20], [10]]);
  });

  test('repeats are not folded across a gap', () => {
    const run = [9, 8, 3, 2].map((seq) => happened(seq, 'kept', 'on', 'on'));
    expect(shape([], 99, run)).toEqual([[9, 8, 3, 2]]);
    expect(shape([gap(4, 7)], 99, run)).toEqual([[9, 8], '4-7', [3, 2]]);
  });

  test('the previous state is unknown after a gap, and known elsewhere', () => {
    const unsure = (gaps: readonly ApiGap[]) =>
      historyRows(story, gaps, 99).flatMap((row) => (row.is === 'gap' ? [] : [row.unsure]));
    expect(unsure([gap(11, 12)])).toEqual([true, false]);
    expect(unsure([gap(21, 22)])).toEqual([false, false]);
    // How everything stood where the history begins is known.
    expect(unsure([gap(1, 3)])).toEqual([false, false]);
    expect(unsure([gap(1, 3), gap(5, 6)])).toEqual([false, true]);
  });
});

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

test('a moment before the history begins is known as one, but not while older events load or are left out', () => {
  const all = {
    ...{ floor: 0, from: 1, to: 9, firstAt: 7000, lastAt: 9000, gaps: [], complete: true, rows: 9 },
  };
  expect(nothingBefore({ seq: 0 }, all, { first: 1 })).toMatch(
    /^Nothing is recorded before .*:07\.$/,
  );
  expect(nothingBefore({ seq: 66 }, { ...all, from: 67 }, { first: 67 })).toMatch(
    /^Nothing is recorded before .*:07\.$/,
  );
  expect(nothingBefore({ seq: 1 }, all, { first: 1 })).toBeNull();
  expect(nothingBefore({ seq: 4 }, { ...all, from: 5 }, { first: 1 })).toBeNull();
  expect(nothingBefore({ seq: 0 }, { ...all, complete: false }, { first: 1 })).toBeNull();
});
