import { describe, expect, test } from 'vitest';
import type { ApiEntity, ApiHello, ApiPage } from '../../../../src/dashboard/api-types.ts';
import { TransitionLog } from '../../../../src/dashboard/history/transition-log.ts';
import { lanes } from '../../../../src/dashboard/history/transition-queries.ts';
import { FleetModel } from '../../../../src/dashboard/web/model/fleet-model.ts';
import type { Connection } from '../../../../src/dashboard/web/protocol/worker-messages.ts';
import { Cursor } from '../../../../src/dashboard/web/state/cursor.ts';
import { TabCursor } from '../../../../src/dashboard/web/worker/tab-cursor.ts';
import { seatTtl } from '../../../../src/domain/fleet/observation.ts';
import { AgentName, HostId, RunId } from '../../../../src/domain/identity/names.ts';
import { counted, instance, present, run, tell } from '../support/sample-fleet.ts';

const collector: ApiEntity = {
  entity: 'collector',
  host: HostId.parse('ops'),
  agent: AgentName.parse('c'),
  run: RunId.parse('collector001'),
};

/** An agent with an instance; with a collector, its seat comes first. One event a second. */
const pageOf = (...collectors: ApiEntity[]): ApiPage => {
  const entities = [...collectors, run('h'), instance('h', 'w1')];
  const states = [...collectors.map(() => 'seated.watching'), present('live'), 'serving'];
  const types = [...collectors.map(() => 'sighted'), 'started', 'registered'];
  const words = [...states, ...types];
  const rows = entities.map(
    (_, n) => [n + 1, (n + 1) * 1000, n, states.length + n, n, 0, []] as const,
  );
  return { from: 1, to: rows.length, entities, words, rows, notes: [], gaps: [] };
};

const hello: ApiHello = {
  ...{ version: '1', name: 'x', mode: 'live', first: 1, last: 2, firstAt: 0, lastAt: 2000 },
  ...{ now: 5000, actions: false, charts: {} },
};
const linkOf = (
  seats: readonly string[] | null,
  now = 5000,
  mode: ApiHello['mode'] = 'live',
  seatSeen: Readonly<Record<string, number>> = {},
) =>
  ({
    ...{ state: 'live', hello: { ...hello, mode }, markAt: 0, brokenSince: null, attempt: 0 },
    mark: { head: 2, headAt: 2000, now, storeAwaySince: null, outages: [], seats, seatSeen },
    ...{ retryAt: null, why: null, skew: 0 },
  }) satisfies Connection;

function open(page: ApiPage) {
  const log = new TransitionLog();
  log.append(page);
  log.complete();
  const cursor = new Cursor();
  const worker = new TabCursor(log, (message) => cursor.onMessage(message));
  worker.sendChanges();
  return {
    cursor,
    log,
    seek: (at: number | 'head') => worker.onMessage(cursor.seek(at)),
    mark: (seats: readonly string[] | null, now = 5000) => {
      log.seatsSeen(seats ?? [], now);
      cursor.onMessage({ is: 'connection', connection: linkOf(seats, now) });
      worker.seatsSeen();
    },
    goTo: (at: number) => worker.onMessage(cursor.goTo(at)),
    statuses: () =>
      cursor.fleet.slots().flatMap(({ status, instances }) => [status, instances[0]?.status]),
  };
}

test('the page notices when the older events are loaded', () => {
  const log = new TransitionLog();
  log.append(pageOf(collector));
  const cursor = new Cursor();
  const worker = new TabCursor(log, (message) => cursor.onMessage(message));
  worker.sendChanges();
  const { version } = cursor;
  expect(cursor.fleet.isLoading).toBe(true);
  log.complete();
  worker.sendChanges();
  expect([cursor.fleet.isLoading, cursor.version]).toEqual([false, version + 1]);
});

describe('the lane of a live instance', () => {
  const lapses = (log: TransitionLog) =>
    lanes(log, { ask: 'lanes', entities: [2], from: 0, to: 60_000 }).flatMap(({ steps }) =>
      steps.flatMap(([at, state, type]) => (type === 'seat lapsed' ? [[at, state]] : [])),
    );

  test('does not end with the last sign of its collector, and is unverified once that is gone', () => {
    const { log, mark } = open(pageOf(collector));
    mark([collector.run], 40_000);
    expect(lapses(log)).toEqual([]);
    mark([], 50_000);
    expect(lapses(log)).toEqual([[40_001, 'unverified']]);
  });

  test('is live since the suspicion of its agent ended', () => {
    const fleet = new FleetModel();
    const agent = run('h');
    tell(fleet, [
      { entity: agent, state: present('live'), since: 9000, origin: [2, 7000] },
      { entity: instance('h', 'w1'), state: 'serving', since: 1000 },
      { entity: run('i'), state: present('live'), since: 9000 },
      { entity: instance('i', 'w2'), state: 'serving', since: 1000 },
    ]);
    fleet.setObservation('observed');
    expect(fleet.slots().map(({ instances }) => instances[0]?.unbrokenSince)).toEqual([9000, 1000]);
  });
});

