import { describe, expect, it, test } from 'vitest';
import type { Lane } from '../../../../../src/dashboard/history/query-types.ts';
import {
  foundIn,
  matchingServices,
  servicesOf,
} from '../../../../../src/dashboard/web/model/service-table.ts';
import { lowestLive } from '../../../../../src/dashboard/web/screens/services/lowest.ts';
import { counted, type Given, instance, present, rollOf, run } from '../../support/sample-fleet.ts';

const live = present('live');
const silent = present('live', 'suspect');

const summaries = (given: readonly Given[]) => {
  const fleet = rollOf(given);
  return servicesOf(fleet.slots(), fleet).map(({ counts, ...rest }) => ({
    ...rest,
    counts: Object.fromEntries(counts),
  }));
};

const note = (zone: string) => ({ note: { zone } });

describe('a service', () => {
  it('has its instances by status and zone, and what consumers are given by each policy', () => {
    const [web] = summaries([
      { entity: run('h1'), state: live, ...note('ams') },
      { entity: instance('h1', 'w1'), state: 'serving' },
      { entity: instance('h1', 'w2'), state: 'failing' },
      { entity: run('h2'), state: silent, ...note('ber') },
      { entity: instance('h2', 'w3'), state: 'serving' },
      { entity: run('h3'), state: live, ...note('ber') },
      { entity: instance('h3', 'w4'), state: 'draining' },
    ]);
    expect({ ...web, members: [] }).toEqual({
      members: [],
      name: 'web',
      counts: { live: 1, failing: 1, dubious: 1, draining: 1 },
      contested: 0,
      zones: [
        { zone: 'ams', live: 1, all: 2 },
        { zone: 'ber', live: 0, all: 2 },
      ],
      agents: 3,
      // 1 of 3 that stay is live, fewer than half: prefer-live adds the dubious one.
      handed: { strict: 1, 'prefer-live': 2, any: 3 },
    });
  });

  it('whose name two agents registered counts the later registration once', () => {
    const [web] = summaries([
      { entity: run('h1'), state: live },
      { entity: instance('h1', 'w1'), state: 'serving', origin: [5, 1000] },
      { entity: run('h2'), state: live },
      { entity: instance('h2', 'w1'), state: 'serving', origin: [9, 2000] },
    ]);
    expect(web).toMatchObject({ counts: { live: 1, dubious: 1 }, contested: 1 });
    expect(web?.handed).toMatchObject({ any: 1 });
  });

  it('of which nothing is left is listed first, with what was lost', () => {
    const dead = { why: 'owner-expired' };
    const [first, second] = summaries([
      { entity: run('h1'), state: 'gone' },
      {
        entity: { ...instance('h1', 'd1'), service: 'db' } as never,
        state: 'removed',
        since: 3000,
        note: dead,
      },
      { entity: run('h2'), state: live },
      { entity: instance('h2', 'w1'), state: 'serving' },
    ]);
    expect(first).toMatchObject({ name: 'db', counts: { lost: 1 }, handed: { any: 0 } });
    expect(first?.members).toMatchObject([
      {
        instance: { service: 'db', id: 'd1', status: 'lost', unbrokenSince: 3000 },
        slot: { host: 'h1', agent: 'a' },
      },
    ]);
    expect(second).toMatchObject({ name: 'web', handed: { any: 1 } });
  });
});

test.each([
  ['', { web: 3, db: 1 }],
  ['we', { web: 3 }],
  ['state:failing', { web: 1 }],
  ['-state:live', { web: 2, db: 1 }],
  ['state:dubious zone:ber', { web: 1, db: 1 }],
  ['-service:web', { db: 1 }],
  ['state:suspect', {}],
  ['state:failing or state:live', {}],
])('services have the instances that match the filter %j', (text, expected) => {
  const fleet = rollOf([
    { entity: run('h1'), state: live, ...note('ams') },
    { entity: instance('h1', 'w1'), state: 'serving' },
    { entity: instance('h1', 'w2'), state: 'failing' },
    { entity: run('h2'), state: silent, ...note('ber') },
    { entity: instance('h2', 'w3'), state: 'serving' },
    { entity: { ...instance('h2', 'd1'), service: 'db' } as never, state: 'serving' },
  ]);
  const found = matchingServices(servicesOf(fleet.slots(), fleet), text);
  expect(Object.fromEntries(found.map(({ of, matching }) => [of.name, matching.length]))).toEqual(
    expected,
  );
});

test('services and the fleet count the same instances for one filter', () => {
  const fleet = rollOf([
    { entity: run('h1'), state: live, ...note('ams') },
    { entity: instance('h1', 'w1'), state: 'serving' },
    { entity: instance('h1', 'w2'), state: 'failing' },
    { entity: run('h2'), state: 'gone', ...note('ber') },
    { entity: instance('h2', 'w3'), state: 'removed', note: { why: 'owner-expired' } },
  ]);
  const all = servicesOf(fleet.slots(), fleet);
  for (const text of ['-state:live', 'zone:ams', 'state:lost', 'state:failing', 'w1', 'state:dead'])
    expect([text, foundIn(all, matchingServices(all, text))]).toEqual([
      text,
      counted(fleet, { text }).found,
    ]);
});

describe('the lowest number of live instances', () => {
  const lane = (start: string | null, ...steps: [at: number, state: string][]): Lane => ({
    entity: 0,
    start,
    steps: steps.map(([at, state]) => [at, state, '', 0] as const),
    cut: null,
  });

  it('is the first time at which the fewest were live', () => {
    const one = lane('live', [10, 'dubious'], [20, 'live'], [30, 'removed']);
    const two = lane('live', [15, 'failing'], [40, 'live']);
    expect(lowestLive([one, two], 0, 50)).toEqual({ live: 0, at: 15 });
  });

  it('is counted since its first live instance, and at no moment within a commit', () => {
    const moved = [
      lane(null, [5, 'live'], [30, 'removed']),
      lane(null, [7, 'live'], [60, 'removed']),
      lane(null, [30, 'live']),
    ];
    expect(lowestLive(moved, 0, 70)).toEqual({ live: 1, at: 5 });
    const together = [lane(null, [5, 'live']), lane(null, [5, 'live'], [40, 'removed'])];
    expect(lowestLive(together, 0, 30)).toEqual({ live: 2, at: 5 });
    expect(lowestLive(together, 0, 50)).toEqual({ live: 1, at: 40 });
    const grown = [lane('live'), lane('live'), lane('live'), lane(null, [50, 'live'])];
    expect(lowestLive(grown, 0, 60)).toEqual({ live: 3, at: 0 });
    expect(lowestLive([lane(null)], 0, 50)).toBeUndefined();
  });
});
