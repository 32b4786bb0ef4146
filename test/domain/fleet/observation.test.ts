import { expect, test } from 'vitest';
import { pastObservation, seatTtl } from '../../../src/domain/fleet/observation.ts';

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
