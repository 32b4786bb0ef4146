import { Registry } from '@prometheus-io/client';
import { describe, expect, test } from 'vitest';
import { prometheusMetrics } from '../../../src/adapters/metrics/prometheus.ts';
import type { noopMetrics } from '../../../src/ports/metrics.ts';
import { samplesIn } from './samples.ts';

/** Metrics in their own registry, with a clock that the test sets. */
function testMetrics() {
  const registry = new Registry();
  const clock = { now: 1000, monotonic: () => clock.now };
  const metrics = prometheusMetrics(registry, clock);
  const samples = async () => samplesIn(await registry.metrics());
  return { registry, clock, metrics, samples };
}

describe('the metrics', () => {
  test('are in the text format of Prometheus, each with help and type', async () => {
    const { registry, samples } = testMetrics();
    const text = await registry.metrics();
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      expect(text).toContain(`# HELP ${name} `);
      expect(text).toMatch(new RegExp(`# TYPE ${name} (counter|gauge|histogram)`));
    }
    expect((await samples()).size).toBeGreaterThan(names.length);
  });

  test('have names with _total for counters and base units', () => {
    for (const { name, type, help } of testMetrics().registry.getMetricsAsArray()) {
      expect(name).toMatch(/^rollcall_[a-z_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, String(type) === 'counter']);
      if (String(type) === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(help).toMatch(/\.$/);
    }
  });

  test('include counters at 0, so that a rate sees the first increment', async () => {
    const samples = await testMetrics().samples();
    expect(samples.get('rollcall_renewals_total{lease="run",outcome="refused"}')).toBe(0);
    expect(samples.get('rollcall_suspicions_total{reason="silent"}')).toBe(0);
    expect(samples.get('rollcall_conflicts_avoided_total{write="expire"}')).toBe(0);
    expect(samples.get('rollcall_instances_removed_total{reason="orphan"}')).toBe(0);
    expect(samples.get('rollcall_expiries_total')).toBe(0);
    expect(samples.get('rollcall_seat_held')).toBe(0);
  });
});

describe('each event is counted', () => {
  test.each<[string, (metrics: typeof noopMetrics) => void, Record<string, number>]>([
    [
      'a renewal',
      (to) => to.renewed('run', 250),
      {
        'rollcall_renewals_total{lease="run",outcome="acknowledged"}': 1,
        'rollcall_renewal_lateness_seconds_sum{lease="run"}': 0.25,
        'rollcall_renewal_lateness_seconds_bucket{le="0.1",lease="run"}': 0,
        'rollcall_renewal_lateness_seconds_bucket{le="0.25",lease="run"}': 1,
      },
    ],
    [
      'a refused renewal',
      (to) => to.renewalFailed('seat', 'refused'),
      { 'rollcall_renewals_total{lease="seat",outcome="refused"}': 1 },
    ],
    [
      'an unanswered renewal',
      (to) => to.renewalFailed('run', 'unanswered'),
      { 'rollcall_renewals_total{lease="run",outcome="unanswered"}': 1 },
    ],
    [
      'a corrected view',
      (to) => to.viewCorrected?.('leases', 3),
      { 'rollcall_view_corrections_total{view="leases"}': 3 },
    ],
    ['an anchor', (to) => to.anchored?.(7), { rollcall_anchored_sequence: 7 }],
    [
      'a login that is refused',
      (to) =>
        to.connection?.({ isUp: false, isLoginRefused: true, loginExpires: 1_800_000_000_000 }),
      {
        rollcall_store_connected: 0,
        rollcall_login_refused: 1,
        rollcall_login_expiry_timestamp_seconds: 1_800_000_000,
      },
    ],
    [
      'a connection without credentials that expire',
      (to) => to.connection?.({ isUp: true, isLoginRefused: false, loginExpires: undefined }),
      { rollcall_store_connected: 1, rollcall_login_refused: 0 },
    ],
    ['a blind collector', (to) => to.blind?.(true), { rollcall_collector_blind: 1 }],
    [
      'an instances file with an error',
      (to) => to.instancesFile?.(1_700_000_000_000),
      { rollcall_instances_file_invalid_timestamp_seconds: 1_700_000_000 },
    ],
    [
      'a process whose commits are refused',
      (to) => to.commitsRefused?.(true),
      { rollcall_commits_refused: 1 },
    ],
    [
      'an instance that is written without end',
      (to) => to.writePaused?.(),
      { rollcall_write_pauses_total: 1 },
    ],
    [
      'the difference of the clocks',
      (to) => to.clockOffset?.(-2500),
      { rollcall_clock_offset_seconds: -2.5 },
    ],
    ['a lapse', (to) => to.lapsed('run'), { 'rollcall_lease_lapses_total{lease="run"}': 1 }],
    [
      'a suspicion, and its latency',
      (to) => to.suspected('silent', 15_200),
      {
        'rollcall_suspicions_total{reason="silent"}': 1,
        'rollcall_detection_latency_seconds_count{reason="silent"}': 1,
        'rollcall_detection_latency_seconds_sum{reason="silent"}': 15.2,
      },
    ],
    ['a refutation', (to) => to.refuted(), { rollcall_refutations_total: 1 }],
    ['an expiry', (to) => to.expired(), { rollcall_expiries_total: 1 }],
    [
      'a refused write',
      (to) => to.conflictAvoided('remove'),
      { 'rollcall_conflicts_avoided_total{write="remove"}': 1 },
    ],
    [
      'a batch of removals, by the number of instances',
      (to) => to.removed('owner-expired', 450),
      { 'rollcall_instances_removed_total{reason="owner-expired"}': 450 },
    ],
    ['a sweep', (to) => to.swept(2), { rollcall_sweep_duration_seconds_sum: 0.002 }],
    ['a seat', (to) => to.seated(true), { rollcall_seat_held: 1 }],
    ['heartbeats', (to) => to.heartbeats(7), { rollcall_heartbeats_received_total: 7 }],
  ])('%s', async (_, record, expected) => {
    const { metrics, samples } = testMetrics();
    record(metrics);
    expect(Object.fromEntries(await samples())).toMatchObject(expected);
  });

  test('a suspicion without a known latency is counted, but not timed', async () => {
    const { metrics, samples } = testMetrics();
    metrics.suspected('silent', undefined);
    const after = await samples();
    expect(after.get('rollcall_suspicions_total{reason="silent"}')).toBe(1);
    expect([...after.keys()].filter((key) => /detection.*_count/.test(key))).toEqual([]);
  });
});

