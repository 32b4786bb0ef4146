import { expect, test } from 'vitest';
import { counted, instance, present, rollOf, run } from '../../support/sample-fleet.ts';

test('the fleet is filtered by labels of the instances that are there', () => {
  const fleet = rollOf([
    { entity: run('web-1'), state: present('live') },
    {
      entity: instance('web-1', 'w1'),
      state: 'serving',
      note: { labels: 'tier=gold\nzone=a b' },
    },
    { entity: run('web-2'), state: present('live') },
    { entity: instance('web-2', 'w2'), state: 'serving', note: { labels: '' } },
  ]);
  const found = (text: string) =>
    counted(fleet, { text })
      .groups.first(9)
      .map(({ name }) => name);
  expect(found('label.tier=gold')).toEqual(['web-1']);
  expect(found('label.tier=* host:web*')).toEqual(['web-1']);
  expect(found('label.tier=silver')).toEqual([]);
  expect(found('label.gold=')).toEqual([]);
});
