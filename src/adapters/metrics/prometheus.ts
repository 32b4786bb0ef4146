import { collectDefaultMetrics, Registry } from '@prometheus-io/client';
import type { MonotonicTime } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics, ViewOwner } from '../../ports/metrics.ts';
import { registerMetrics } from './metric-definitions.ts';

/** What can be counted is there from the start, as 0: a rate over a counter's first step is lost else. */
const begins = {
  leases: ['run', 'seat'],
  outcomes: ['acknowledged', 'refused', 'unanswered'],
  suspicions: ['silent', 'unreachable'],
  writes: ['suspect', 'expire', 'remove', 'end-hold'],
  removals: ['owner-expired', 'superseded', 'orphan'],
} as const;

/**
 * The facts as metrics in a registry of Prometheus, which has none of ours yet. Milliseconds become
 * seconds here; a view's age is counted when somebody asks.
 */
export function prometheusMetrics(registry: Registry, clock: Pick<Clock, 'monotonic'>): Metrics {
  const heard = new Map<ViewOwner, MonotonicTime>();
  const all = registerMetrics(registry, function* ages() {
    for (const [view, at] of heard) yield [view, (clock.monotonic() - at) / 1000];
  });
  for (const lease of begins.leases) {
    for (const outcome of begins.outcomes) all.renewals.inc({ lease, outcome }, 0);
    all.lapses.inc({ lease }, 0);
  }
  for (const reason of begins.suspicions) all.suspicions.inc({ reason }, 0);
  for (const write of begins.writes) all.conflicts.inc({ write }, 0);
  for (const reason of begins.removals) all.removals.inc({ reason }, 0);
  const { brake } = all;
  const release = () => {
    for (const gauge of Object.values(brake)) gauge.reset();
  };
  return {
    renewed(lease, late) {
      all.renewals.inc({ lease, outcome: 'acknowledged' });
      all.lateness.observe({ lease }, late / 1000);
    },
    renewalFailed: (lease, outcome) => all.renewals.inc({ lease, outcome }),
    lapsed: (lease) => all.lapses.inc({ lease }),
    suspected(reason, after) {
      all.suspicions.inc({ reason });
      if (after !== undefined) all.detection.observe({ reason }, after / 1000);
    },
    refuted: () => all.refutations.inc(),
    expired: () => all.expiries.inc(),
    conflictAvoided: (write) => all.conflicts.inc({ write }),
    removed: (reason, instances) => all.removals.inc({ reason }, instances),
    swept: (took) => all.sweeps.observe(took / 1000),
    viewHeard: (view) => void heard.set(view, clock.monotonic()),
    viewClosed: (view) => void heard.delete(view),
    seated(held) {
      all.seat.set(held ? 1 : 0);
      if (!held) release();
    },
    brakes(zones) {
      release();
      for (const { zone, on, seen, suspect, heldBack } of zones) {
        brake.on.set({ zone }, on ? 1 : 0);
        brake.seen.set({ zone }, seen);
        brake.suspect.set({ zone }, suspect);
        brake.heldBack.set({ zone }, heldBack);
      }
    },
    heartbeats: (messages) => all.heartbeats.inc(messages),
  };
}

/** A registry that already says what this process takes: CPU, memory, the lag of its event loop. */
export function processRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
