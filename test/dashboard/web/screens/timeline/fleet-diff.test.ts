import { expect, test } from 'vitest';
import type { ApiEntity } from '../../../../../src/dashboard/api-types.ts';
import type { Difference } from '../../../../../src/dashboard/history/query-types.ts';
import { runQuery } from '../../../../../src/dashboard/history/run-query.ts';
import { TransitionLog } from '../../../../../src/dashboard/history/transition-log.ts';
import { queryRange } from '../../../../../src/dashboard/web/format/time-scale.ts';
import {
  grouped,
  sectionsOf,
} from '../../../../../src/dashboard/web/screens/timeline/fleet-diff-summary.ts';
import { barsOf } from '../../../../../src/dashboard/web/widgets/state-bars.ts';
import { type Happening, pageOf } from '../../../support/sample-histories.ts';
import { drain, hold, instance, present, run } from '../../support/sample-fleet.ts';

test('the comparison lists what was lost, ended, came and changed, in this order', () => {
  const difference = (entity: number, a: string | null, b: string | null) => ({ entity, a, b });
  const all = [
    difference(0, 'live', 'suspect'),
    difference(1, null, 'live'),
    difference(2, 'live', 'left'),
    difference(3, 'live', 'gone'),
    difference(4, null, 'gone'),
    difference(5, 'live', 'expired'),
    difference(6, 'serving', 'removed'),
    difference(7, 'serving', 'removed'),
  ];
  const entities = all.map(({ entity }) => run(`h${entity}`, 'a', entity));
  // Their agents: one was lost, one left.
  entities[6] = instance('h3', 'w6', 'a', 3);
  entities[7] = instance('h2', 'w7', 'a', 2);
  expect(
    grouped(all, (number) => entities[number]).map((one) => [one.group, one.difference.entity]),
  ).toEqual([
    ['lost', 3],
    ['lost', 5],
    ['lost', 6],
    ['ended', 2],
    ['ended', 7],
    ['came', 1],
    ['changed', 0],
  ]);
});

test('the comparison lists an agent or instance that is there again under another run as restarted', () => {
  const entities = [
    ...[run('died'), instance('died', 'w'), run('died', 'a', 2), instance('died', 'w', 'a', 2)],
    ...[run('next', 'a', 3), run('next', 'a', 4), run('gone', 'a', 5), run('new', 'a', 6)],
    ...[instance('next', 'w', 'a', 3), instance('new', 'w', 'a', 6), hold('next')],
  ];
  const all = [
    ...[
      ['live', 'gone'],
      ['serving', 'removed'],
      [null, 'live'],
      [null, 'serving'],
    ],
    ...[
      ['suspect', 'superseded'],
      [null, 'live'],
      ['live', 'gone'],
      [null, 'live'],
    ],
    ...[
      ['serving', 'adopted'],
      [null, 'serving'],
      ['standing', 'over'],
    ],
  ].map(([a = null, b = null], entity) => ({ entity, a, b }));
  expect(
    grouped(all, (number) => entities[number]).map(({ group, difference: { entity, a, b } }) =>
      [group, entity, a, b].join(' '),
    ),
  ).toEqual([
    ...['lost 6 live gone', 'ended 8 serving adopted', 'ended 10 standing over'],
    ...['came 7  live', 'came 9  serving'],
    ...['restarted 2 live live', 'restarted 3 serving serving', 'restarted 5 suspect live'],
  ]);
});

test('the comparison counts what each zone lost, with the instances of an agent below it', () => {
  const entities = [instance('h10', 'w1'), run('h10'), instance('h2', 'w2'), run('h2'), run('far')];
  const all = entities.map((_, entity) => ({ entity, a: 'live', b: 'expired' }));
  const sections = sectionsOf(
    grouped(all, (number) => entities[number]),
    (number) => entities[number],
    (of) => ('host' in of && of.host.startsWith('h') ? 'ams' : ''),
  );
  expect(
    sections.map(({ counts, differences, ...rest }) => ({
      ...rest,
      counts: Object.fromEntries(counts),
      order: differences.map(({ entity }) => entity),
    })),
  ).toEqual([
    { group: 'lost', zone: 'ams', counts: { instance: 2, agent: 2 }, order: [3, 2, 1, 0] },
    { group: 'lost', zone: '', counts: { agent: 1 }, order: [4] },
  ]);
});

