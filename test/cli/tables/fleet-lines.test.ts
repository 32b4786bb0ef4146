import { describe, expect, it } from 'vitest';
import { heldWords, planCounted, planTable } from '../../../src/cli/gc/plan-table.ts';
import {
  brakeWords,
  fleetChangeDocument,
  fleetChangeLine,
  fleetDocuments,
  fleetLines,
  untilWords,
} from '../../../src/cli/tables/fleet-lines.ts';
import { zoneName } from '../../../src/cli/terminal/format-time.ts';
import { forecastBrakes } from '../../../src/domain/collection/brake-forecast.ts';
import type { PlanRow } from '../../../src/domain/collection/gc-plan.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { defaultFleetPolicy } from '../../../src/domain/policy/fleet-policy.ts';
import type { HoldRecord } from '../../../src/domain/records/schemas.ts';
import { readBrake, readHold } from '../../../src/domain/records/stored-record.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { brakeEntry, holdEntry } from '../../domain/support/sample-fleet.ts';
import { agentEntry, agentRecord } from '../../domain/support/sample-records.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const now = new Date(2026, 5, 1, 12, 0, 0).getTime();
const zone = zoneName(now);
const { io } = fakeTerminal();
const { palette } = io;

function fleetOf(silent: number, ...more: readonly ReturnType<typeof holdEntry>[]): Fleet {
  const fleet = new Fleet();
  const suspect = { reason: 'silent' as const, since: now - seconds(31) };
  const agents = Array.from({ length: 5 }, (_, n) =>
    agentEntry(n + 1, agentRecord(`h${n}/a`, `r${n}`, n < silent ? { suspect } : {})),
  );
  fleet.replace([...agents, ...more], 99);
  return fleet;
}

const holdOf = (until: number, why?: string): HoldRecord => {
  const read = readHold(holdEntry('h1/a', { until, ...(why !== undefined && { why }) }));
  if (read.kind !== 'stored') throw new Error('unreadable');
  return read.record;
};
const brakeOf = (seen: number, suspect: number) => {
  const read = readBrake(brakeEntry('r1', { seen, suspect }));
  if (read.kind !== 'stored') throw new Error('unreadable');
  return read.record;
};

describe('the lines below a view', () => {
  it('show every brake and every hold, fit the terminal and contain no control characters', () => {
    const hold = holdEntry('h9', { until: now + minutes(10), why: 'new\u001b[2J disk' });
    const lines = fleetLines(
      fleetOf(4, hold, brakeEntry('default', { seen: 5, suspect: 4 })),
      now,
      io,
    );
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    const text = lines.join(' ');
    expect(text).toContain('brake: zone default has been braked since');
    expect(text).toContain(
      `4 of 5 runs are suspect, 4 held back by the brake, one is declared dead every 10s, until about 12:00:40 ${zone} (in 40 s)`,
    );
    expect(text).toContain(
      `hold: h9 is on hold until 12:10:00 ${zone} (in 10 min): new\\x1b[2J disk`,
    );
  });

  it('are absent if there is no hold and no brake', () => {
    expect(fleetLines(fleetOf(2), now, io)).toEqual([]);
  });

  it.each([
    ['about to trip', fleetOf(3), /^zone default is about to be braked: 3 of 5 runs are suspect/],
    [
      'unreadable',
      fleetOf(1, { key: 'brake.default', revision: 7, text: '{' }),
      /is unreadable, so no run there is declared dead/,
    ],
  ])('describe a brake that is %s', (_, fleet, words) => {
    expect(forecastBrakes(fleet, now).map((one) => brakeWords(one, now))).toEqual([
      expect.stringMatching(words),
    ]);
  });

  it.each([
    [minutes(10), `until 12:10:00 ${zone} (in 10 min)`],
    [minutes(10) - 5, `until 12:09:59 ${zone} (in 10 min)`],
    [seconds(1), `until 12:00:01 ${zone} (in 1 s)`],
    [0, `until 12:00:00 ${zone} (ends at any moment)`],
  ])('give the end of a hold that has %i ms left', (left, words) => {
    expect(untilWords(now + left, now)).toBe(words);
  });
});

