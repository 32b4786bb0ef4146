import { versions } from 'node:process';
import { collectDefaultMetrics, Registry } from '@prometheus-io/client';
import type { MonotonicTime } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics, ViewOwner } from '../../ports/metrics.ts';
import { registerMetrics } from './metric-definitions.ts';

/** Counters start at 0 with all labels; else a rate misses their first increment. */
const initialLabels = {
  leases: ['run', 'seat'],
  outcomes: ['acknowledged', 'refused', 'unanswered'],
  suspicions: ['silent', 'unreachable'],
  writes: ['suspect', 'expire', 'remove', 'end-hold', 'end-drain'],
  removals: ['owner-expired', 'superseded', 'orphan'],
  views: ['collector', 'directory', 'leases'],
} as const;

/**
 * Registers the metrics of Rollcall in a Prometheus registry and updates them. Converts milliseconds to
 * seconds. The age of a view is computed at each scrape.
 */
export function prometheusMetrics(
  registry: Registry,
  clock: Pick<Clock, 'monotonic'>,
  version?: string,
): Metrics {
  const lastHeard = new Map<ViewOwner, MonotonicTime>();
  const metrics = registerMetrics(registry, function* ages() {
    for (const [view, heardAt] of lastHeard) yield [view, (clock.monotonic() - heardAt) / 1000];
  });
  if (version !== undefined) metrics.buildInfo.set({ version, node: versions.node }, 1);
  for (const lease of initialLabels.leases) {
    for (const outcome of initialLabels.outcomes) metrics.renewals.inc({ lease, outcome }, 0);
    metrics.lapses.inc({ lease }, 0);
  }
  for (const reason of initialLabels.suspicions) metrics.suspicions.inc({ reason }, 0);
  for (const write of initialLabels.writes) metrics.conflicts.inc({ write }, 0);
  for (const reason of initialLabels.removals) metrics.removals.inc({ reason }, 0);
  for (const view of initialLabels.views) metrics.corrections.inc({ view }, 0);
  const { brake } = metrics;
  const resetBrakes = () => {
    for (const gauge of Object.values(brake)) gauge.reset();
  };
  const resetLosses = () => {
    for (const gauge of Object.values(metrics.lost)) gauge.reset();
  };
  return {
    renewed(lease, late) {
      metrics.renewals.inc({ lease, outcome: 'acknowledged' });
      metrics.lateness.observe({ lease }, late / 1000);
    },
    renewalFailed: (lease, outcome) => metrics.renewals.inc({ lease, outcome }),
    lapsed: (lease) => metrics.lapses.inc({ lease }),
    suspected(reason, after) {
      metrics.suspicions.inc({ reason });
      if (after !== undefined) metrics.detection.observe({ reason }, after / 1000);
    },
    refuted: () => metrics.refutations.inc(),
    expired: () => metrics.expiries.inc(),
    conflictAvoided: (write) => metrics.conflicts.inc({ write }),
    removed: (reason, instances) => metrics.removals.inc({ reason }, instances),
    swept: (duration) => metrics.sweeps.observe(duration / 1000),
    viewHeard: (view) => void lastHeard.set(view, clock.monotonic()),
    viewCorrected: (view, entries) => metrics.corrections.inc({ view }, entries),
    viewLeftOut: (view, records) => metrics.viewLeftOut.set({ view }, records),
    viewClosed: (view) => void lastHeard.delete(view),
    seated(isSeated) {
      metrics.seat.set(isSeated ? 1 : 0);
      if (isSeated) return;
      resetBrakes();
      resetLosses();
    },
    doorAnswered: (door, outcome) => metrics.answers.inc({ door, outcome }),
    doorRows: (door, service, rows) => metrics.doorRows.set({ door, service }, rows),
    slots(backend, byState) {
      for (const state of ['ready', 'draining', 'free', 'emptied', 'operator'])
        metrics.slots.set({ backend, state }, byState.get(state)?.length ?? 0);
    },
    rowLeftOut: (door, why) => metrics.leftOut.inc({ door, why }),
    serviceKept: (service, isKept) => metrics.kept.set({ service }, isKept ? 1 : 0),
    anchored: (seq) => metrics.anchored.set(seq),
    instancesFile: (since = 0) => metrics.instancesFileInvalid.set(since / 1000),
    listenFailed: (endpoint) => metrics.listenFailures.inc({ endpoint }),
    clockOffset: (ahead) => metrics.clockOffset.set(ahead / 1000),
    connection({ isUp, isLoginRefused, loginExpires = 0 }) {
      metrics.connected.set(isUp ? 1 : 0);
      metrics.loginRefused.set(isLoginRefused ? 1 : 0);
      metrics.loginExpiry.set(loginExpires / 1000);
    },
    blind: (isBlind) => metrics.blind.set(isBlind ? 1 : 0),
    commitsRefused: (isRefused) => metrics.commitsRefused.set(isRefused ? 1 : 0),
    writePaused: () => metrics.writePauses.inc(),
    brakes(zones) {
      resetBrakes();
      for (const { zone, on, seen, suspect, heldBack } of zones) {
        brake.on.set({ zone }, on ? 1 : 0);
        brake.seen.set({ zone }, seen);
        brake.suspect.set({ zone }, suspect);
        brake.heldBack.set({ zone }, heldBack);
      }
    },
    lost(zones) {
      resetLosses();
      for (const { zone, agents, services } of zones) {
        metrics.lost.agents.set({ zone }, agents);
        for (const [service, lost] of services) metrics.lost.instances.set({ zone, service }, lost);
      }
    },
    heartbeats: (messages) => metrics.heartbeats.inc(messages),
  };
}

/** A registry with the metrics of this process: CPU, memory, event loop lag. */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
