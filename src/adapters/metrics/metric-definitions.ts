import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';

/** Around the default ttl of 15 s: what a process that was killed takes, and one that fell silent. */
const detection = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 15, 15.5, 16, 20, 30,
];
/** A renewal's round trip at the low end; at the high end what is left of a ttl of 15 s, and more. */
const lateness = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const sweep = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/**
 * Every metric of ours, by the conventions of Prometheus: base units, totals are called so. `viewAges`
 * says each view's age in seconds, when somebody asks.
 */
export function registerMetrics(registry: Registry, viewAges: () => Iterable<[string, number]>) {
  const registers = [registry];
  return {
    renewals: new Counter({
      name: 'rollcall_renewals_total',
      help: 'Renewals of leases (run or seat) by what became of them: acknowledged, refused, unanswered.',
      labelNames: ['lease', 'outcome'],
      registers,
    }),
    lateness: new Histogram({
      name: 'rollcall_renewal_lateness_seconds',
      help: 'From the moment a renewal was planned for until its acknowledgement.',
      labelNames: ['lease'],
      buckets: lateness,
      registers,
    }),
    lapses: new Counter({
      name: 'rollcall_lease_lapses_total',
      help: 'Leases that could be claimed no longer: refused, or not renewed for a whole ttl.',
      labelNames: ['lease'],
      registers,
    }),
    suspicions: new Counter({
      name: 'rollcall_suspicions_total',
      help: 'Runs that this collector made suspect, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    detection: new Histogram({
      name: 'rollcall_detection_latency_seconds',
      help: 'From the last renewal seen, or the departure learned of, until the suspicion was committed.',
      labelNames: ['reason'],
      buckets: detection,
      registers,
    }),
    refutations: new Counter({
      name: 'rollcall_refutations_total',
      help: 'Suspicions that runs of this process have refuted.',
      registers,
    }),
    expiries: new Counter({
      name: 'rollcall_expiries_total',
      help: 'Runs that this collector declared dead.',
      registers,
    }),
    conflicts: new Counter({
      name: 'rollcall_conflicts_avoided_total',
      help: 'Writes of this collector that a compare-and-set refused, because somebody had written since.',
      labelNames: ['write'],
      registers,
    }),
    removals: new Counter({
      name: 'rollcall_instances_removed_total',
      help: 'Instances that this collector removed, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    sweeps: new Histogram({
      name: 'rollcall_sweep_duration_seconds',
      help: 'How long a sweep looked at everything, without the work that it began.',
      buckets: sweep,
      registers,
    }),
    viewAge: new Gauge({
      name: 'rollcall_view_age_seconds',
      help: 'Since the store was last heard by a view of the registry; absent where there is none.',
      labelNames: ['view'],
      registers,
      collect() {
        this.reset();
        for (const [view, age] of viewAges()) this.set({ view }, age);
      },
    }),
    seat: new Gauge({
      name: 'rollcall_seat_held',
      help: 'Whether this process holds a seat: 1 or 0. Their sum over a fleet is how many watch.',
      registers,
    }),
    brake: {
      on: new Gauge({
        name: 'rollcall_brake_on',
        help: 'Whether the brake of a zone is on: 1 or 0. Said by whoever holds a seat.',
        labelNames: ['zone'],
        registers,
      }),
      seen: new Gauge({
        name: 'rollcall_brake_runs_seen',
        help: 'Runs on record in a zone.',
        labelNames: ['zone'],
        registers,
      }),
      suspect: new Gauge({
        name: 'rollcall_brake_runs_suspect',
        help: 'Those of them that are suspect, and neither planned nor leaving.',
        labelNames: ['zone'],
        registers,
      }),
      heldBack: new Gauge({
        name: 'rollcall_brake_runs_held_back',
        help: 'Those of them that would be expired now, were it not for the brake.',
        labelNames: ['zone'],
        registers,
      }),
    },
    heartbeats: new Counter({
      name: 'rollcall_heartbeats_received_total',
      help: 'Heartbeats of runs and seats that reached this process: none without a seat.',
      registers,
    }),
  };
}