describe('an agent and no collector', () => {
  test('is dubious with its instances, as ps shows it, and needs attention', () => {
    const { cursor, mark, statuses } = open(pageOf());
    mark([]);
    expect(statuses()).toEqual(['dubious', 'dubious']);
    expect(cursor.fleet.slots()[0]?.instances).toMatchObject([{ reason: 'unobserved' }]);
    expect(counted(cursor.fleet).issues.first(9)).toMatchObject([
      { status: 'dubious', key: 'unobserved' },
    ]);
  });

  test('is dubious in the past too', () => {
    const { seek, mark, statuses } = open(pageOf());
    mark([]);
    seek(2);
    expect(statuses()).toEqual(['dubious', 'dubious']);
  });
});

describe('a collector that is killed', () => {
  test('leaves the fleet unobserved when its seat has lapsed', () => {
    const { mark, statuses } = open(pageOf(collector));
    mark([collector.run]);
    expect(statuses()).toEqual(['live', 'live']);
    mark([]);
    expect(statuses()).toEqual(['dubious', 'dubious']);
  });

  test('needs attention since its seat was last seen; if nobody saw that, since an unknown time', () => {
    const { cursor } = open(pageOf(collector));
    const sinceOf = (seatSeen: Readonly<Record<string, number>>) => {
      const connection = linkOf([], 700_000, 'live', seatSeen);
      cursor.onMessage({ is: 'connection', connection });
      return counted(cursor.fleet).issues.first(1)[0]?.since;
    };
    expect(sinceOf({})).toBeNull();
    expect(sinceOf({ [collector.run]: 690_000, other0000001: 5000 })).toBe(690_000);
  });

  test('is known to have observed the past while it was last seen with its seat', () => {
    const { cursor, mark, seek, statuses } = open(pageOf(collector));
    mark([collector.run], 600_000);
    mark([], 700_000);
    seek(3);
    expect(statuses()).toEqual(['live', 'live']);
    expect(cursor.fleet.controls.collectors()).toMatchObject([
      { hasSeat: true, lastActAt: 600_000 - seatTtl },
    ]);
  });
});

test('a moment after the last reading of the seats is known with the next one', () => {
  const { goTo, mark, statuses } = open(pageOf(collector));
  mark([collector.run], 600_000);
  goTo(600_500);
  expect(statuses()).toEqual(['unverified', 'unverified']);
  mark([collector.run], 601_000);
  expect(statuses()).toEqual(['live', 'live']);
});

test('the last seats that are known stay if one reading of them fails', () => {
  const { mark, statuses } = open(pageOf(collector));
  mark([collector.run]);
  mark(null);
  expect(statuses()).toEqual(['live', 'live']);
});

test.each([
  ['the store', { mark: { ...linkOf([collector.run]).mark, storeAwaySince: 4000 } }],
  [
    'the store, and its last seats are not known,',
    { mark: { ...linkOf(null).mark, storeAwaySince: 4000 } },
  ],
  ['the dashboard server', { state: 'broken' }],
] as const)(
  'while %s does not answer, the present is unverified, and the past is as before',
  (_, change) => {
    const { cursor, mark, seek, statuses } = open(pageOf(collector));
    mark([collector.run], 600_000);
    cursor.onMessage({ is: 'connection', connection: { ...linkOf([collector.run]), ...change } });
    expect(statuses()).toEqual(['unverified', 'unverified']);
    seek(3);
    expect(statuses()).toEqual(['live', 'live']);
    seek('head');
    mark([collector.run], 601_000);
    expect(statuses()).toEqual(['live', 'live']);
  },
);

test('a recording that ends long after the last act of its collector is unverified at its end', () => {
  const page = pageOf(collector);
  const [first, ...rest] = page.rows;
  const late = rest.map(([seq, at, ...more]) => [seq, at + seatTtl, ...more] as const);
  const { cursor, statuses } = open({ ...page, rows: first ? [first, ...late] : [] });
  cursor.onMessage({ is: 'connection', connection: linkOf(null, 5000, 'recording') });
  expect(statuses()).toEqual(['unverified', 'unverified']);
});
