import { expect, it } from 'vitest';
import { readPin, writePin } from '../../../../src/dashboard/web/format/pin.ts';
import { changedRoute, readRoute, writeRoute } from '../../../../src/dashboard/web/state/route.ts';

it('a pinned moment keeps the time that the page showed, not that of the last change before it', () => {
  expect(readPin(writePin(12, 1_764_464_420_000.7))).toEqual({ seq: 12, at: 1_764_464_420_000 });
  expect(readPin('12')).toEqual({ seq: 12, at: undefined });
  for (const text of ['', undefined, 'x', '1@', '1@x']) expect(readPin(text)).toBeUndefined();
});

it('a pinned moment stays when the screen changes, until it is unpinned', () => {
  const fleet = readRoute('#/fleet?f=x&b=12@5000');
  const timeline = changedRoute(fleet, { screen: 'timeline', params: { sel: 'agent:h/a' } });
  expect(timeline.params).toEqual({ sel: 'agent:h/a', b: '12@5000' });
  expect(readRoute(writeRoute(timeline))).toEqual(timeline);
  expect(writeRoute(changedRoute(timeline, { params: { b: '' } }))).toBe('#/timeline');
});