describe('a view', () => {
  const age = 'rollcall_view_age_seconds{view="directory"}';

  test('has an age that is computed at each scrape', async () => {
    const { clock, metrics, samples } = testMetrics();
    expect((await samples()).get(age)).toBeUndefined();
    metrics.viewHeard('directory');
    clock.now += 2500;
    expect((await samples()).get(age)).toBe(2.5);
    metrics.viewHeard('directory');
    expect((await samples()).get(age)).toBe(0);
  });

  test('has no age after it is closed, and other views keep theirs', async () => {
    const { metrics, samples } = testMetrics();
    metrics.viewHeard('directory');
    metrics.viewHeard('collector');
    expect((await samples()).get(age)).toBe(0);
    metrics.viewClosed('directory');
    const after = await samples();
    expect(after.get(age)).toBeUndefined();
    expect(after.get('rollcall_view_age_seconds{view="collector"}')).toBe(0);
  });
});

describe('the brakes', () => {
  const rack = { zone: 'rack-1', on: true, seen: 10, suspect: 4, heldBack: 3 };
  const none = { zone: '', on: false, seen: 2, suspect: 0, heldBack: 0 };
  const about = async (samples: () => Promise<ReadonlyMap<string, number>>) =>
    Object.fromEntries([...(await samples())].filter(([key]) => key.includes('brake')));

  test('are reported by zone, with their numbers', async () => {
    const { metrics, samples } = testMetrics();
    metrics.brakes([rack, none]);
    expect(await about(samples)).toEqual({
      'rollcall_brake_on{zone="rack-1"}': 1,
      'rollcall_brake_runs_seen{zone="rack-1"}': 10,
      'rollcall_brake_runs_suspect{zone="rack-1"}': 4,
      'rollcall_brake_runs_held_back{zone="rack-1"}': 3,
      'rollcall_brake_on{zone=""}': 0,
      'rollcall_brake_runs_seen{zone=""}': 2,
      'rollcall_brake_runs_suspect{zone=""}': 0,
      'rollcall_brake_runs_held_back{zone=""}': 0,
    });
  });

  test('disappear with their zone, and all disappear with the seat', async () => {
    const { metrics, samples } = testMetrics();
    metrics.brakes([rack, none]);
    metrics.brakes([rack]);
    expect(Object.keys(await about(samples))).toHaveLength(4);
    metrics.seated(false);
    expect(await about(samples)).toEqual({});
  });

  test('of a zone with special characters in its name are escaped', async () => {
    const { metrics, samples } = testMetrics();
    metrics.brakes([{ ...rack, zone: 'a "b"\\\n' }]);
    expect((await samples()).get('rollcall_brake_on{zone="a \\"b\\"\\\\\\n"}')).toBe(1);
  });
});

test('losses are reported by zone and service, replace the last report, and end with the seat', async () => {
  const { metrics, samples } = testMetrics();
  const lost = async () =>
    Object.fromEntries([...(await samples())].filter(([key]) => key.includes('_lost_')));
  const services = new Map([['web', 3]]);
  metrics.lost?.([
    { zone: 'ams', agents: 2, services },
    { zone: '', agents: 1, services: new Map() },
  ]);
  expect(await lost()).toEqual({
    'rollcall_lost_agents{zone="ams"}': 2,
    'rollcall_lost_agents{zone=""}': 1,
    'rollcall_lost_instances{zone="ams",service="web"}': 3,
  });
  metrics.lost?.([{ zone: '', agents: 1, services: new Map() }]);
  expect(await lost()).toEqual({ 'rollcall_lost_agents{zone=""}': 1 });
  metrics.seated(false);
  expect(await lost()).toEqual({});
});
