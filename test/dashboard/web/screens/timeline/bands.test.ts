import { expect, test } from 'vitest';
import type { ApiEntity } from '../../../../../src/dashboard/api-types.ts';
import {
  bandsOf,
  concerns,
  hasBands,
  outageBands,
} from '../../../../../src/dashboard/web/screens/timeline/bands.ts';
import { brake, hold, instance, run } from '../../support/sample-fleet.ts';

const entities = [hold('h1'), brake('ams'), run('h2')];

test('a hold and a brake are bands from their beginning to their end or to the end of the range', () => {
  const bands = bandsOf(
    [
      {
        entity: 0,
        start: null,
        steps: [
          [200, 'planned', 'planned', 1],
          [400, 'released', 'released', 2],
        ],
        cut: null,
      },
      { entity: 1, start: 'released', steps: [[300, 'braked', 'tripped', 3]], cut: null },
      { entity: 2, start: 'present.phase.live+present.sight.clear', steps: [], cut: null },
    ],
    (number) => entities[number],
    { from: 100, to: 500 },
  );
  expect(bands).toEqual([
    { kind: 'hold', name: 'h1', from: 200, to: 400, of: entities[0] },
    { kind: 'brake', name: 'zone ams', from: 300, to: 500, of: entities[1] },
  ]);
  expect(entities.map(hasBands)).toEqual([true, true, false]);
});

test('a hold concerns the lanes of its host or agent, and a brake those of its zone', () => {
  const band = (of: ApiEntity) => ({ kind: '', name: '', from: 0, to: 1, of });
  const one = { ...hold('h1'), agent: 'a' } as ApiEntity;
  const over = (of: ApiEntity, ...all: ApiEntity[]) => concerns(band(of), all, new Set(['ams']));
  expect(over(hold('h1'), run('h1', 'b'))).toBe(true);
  expect(over(hold('h1'), instance('h2', 'w'), instance('h1', 'w'))).toBe(true);
  expect(over(hold('h1'), run('h2'))).toBe(false);
  expect(over(one, run('h1', 'a'))).toBe(true);
  expect(over(one, run('h1', 'b'))).toBe(false);
  expect(over(brake('ams'), run('h2'))).toBe(true);
  expect(over(brake('fra'), run('h2'))).toBe(false);
});

test('the times without an answer of the store are bands, also the present one, as far as they are in the range', () => {
  const outages = [[10, 20], [90, 120], [450]] as const;
  const band = { kind: 'outage', name: 'no answer from NATS' };
  expect(outageBands(outages, { from: 100, to: 600 })).toEqual([
    { ...band, from: 100, to: 120 },
    { ...band, from: 450, to: 600 },
  ]);
});
