import { expect, test } from 'vitest';
import { matchesRow, parseRowFilter } from '../../../src/domain/fleet/row-filter.ts';

const row = {
  ...{ host: ['Db-1'], agent: ['pg'], zone: ['ams'], state: ['suspect', 'silent'] },
  service: ['db'],
  label: ['tier=Gold', 'rev=a=b'],
  text: () => 'db-1/pg ams suspect db/main',
};

test.each([
  ['', true],
  ['MAIN ams', true],
  ['main fra', false],
  ['state:suspect', true],
  ['state:silent zone:ams', true],
  ['state:sus', false],
  ['state:sus*', true],
  ['host:db-*', true],
  ['service:main', false],
  ['label.tier=gold', true],
  ['label.Tier=*', true],
  ['label.tier=g*', true],
  ['label.tier=silver', false],
  ['label.ier=gold', false],
  ['label.rev=a=b', true],
  ['label.other=*', false],
  ['stat:suspect', false],
])('the filter %j matches: %j', (text, matches) => {
  expect(matchesRow(parseRowFilter(text), row)).toBe(matches);
});

test('a filter names the words whose field does not exist', () => {
  expect(parseRowFilter('web stat:live colour:red').unknown).toEqual(['stat:live', 'colour:red']);
});
