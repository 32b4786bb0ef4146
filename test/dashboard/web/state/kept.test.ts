import { expect, test } from 'vitest';
import {
  changedRoute,
  kept,
  readRoute,
  writeRoute,
} from '../../../../src/dashboard/web/state/route.ts';

const gone = (from: string, to: 'services' | 'gc' | 'entity' | 'fleet') => {
  const route = readRoute(from);
  return writeRoute(changedRoute(route, { screen: to, params: kept(route, to) }));
};

test('the filter and the selection stay when the screen changes, and other parameters do not', () => {
  const fleet = '#/fleet?at=seq:9&f=zone:ams -state:live&sel=host/h1&group=zone';
  expect(gone(fleet, 'services')).toBe('#/services?at=seq:9&sel=host/h1&f=zone:ams+-state:live');
  expect(gone(gone(fleet, 'gc'), 'fleet')).toContain('f=zone:ams');
});

test('the filter of an entity’s events is its own', () => {
  expect(gone('#/fleet?f=zone:ams', 'entity')).toBe('#/entity');
  expect(gone('#/entity?f=suspected', 'fleet')).toBe('#/fleet');
});
