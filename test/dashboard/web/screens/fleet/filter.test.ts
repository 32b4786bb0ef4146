import { expect, test } from 'vitest';
import { counted, instance, present, rollOf, run } from '../../support/sample-fleet.ts';

const fleet = rollOf([
  { entity: run('well'), state: present('live') },
  { entity: instance('well', 'w1'), state: 'serving' },
  { entity: run('mixed'), state: present('live'), note: { zone: 'ams' } },
  { entity: instance('mixed', 'w2'), state: 'serving', note: { labels: 'tier=gold' } },
  { entity: instance('mixed', 'w3'), state: 'failing', note: { labels: 'tier=tin' } },
  { entity: run('silent'), state: present('live', 'suspect') },
  { entity: instance('silent', 'w4'), state: 'serving' },
  { entity: run('dead'), state: 'gone' },
  { entity: instance('dead', 'w5'), state: 'removed', note: { why: 'owner-expired' } },
]);
const found = (text: string) =>
  counted(fleet, { text })
    .groups.first(9)
    .map(({ name }) => name);

test.each([
  ['-state:live', ['dead', 'mixed', 'silent']],
  ['state:failing,suspect', ['mixed', 'silent']],
  ['-state:live,failing,gone,lost', ['silent']],
  ['state:lost', ['dead']],
  ['-zone:ams', ['dead', 'silent', 'well']],
  ['-service:web', []],
  ['state:not-there', []],
  ['state:failing or state:suspect', []],
])('the filter %s shows agents that match, or have an instance that does', (text, names) => {
  expect(found(text)).toEqual(names);
});

test('words of a filter match the same instance, not one each', () => {
  expect(found('state:failing label.tier=tin')).toEqual(['mixed']);
  expect(found('state:failing label.tier=gold')).toEqual([]);
  expect(found('state:failing w2')).toEqual([]);
  expect(found('state:suspect w4')).toEqual(['silent']);
});

test('a filter counts the instances that it finds, and the lost ones apart', () => {
  const { found } = counted(fleet, { text: '-state:live' });
  expect(found).toEqual({ found: 2, all: 4, lost: 1 });
  expect(counted(fleet, { text: 'zone:ams' }).found).toEqual({ found: 2, all: 4, lost: 0 });
});