describe('a change of the fleet', () => {
  const line = (change: Parameters<typeof fleetChangeLine>[0]) =>
    fleetChangeLine(change, palette, now).replace(/^\d\d:\d\d:\d\d /, '');
  const policy = { ...defaultFleetPolicy, seats: 5 };

  it.each([
    [
      { of: 'hold', before: undefined, now: holdOf(now + 60_000, 'disk') },
      `h1/a is on hold until 12:01:00 ${zone} (in 1 min): disk (by operator)`,
      { event: 'hold', change: 'begun', host: 'h1', agent: 'a', why: 'disk' },
    ],
    [
      { of: 'hold', before: holdOf(now), now: undefined },
      'h1/a is no longer on hold: silence is counted again',
      { event: 'hold', change: 'ended', host: 'h1' },
    ],
    [
      { of: 'brake', before: undefined, now: brakeOf(10, 4) },
      'zone r1 is braked: 4 of 10 runs are suspect',
      { event: 'brake', change: 'begun', zone: 'r1', seen: 10, suspect: 4 },
    ],
    [
      { of: 'brake', before: brakeOf(10, 4), now: brakeOf(9, 3) },
      'zone r1 is braked: 0 declared dead so far, 3 of 9 runs were suspect',
      { event: 'brake', change: 'changed' },
    ],
    [
      { of: 'brake', before: brakeOf(10, 4), now: undefined },
      'zone r1 is no longer braked',
      { event: 'brake', change: 'ended' },
    ],
    [
      { of: 'policy', before: defaultFleetPolicy, now: policy },
      'policy: seats 3 → 5',
      { event: 'policy', change: 'changed', was: defaultFleetPolicy, policy },
    ],
  ] as const)('%j has a text and a JSON document', (change, text, document) => {
    expect(line(change)).toBe(text);
    expect(fleetChangeDocument(change, 5)).toMatchObject({ at: 5, ...document });
  });
});

it('a new watch first reports the holds, brakes and policy that exist', () => {
  const fleet = fleetOf(
    0,
    holdEntry('h9', { until: now }),
    brakeEntry('r1', { seen: 4, suspect: 2 }),
  );
  expect(fleetDocuments(fleet, 7)).toMatchObject([
    { event: 'hold', change: 'there', at: 7, host: 'h9' },
    { event: 'brake', change: 'there', at: 7, zone: 'r1' },
  ]);
});

describe('a plan as a table', () => {
  const row: PlanRow = {
    ...{ kind: 'run', why: 'silent', host: 'h1', agent: 'a', run: 'r1', key: null, detail: null },
    ...{ instances: 3, since: now - seconds(12), next: 'expire' },
    ...{ at: now + seconds(18), latest: now + seconds(18) },
    heldBy: { by: 'grace', until: now + seconds(18) },
  };
  const brake = { by: 'brake', zone: 'r1', seen: 9, suspect: 4, pace: seconds(10) } as const;
  const drawn = (...rows: readonly PlanRow[]) => planTable(rows, now, { width: 100, palette });

  it('shows the target, the reason, its age, the removal time and the obstacle', () => {
    expect(drawn(row).split('\n')[1]).toMatch(/^h1\/a +silent +12 s +3 +in 18 s +grace period$/);
  });

  it('fits the terminal however long the names are', () => {
    const long = {
      ...row,
      host: 'h'.repeat(80),
      heldBy: { ...brake, zone: 'z'.repeat(80), turn: 4 },
    };
    for (const line of drawn(long).split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it.each([
    [{ at: now, latest: now }, 'at any moment'],
    [{ at: now, latest: now + seconds(45) }, 'within 45 s'],
    [{ at: null, latest: null }, 'not yet known'],
    [{ next: 'nothing', at: null, latest: null }, 'NOT REMOVED'],
  ] as const)('shows %j as %s', (change, text) =>
    expect(drawn({ ...row, ...change })).toContain(text),
  );

  it.each([
    [{ by: 'hold', until: null, why: 'x' }, 'hold with an unreadable record'],
    [{ by: 'hold', until: now, why: 'disk' }, `hold until 12:00:00 ${zone}: disk`],
    [{ ...brake, turn: 2 }, 'brake of zone r1: turn 2, one every 10s'],
    [{ ...brake, turn: null }, 'brake of zone r1: record unreadable'],
    [{ by: 'lease-stands' }, 'valid lease'],
    [{ by: 'unobserved' }, 'no collector is active'],
  ] as const)('names the obstacle %j', (held, text) => expect(heldWords(held, now)).toBe(text));

  it('is counted by kind', () => {
    const leftovers = { ...row, kind: 'leftovers', why: 'orphan', instances: 1 } as const;
    const record = { ...row, kind: 'record', why: 'unreadable', key: 'agent.x' } as const;
    expect(planCounted([row, row, leftovers, record])).toBe(
      '2 runs with 6 instances, 1 leftover, 1 unreadable record',
    );
    expect(planCounted([])).toBe('');
  });
});
