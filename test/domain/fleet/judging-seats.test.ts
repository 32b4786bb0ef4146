import { expect, test } from 'vitest';
import { judgingSeats } from '../../../src/domain/fleet/judging-seats.ts';

const holder = { v: 1, run: 'run00001', host: 'h1', agent: 'a', runs: 0 };
const seat = (value: object | string) => ({
  key: 'seat.1',
  revision: 1,
  text: typeof value === 'string' ? value : JSON.stringify(value),
});

test.each([
  ['judges', seat({ ...holder, judges: true }), 1],
  ['is blind', seat({ ...holder, judges: false }), 0],
  ['is of an older version, which does not say it', seat(holder), 1],
  ['wrote what cannot be read', seat('no json'), 1],
])('a seat whose holder %s counts as judging or not by the rule', (_, entry, count) => {
  expect(judgingSeats([entry])).toHaveLength(count);
});
