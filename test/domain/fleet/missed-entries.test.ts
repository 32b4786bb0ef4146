import { expect, test } from 'vitest';
import { missedEntries } from '../../../src/domain/fleet/missed-entries.ts';

const at = (key: string, revision: number, text: string | undefined = '{}') => ({
  key,
  revision,
  text,
});
const view = (upTo: number, revisions: Record<string, number>) => ({
  revisions: new Map(Object.entries(revisions)),
  upTo,
});
const registry = { lapses: false };

test('later writes, creations and removals explain a difference', () => {
  const snapshot = { entries: [at('a', 1), at('b', 12), at('new', 13)], removals: [at('c', 14)] };
  expect(missedEntries(view(10, { a: 1, b: 2, c: 3 }), snapshot, registry)).toEqual([]);
});

test('an entry that the watch passed without it is missed', () => {
  const snapshot = { entries: [at('a', 1), at('b', 5)], removals: [] };
  expect(missedEntries(view(10, { a: 1 }), snapshot, registry)).toEqual(['b']);
});

test('an entry at an earlier revision than in the view is missed', () => {
  const snapshot = { entries: [at('a', 1)], removals: [] };
  expect(missedEntries(view(10, { a: 7 }), snapshot, registry)).toEqual(['a']);
});

test('an entry that is gone without a later tombstone is missed', () => {
  const snapshot = { entries: [], removals: [at('b', 4, undefined)] };
  expect(missedEntries(view(10, { a: 7, b: 3 }), snapshot, registry)).toEqual(['a', 'b']);
});

test('a lease that is gone has lapsed, and is not missed', () => {
  expect(missedEntries(view(10, { a: 7 }), { entries: [] }, { lapses: true })).toEqual([]);
});
