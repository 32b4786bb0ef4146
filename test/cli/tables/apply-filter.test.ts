import { expect, test } from 'vitest';
import { filterRows } from '../../../src/cli/tables/apply-filter.ts';
import { instanceRow } from '../support/sample-rows.ts';

const rows = [
  instanceRow({ id: 'w1', labels: { zone: 'a' } }),
  instanceRow({ id: 'w2', host: 'db-1', state: 'dubious', reason: 'silent' }),
];
const ids = (text: string, fields = ['service', 'host', 'agent', 'state']) =>
  filterRows(rows, text, fields).map(({ id }) => id);

test.each([
  ['', ['w1', 'w2']],
  ['state:dubious', ['w2']],
  ['host:db-* state:live', []],
  ['zone=a', ['w1']],
  ['silent', ['w2']],
  ['service:web', ['w1', 'w2']],
])('the words of a filter select rows of a list: %s', (text, expected) => {
  expect(ids(text)).toEqual(expected);
});

test('a field that a list does not have is refused instead of matching nothing', () => {
  for (const text of ['zone:a', 'sate:live']) expect(() => ids(text)).toThrow(text);
  expect(() => ids('service:web', ['host', 'state'])).toThrow('service:web');
});
