import { Registry } from '@prometheus-io/client';
import { describe, expect, test } from 'vitest';
import { prometheusMetrics } from '../../../src/adapters/metrics/prometheus.ts';
import type { noopMetrics } from '../../../src/ports/metrics.ts';
import { samplesIn } from './samples.ts';

/** Meters in a registry of their own, on a clock that is set by hand. */
function metered() {
  const registry = new Registry();
  const clock = { now: 1000, monotonic: () => clock.now };
  const metrics = prometheusMetrics(registry, clock);
  const samples = async () => samplesIn(await registry.metrics());
  return { registry, clock, metrics, samples };
}

describe('what Prometheus is told', () => {
  test('reads as its text format, each metric with a help and a type', async () => {
    const { registry, samples } = metered();
    const text = await registry.metrics();
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      expect(text).toContain(`# HELP ${name} `);
      expect(text).toMatch(new RegExp(`# TYPE ${name} (counter|gauge|histogram)`));
    }
    expect((await samples()).size).toBeGreaterThan(names.length);
  });

  test('names counters as totals, and what has a unit by its base unit', () => {
    for (const { name, type, help } of metered().registry.getMetricsAsArray()) {
      expect(name).toMatch(/^rollcall_[a-z_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, String(type) === 'counter']);
      if (String(type) === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(help).toMatch(/\.$/);
    }
  });

  test('counters begin at 0, so that their first step is seen', async () => {
    const samples = await metered().samples();
    expect(samples.get('rollcall_renewals_total{lease="run",outcome="refused"}')).toBe(0);
    expect(samples.get('rollcall_suspicions_total{reason="silent"}')).toBe(0);
    expect(samples.get('rollcall_conflicts_avoided_total{write="expire"}')).toBe(0);
    expect(samples.get('rollcall_instances_removed_total{reason="orphan"}')).toBe(0);
    expect(samples.get('rollcall_expiries_total')).toBe(0);
    expect(samples.get('rollcall_seat_held')).toBe(0);
  });
});

describe('each fact is counted', () => {
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
      'a renewal without an answer',
      (to) => to.renewalFailed('run', 'unanswered'),
      { 'rollcall_renewals_total{lease="run",outcome="unanswered"}': 1 },
    ],
    ['a lapse', (to) => to.lapsed('run'), { 'rollcall_lease_lapses_total{lease="run"}': 1 }],
    [
      'a suspicion, and how long it took',
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
      'a batch of removals, by how many there were',
      (to) => to.removed('owner-expired', 450),
      { 'rollcall_instances_removed_total{reason="owner-expired"}': 450 },
    ],
    ['a sweep', (to) => to.swept(2), { rollcall_sweep_duration_seconds_sum: 0.002 }],
    ['a seat', (to) => to.seated(true), { rollcall_seat_held: 1 }],
    ['heartbeats', (to) => to.heartbeats(7), { rollcall_heartbeats_received_total: 7 }],
  ])('%s', async (_, say, expected) => {
    const { metrics, samples } = metered();
    say(metrics);
    expect(Object.fromEntries(await samples())).toMatchObject(expected);
  });

  test('a suspicion of which nobody knows how long it took is counted, and not timed', async () => {
    const { metrics, samples } = metered();
    metrics.suspected('silent', undefined);
    const after = await samples();
    expect(after.get('rollcall_suspicions_total{reason="silent"}')).toBe(1);
    expect([...after.keys()].filter((key) => /detection.*_count/.test(key))).toEqual([]);
  });
});

describe('a view', () => {
  const age = 'rollcall_view_age_seconds{view="directory"}';

  test('has an age that is counted when somebody asks', async () => {
    const { clock, metrics, samples } = metered();
    expect((await samples()).get(age)).toBeUndefined();
    metrics.viewHeard('directory');
    clock.now += 2500;
    expect((await samples()).get(age)).toBe(2.5);
    metrics.viewHeard('directory');
    expect((await samples()).get(age)).toBe(0);
  });

  test('has none once it is closed, and another keeps its own', async () => {
    const { metrics, samples } = metered();
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

  test('are told by zone, with their numbers', async () => {
    const { metrics, samples } = metered();
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

  test('of a zone that is gone are gone, and all of them with the seat', async () => {
    const { metrics, samples } = metered();
    metrics.brakes([rack, none]);
    metrics.brakes([rack]);
    expect(Object.keys(await about(samples))).toHaveLength(4);
    metrics.seated(false);
    expect(await about(samples)).toEqual({});
  });

  test('of a zone with a name that needs quoting are still text of Prometheus', async () => {
    const { metrics, samples } = metered();
    metrics.brakes([{ ...rack, zone: 'a "b"\\\n' }]);
    expect((await samples()).get('rollcall_brake_on{zone="a \\"b\\"\\\\\\n"}')).toBe(1);
  });
});
