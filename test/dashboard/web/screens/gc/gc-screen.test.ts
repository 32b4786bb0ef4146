import { describe, expect, test } from 'vitest';
import { watchingSince } from '../../../../../src/dashboard/history/status-facts.ts';
import {
  planRow,
  verdict,
  whatGoes,
} from '../../../../../src/dashboard/server/routes/plan-text.ts';
import { sweepResultText } from '../../../../../src/dashboard/server/routes/sweep-result.ts';
import { FleetModel } from '../../../../../src/dashboard/web/model/fleet-model.ts';
import {
  collectorStatus,
  watchingText,
} from '../../../../../src/dashboard/web/model/gc-pipeline.ts';
import { machineStates } from '../../../../../src/dashboard/web/screens/machines/machine-states.ts';
import { type PlanRow, planRemovals } from '../../../../../src/domain/collection/gc-plan.ts';
import type { Observation } from '../../../../../src/domain/fleet/observation.ts';
import { AgentName, HostId, RunId } from '../../../../../src/domain/identity/names.ts';
import { seconds } from '../../../../../src/domain/time.ts';
import {
  agent,
  now as at,
  fleetOf,
  grace,
  suspectFor,
} from '../../../../domain/collection/planned-rows.ts';
import { brakeEntry } from '../../../../domain/support/sample-fleet.ts';
import { openPage } from '../../../support/recorded-page.ts';
import { tell } from '../../support/sample-fleet.ts';

const now = 100_000;
const row = (agent: string, more: Partial<PlanRow>): PlanRow => ({
  ...{ kind: 'run', why: 'expired', host: 'h', agent, run: `run${agent}`, key: null, detail: null },
  ...{ instances: 2, since: 0, next: 'remove', at: now, latest: now, heldBy: null, ...more },
});

const collector = (n: number) =>
  ({
    entity: 'collector',
    host: HostId.parse('ops'),
    agent: AgentName.parse(`c${n}`),
    run: RunId.parse(`collector00${n}`),
  }) as const;

