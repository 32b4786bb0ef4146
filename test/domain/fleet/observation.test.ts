import { expect, test } from 'vitest';
import { pastObservation, seatTtl, watchedSince } from '../../../src/domain/fleet/observation.ts';

const at = 1_000_000;
const seated = (lastActAt: number) => ({ hasSeat: true, lastActAt });

test.each([
  ['no collector ever had a seat', [], true, 'unobserved'],
  ['the history begins later, so a seat before it is possible', [], false, 'unknown'],
  ['the collector gave its seat back', [{ hasSeat: false, lastActAt: at }], true, 'unobserved'],
  ['the collector wrote an event later', [seated(at + 1)], true, 'observed'],
  ['the collector wrote its last event one seat ttl ago', [seated(at - seatTtl)], true, 'observed'],
  [
    'it wrote its last event longer ago: it may have been killed',
    [seated(at - seatTtl - 1)],
    true,
    'unknown',
  ],
  [
    'the only collector was blind',
    [{ hasSeat: true, isBlind: true, lastActAt: at }],
    true,
    'unknown',
  ],
  ['one of two collectors is still there', [seated(0), seated(at)], true, 'observed'],
] as const)('a past moment where %s', (_, collectors, isWhole, expected) => {
  expect(pastObservation(collectors, at, isWhole)).toBe(expected);
});

const since = (watchingSince: number, lastActAt: number) => ({
  hasSeat: true,
  watchingSince,
  lastActAt,
});

test.each([
  ['no collector has a seat', [{ hasSeat: false, watchingSince: 5, lastActAt: at }], 0],
  ['it is not known since when one watches', [seated(at)], 0],
  ['two certainly watched: the one that watches longest counts', [since(5, at), since(9, at)], 5],
  ['one was killed and another one watches', [since(5, 0), since(9, at)], 9],
  ['none certainly watched', [since(5, 0), since(9, 1)], 0],
  ['the only one is blind', [{ ...since(5, at), isBlind: true }], 0],
  ['one is blind and another one watches', [{ ...since(5, at), isBlind: true }, since(9, at)], 9],
] as const)('the time since when a fleet is watched where %s', (_, collectors, expected) => {
  expect(watchedSince(collectors, at)).toBe(expected);
});
