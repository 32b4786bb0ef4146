import { describe, expect, test } from 'vitest';
import type { FleetModel } from '../../../../src/dashboard/web/model/fleet-model.ts';
import {
  colorClassOf,
  glyphOf,
  runStatuses,
} from '../../../../src/dashboard/web/model/state-styles.ts';
import {
  counted,
  type Given,
  instance,
  present,
  rollOf,
  run,
  tell,
} from '../support/sample-fleet.ts';

const live = (host: string, seq: number): Given[] => [
  { entity: run(host), state: present('live') },
  { entity: instance(host, 'w1'), state: 'serving', origin: [seq, seq * 1000] },
];

const hostOf = (entity: object): unknown => ('host' in entity ? entity.host : undefined);
const contested = (fleet: FleetModel): readonly unknown[] =>
  fleet
    .slots()
    .flatMap(({ instances, host }) =>
      instances.flatMap(({ reason }) => (reason === 'contested' ? [host] : [])),
    );

describe('a name that two agents registered', () => {
  test.each([
    [1, 2, 'h1'],
    [8, 2, 'h2'],
  ])('is contested for the earlier registration (%i, %i)', (first, second, earlier) => {
    const fleet = rollOf([...live('h1', first), ...live('h2', second)]);
    expect(contested(fleet)).toEqual([earlier]);
    const [one] = fleet.named('web', 'w1').filter(({ reason }) => reason === 'contested');
    expect(one?.since).toBe(Math.max(first, second) * 1000);
    expect(hostOf(one?.active?.entity ?? {})).toBe(earlier === 'h1' ? 'h2' : 'h1');
  });

  test('returns to the earlier registration after the owner of the later one expired', () => {
    const fleet = rollOf([...live('h1', 1), ...live('h2', 2)]);
    tell(fleet, [{ entity: run('h2'), state: present('live', 'suspect') }]);
    expect(contested(fleet)).toEqual(['h1']);
    tell(fleet, [{ entity: run('h2'), state: 'expired' }]);
    expect(contested(fleet)).toEqual(['h2']);
  });

  test('is contested only while both registrations exist', () => {
    const fleet = rollOf(live('h1', 1));
    expect(contested(fleet)).toEqual([]);
    tell(fleet, live('h2', 2));
    expect(contested(fleet)).toEqual(['h1']);
    tell(fleet, [{ entity: instance('h2', 'w1'), state: 'removed' }]);
    expect(contested(fleet)).toEqual([]);
  });

  test('is counted as contested, not as live, and needs attention', () => {
    const fleet = rollOf([...live('h1', 1), ...live('h2', 2)]);
    const { instances, issues } = counted(fleet);
    expect(Object.fromEntries(instances)).toMatchObject({ live: 1, contested: 1, dubious: 0 });
    expect(issues.first(9)).toMatchObject([{ status: 'contested', title: 'web/w1', since: 2000 }]);
    const later = Object.fromEntries(counted(fleet, { text: 'h2' }).instances);
    // A filter chooses agents. The counts of instances are those of the whole fleet.
    expect(later).toMatchObject({ live: 1, contested: 1 });
  });

  test('has a glyph that no other state has', () => {
    expect(colorClassOf('contested')).toBe('contested');
    for (const status of [...runStatuses, 'failing', 'draining', 'planned', 'braked', 'x'])
      expect(glyphOf(status)).not.toBe(glyphOf('contested'));
  });
});