describe('the result of a sweep', () => {
  const said = (rows: readonly PlanRow[], transitions = 2, refused: string | null = null) =>
    sweepResultText({ transitions, by: 'x/y', left: { rows, at: now, refused } });
  const brake = { by: 'brake', zone: 'z', seen: 4, suspect: 3, pace: 10_000, turn: 1 } as const;

  test('is done if nothing due is left, and runs in grace are not due', () => {
    const graced = { by: 'grace', until: now + 1 } as const;
    const rows = [row('a', { next: 'expire', at: now + 1, heldBy: graced })];
    for (const left of [[], rows]) {
      expect(said(left).level).toBe('good');
      expect(said(left).text).toMatch(/^Done: swept, 2 transitions, by x\/y/);
    }
  });

  test.each([
    ['one was lost to another writer', [row('a', {})], null, /^Partly done.*removed: h\/a \(2 ins/],
    ['one was refused', [row('a', {})], 'may not', /^Partly done.*h\/a.*may not/],
    [
      'one waits for a brake',
      [row('a', { next: 'expire', heldBy: brake })],
      null,
      /held back: h\/a \(the brake of zone z: 3 of 4/,
    ],
  ] as const)('is partial if %s', (_, rows, refused, text) => {
    const { level, text: words } = said(rows, 2, refused);
    expect([level, words]).toEqual(['partly', expect.stringMatching(text)]);
    expect(said(rows, 0, refused).text).toMatch(/^Nothing done/);
  });

  test('leaves a run due to expire to a collector', () => {
    const { level, text } = said([row('a', { next: 'expire', at: now })]);
    expect([level, text]).toEqual([
      'good',
      expect.stringContaining('waiting for a collector to declare them dead: h/a'),
    ]);
  });

  test('counts long lists, and shows when the rest is unknown', () => {
    const many = Array.from({ length: 9 }, (_, n) => row(`a${n}`, {}));
    expect(said(many).text).toMatch(/h\/a2 \(2 instances and its record, 3 keys\) and 6 more\./);
    const done = { transitions: 2, by: 'x/y', left: null } as const;
    expect(sweepResultText(done).text).toContain('not known');
  });
});

test('the text of a removal names instances, record and keys', () => {
  expect(whatGoes(row('a', {}))).toBe('2 instances and its record, 3 keys');
  expect(whatGoes(row('a', { instances: 0 }))).toBe('its record, 1 key');
  expect(whatGoes(row('a', { kind: 'leftovers', instances: 1 }))).toBe('1 instance, 1 key');
});

test('a brake holds back as many runs as are in the column', () => {
  const graceOver = [1, 40, 3, 2].map((left, n) =>
    agent(`h${n}/a`, `r${n}`, suspectFor(grace + seconds(left) - seconds(10))),
  );
  const context = { now: at, seats: 1, leases: new Set<string>(), answering: new Set<string>() };
  const orphans = { ttl: seconds(15), grace };
  const { rows, brakes } = planRemovals(
    fleetOf(...graceOver, brakeEntry('default', { seen: 4, suspect: 4 })),
    { ...context, orphans },
  );
  const columns = rows.map((one) => planRow(one, brakes).column);
  // Only the grace of h1 is over. The turns of the others come later than the end of their grace.
  expect(columns).toEqual(['grace', 'held', 'grace', 'grace']);
  expect(brakes).toMatchObject([{ heldBack: 1 }]);
});

test('the headline counts the suspects of all columns, and says how many of them are held back', () => {
  const suspect = { next: 'expire', why: 'unreachable' } as const;
  const rows = [
    row('a', { ...suspect, heldBy: { by: 'grace', until: now } }),
    row('b', { ...suspect, heldBy: { by: 'hold', until: now, why: null } }),
    row('c', { next: 'suspect', why: 'lapsed' }),
  ];
  expect(verdict(rows.map((one) => planRow(one, [])))).toBe(
    '2 runs suspect · 1 of them held back · 1 without a lease · 0 being removed · 0 stuck',
  );
  expect(rows.map((one) => planRow(one, []))).toMatchObject([
    { column: 'grace', status: 'suspect', reason: 'unreachable', waits: '' },
    { column: 'held', status: 'suspect', reason: 'planned', waits: 'a hold is set' },
    { column: 'grace', status: 'lapsed', reason: '', waits: '' },
  ]);
});

test('the headline of the past counts the collectors that certainly watched', () => {
  const said = (observation: Observation, ...all: readonly (readonly [string, number])[]) => {
    const fleet = new FleetModel();
    tell(
      fleet,
      all.map(([state], n) => ({ entity: collector(n), state })),
    );
    for (const [n, [, lastActAt]] of all.entries()) fleet.controls.acts.set(n, lastActAt);
    fleet.setObservation(observation);
    return watchingText(fleet, now);
  };
  const seated = ['seated.watching', now] as const;
  const killed = ['seated.removing', 0] as const;
  expect(said('observed', seated, ['seated.blind', now], ['sleeping', now])).toBe(
    '1 collector watching',
  );
  expect(said('observed', seated, seated, killed)).toBe('at least 2 collectors watching');
  expect(said('unknown', killed)).toBe('collectors not known');
  expect(said('unobserved')).toBe('no collector');
});

test('of the present, headline, list and chart know who watches from the seats that the server read', () => {
  const fleet = new FleetModel();
  const both = [collector(0), collector(1)] as const;
  tell(
    fleet,
    both.map((entity) => ({ entity, state: 'seated.watching' })),
  );
  const mark = { head: 1, headAt: 1, now, storeAwaySince: null, outages: [], seatSeen: {} };
  const shown = () => ({
    headline: watchingText(fleet, now),
    list: fleet.controls.collectors().map((one) => collectorStatus(one, fleet, now)),
    chart: machineStates(fleet, 'collector', undefined).all.map(({ number }) => number),
  });
  fleet.setObservation('observed', { ...mark, seats: both.map(({ run }) => run) });
  const headline = '2 collectors watching';
  expect(shown()).toEqual({ headline, list: ['watching', 'watching'], chart: [0, 1] });
  // It was killed. That the other one observes the fleet is no news, and yet the screens must change.
  expect(fleet.setObservation('observed', { ...mark, seats: [both[1].run] })).toBe(true);
  expect(shown()).toEqual({
    headline: '1 collector watching',
    list: ['no seat', 'watching'],
    chart: [1],
  });
  fleet.setObservation('unobserved', { ...mark, seats: [] });
  expect(shown()).toEqual({ headline: 'no collector', list: ['no seat', 'no seat'], chart: [] });
});

test('a collector watches since it saw, through its removals and those of the past', async () => {
  const { events, cursor, seek } = await openPage('killed');
  const of = (type: string) =>
    events.filter(({ event }) => event.of.entity === 'collector' && event.event.type === type);
  const [sighted] = of('sighted');
  const [begun, done] = [of('removal-begun'), of('removal-done')];
  expect(sighted?.storedAt).toBeLessThan(begun[0]?.storedAt ?? 0);
  for (const { seq } of [...begun, ...done]) {
    seek(seq);
    const [one] = cursor.fleet.of('collector');
    expect(one && watchingSince(one)).toBe(sighted?.storedAt);
  }
  const { seq = 0, storedAt } = events.find(({ event }) => event.of.entity === 'collector') ?? {};
  seek(seq);
  const [before] = cursor.fleet.of('collector');
  expect(before && watchingSince(before)).toBe(storedAt);
});
