import { expect, test } from 'vitest';
import { matchesRow, parseRowFilter } from '../../../src/domain/filter/row-filter.ts';

const row = {
  ...{ host: ['Db-1'], agent: ['pg'], zone: ['ams'], state: ['suspect', 'silent'] },
  service: ['db'],
  label: ['tier=Gold', 'rev=a=b', 'list=x,y'],
  text: () => 'db-1/pg ams suspect db/main',
};

test.each([
  ['', true],
  ['MAIN ams', true],
  ['main fra', false],
  ['state:suspect', true],
  ['state:silent zone:ams', true],
  ['state:sus', false],
  ['state:dead', false],
  ['-state:dead', false],
  ['state:susp*,dead', false],
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
  ['state:live,suspect', true],
  ['state:live,failing', false],
  ['zone:ams,', true],
  ['host:web-*,db-*', true],
  ['main,other ams', true],
  ['label.tier=silver,gold', true],
  ['label.list=x,y', true],
  ['-state:live', true],
  ['-state:suspect', false],
  ['-state:live,silent', false],
  ['-host:db-* ams', false],
  ['-service:web', true],
  ['-label.tier=silver', true],
  ['-label.tier=*', false],
  ['-web', true],
  ['-main', false],
  ['-', false],
  ['-name-of-no-one', true],
  ['state:', false],
  ['-state:', false],
])('the filter %j matches: %j', (text, matches) => {
  expect(matchesRow(parseRowFilter(text), row)).toBe(matches);
});

test('a filter names the words whose field does not exist', () => {
  expect(parseRowFilter('web stat:live -colour:red').wrong).toEqual(['stat:live', '-colour:red']);
});

test.each([
  ['state:suspect or state:live', 'or'],
  ['not state:live', 'not'],
  ['host:a AND zone:b', 'and'],
  ['state!=live', 'state!=live'],
  ['!state:live', '!state:live'],
  ['zone:a || zone:b', '||'],
  ['- state:live', '-'],
  ['state=live', 'state=live'],
  ['label.tier!=gold', 'label.tier!=gold'],
  ['state:live,dead', 'state:live,dead'],
  ['(zone:a', '(zone:a'],
  ['state:', 'state:'],
])('the filter %j has a word that cannot be read: %j', (text, word) => {
  const filter = parseRowFilter(text);
  expect(filter.wrong).toEqual([word]);
  expect(matchesRow(filter, row)).toBe(false);
});
