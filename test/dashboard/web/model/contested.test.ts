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

  test('is counted as dubious, also as contested, as a filter finds it, and needs attention', () => {
    const fleet = rollOf([
      ...live('h1', 1),
      ...live('h2', 2),
      { entity: run('h3'), state: present('live', 'suspect') },
      { entity: instance('h3', 'w3'), state: 'serving', origin: [3, 3000] },
    ]);
    const { instances, contested: some, issues } = counted(fleet);
    expect(Object.fromEntries(instances)).toMatchObject({ live: 1, dubious: 2 });
    expect(some).toBe(1);
    for (const [text, found] of [
      ['state:dubious', 2],
      ['state:contested', 1],
      ['-state:live', 2],
    ] as const)
      expect([text, counted(fleet, { text }).found]).toEqual([text, { found, all: 3, lost: 0 }]);
    expect(issues.first(9).filter(({ status }) => status === 'contested')).toMatchObject([
      { title: 'web/w1', reason: 'registered later by h2/a', since: 2000 },
    ]);
    // A filter chooses agents. The counts of instances are those of the whole fleet.
    expect(counted(fleet, { text: 'h2' })).toMatchObject({ instances, contested: 1 });
  });

  test('names the agents that registered several later', () => {
    const two = (host: string, seq: number, ...ids: readonly string[]): Given[] => [
      { entity: run(host), state: present('live') },
      ...ids.map((id): Given => {
        return { entity: instance(host, id), state: 'serving', origin: [seq, seq * 1000] };
      }),
    ];
    const fleet = rollOf([...two('h1', 1, 'w1', 'w2'), ...two('h2', 2, 'w1', 'w2')]);
    const reasons = () =>
      counted(fleet)
        .issues.first(9)
        .map(({ reason }) => reason);
    expect(reasons()).toEqual(['2 instances registered later by h2/a']);
    tell(fleet, two('h3', 3, 'w2'));
    expect(reasons()).toContain('2 instances registered later by 2 other agents');
  });

  test('has a glyph that no other state has', () => {
    expect(colorClassOf('contested')).toBe('contested');
    for (const status of [...runStatuses, 'failing', 'draining', 'planned', 'braked', 'x'])
      expect(glyphOf(status)).not.toBe(glyphOf('contested'));
  });
});