test('what came after the moment of the page is counted in the zone of its run', () => {
  const [here, later] = [run('h1'), run('h2', 'a', 2)];
  const event = (seq: number, entity: ApiEntity, to: string, zone?: string): Happening => ({
    ...{ seq, at: seq, entity, type: 'started', to, edges: [] },
    note: zone === undefined ? undefined : { zone },
  });
  const log = new TransitionLog();
  const all = [
    event(1, here, present('live'), 'ams'),
    event(2, later, present('registering'), 'ber'),
    event(3, later, present('live')),
    event(4, instance('h2', 'w', 'a', 2), 'serving'),
  ];
  log.append(pageOf(all, 1, 4));
  log.complete();
  const entityOf = (number: number) => log.entities.at(number);
  for (const [a, b] of [
    [1, 4],
    [4, 1],
  ] as const) {
    const differences = runQuery(log, { ask: 'between', a, b }) as Difference[];
    const sections = sectionsOf(grouped(differences, entityOf), entityOf, () => '');
    expect(sections.map(({ zone, counts }) => [zone, ...counts.keys()])).toEqual([
      ['ber', 'agent', 'instance'],
    ]);
  }
});

test('a lane that was asked for a longer time is drawn to the end of the range only', () => {
  const steps = [
    [100, 'live', 'announced', 1],
    [900, 'gone', 'removed', 2],
  ] as const;
  const lane = { entity: 0, start: null, steps, cut: null };
  expect(barsOf('run', lane, { from: 0, to: 500 })).toMatchObject({
    bars: [{ from: 100, to: 500, status: 'live' }],
    marks: [{ at: 100 }],
  });
});

test('a range that ends now is asked again only when it has grown by a few pixels', () => {
  expect(queryRange({ from: 0, to: 1_234_567 })).toEqual({ from: 0, to: 1_245_184 });
  expect(queryRange({ from: 0, to: 1_236_000 })).toEqual({ from: 0, to: 1_245_184 });
  expect(queryRange({ from: 0, to: 10 })).toEqual({ from: 0, to: 1000 });
});

test('the comparison lists what is dubious or contested since, with the words of all screens', () => {
  const event = (entity: ApiEntity, type: string, to: string) => ({ entity, type, to });
  const all = [
    event({ ...run('ops'), entity: 'collector' } as ApiEntity, 'sighted', 'seated.watching'),
    event(run('h'), 'announced', present('live')),
    event(instance('h', 'w1'), 'registered', 'serving'),
    event(instance('h', 'w2'), 'registered', 'serving'),
    event(run('i', 'a', 2), 'announced', present('live')),
    event(instance('i', 'w2', 'a', 2), 'registered', 'serving'),
    event(run('j', 'a', 3), 'announced', present('live')),
    event(instance('j', 'w3', 'a', 3), 'registered', 'serving'),
    event(run('j', 'a', 3), 'suspected', present('live', 'suspect')),
    event(hold('h'), 'planned', 'planned'),
    event(drain({ host: 'h' }), 'drained', 'draining'),
  ].map((one, n): Happening => ({ ...one, seq: n + 1, at: n + 1, edges: [], note: undefined }));
  const log = new TransitionLog();
  log.append(pageOf(all, 1, all.length));
  log.complete();
  const between = (a: number, b: number) =>
    (runQuery(log, { ask: 'between', a, b }) as Difference[]).flatMap(({ entity, a, b }) => {
      const of = log.entities.at(entity);
      return of.entity === 'instance' ? `${of.host} ${of.id}: ${a} > ${b}` : [];
    });
  expect(between(5, 6)).toEqual(['i w2: null > live', 'h w2: live > contested']);
  expect(between(6, 5)).toEqual(['i w2: live > null', 'h w2: contested > live']);
  expect(between(8, 9)).toEqual(['j w3: live > dubious']);
  expect(between(9, 10)).toEqual([]);
  expect(between(10, 11)).toEqual(['h w1: live > draining']);
});
