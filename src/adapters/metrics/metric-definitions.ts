import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client';

/** Killed processes are detected in milliseconds, silent ones after the ttl, 15 s by default. */
const detection = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 15, 15.5, 16, 20, 30,
];
/** From one round trip of a renewal to more than the default ttl of 15 s. */
const lateness = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
const sweep = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/**
 * Registers every metric of Rollcall, named by the conventions of Prometheus: base units, and counters
 * end in `_total`. `viewAges` returns the age of each view in seconds; it is called at each scrape.
 */
export function registerMetrics(registry: Registry, viewAges: () => Iterable<[string, number]>) {
  const registers = [registry];
  return {
    buildInfo: new Gauge({
      name: 'rollcall_build_info',
      help: '1, with the version of this program and of Node.js as labels.',
      labelNames: ['version', 'node'],
      registers,
    }),
    renewals: new Counter({
      name: 'rollcall_renewals_total',
      help: 'Renewals of leases (run or seat), by outcome: acknowledged, refused or unanswered. Attempts to take a lease that no answer came for are unanswered ones.',
      labelNames: ['lease', 'outcome'],
      registers,
    }),
    lateness: new Histogram({
      name: 'rollcall_renewal_lateness_seconds',
      help: 'Time from the planned start of a renewal to its acknowledgement.',
      labelNames: ['lease'],
      buckets: lateness,
      registers,
    }),
    lapses: new Counter({
      name: 'rollcall_lease_lapses_total',
      help: 'Leases that this process lost: a renewal was refused, or none was acknowledged for a ttl.',
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
      help: 'Time from the last renewal seen, or the disconnect notification, to the committed suspicion.',
      labelNames: ['reason'],
      buckets: detection,
      registers,
    }),
    refutations: new Counter({
      name: 'rollcall_refutations_total',
      help: 'Suspicions that runs of this process refuted.',
      registers,
    }),
    expiries: new Counter({
      name: 'rollcall_expiries_total',
      help: 'Runs that this collector declared dead.',
      registers,
    }),
    conflicts: new Counter({
      name: 'rollcall_conflicts_avoided_total',
      help: 'Writes of this collector that a compare-and-set refused because another process had changed the record.',
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
      help: 'Duration of a sweep over all records, without the work that it started.',
      buckets: sweep,
      registers,
    }),
    viewAge: new Gauge({
      name: 'rollcall_view_age_seconds',
      help: 'Time since a view of the registry, or of the leases, last received data from the store; absent without a view.',
      labelNames: ['view'],
      registers,
      collect() {
        this.reset();
        for (const [view, age] of viewAges()) this.set({ view }, age);
      },
    }),
    corrections: new Counter({
      name: 'rollcall_view_corrections_total',
      help: 'Entries of a view that a later snapshot found wrong: the store lost messages, or the watch missed some.',
      labelNames: ['view'],
      registers,
    }),
    viewLeftOut: new Gauge({
      name: 'rollcall_view_records_left_out',
      help: 'Records that a view leaves out, because one, or all of its host together, are larger than agents may write.',
      labelNames: ['view'],
      registers,
    }),
    answers: new Counter({
      name: 'rollcall_door_requests_total',
      help: 'Answers of a door (dns, http), of the local API (api), acts of a driver (haproxy, file) and lists of a Docker engine (docker), by outcome: ok, or the code of the error; of docker: ok or away.',
      labelNames: ['door', 'outcome'],
      registers,
    }),
    doorRows: new Gauge({
      name: 'rollcall_door_rows',
      help: 'Instances of a service in the last answer or file.',
      labelNames: ['door', 'service'],
      registers,
    }),
    slots: new Gauge({
      name: 'rollcall_haproxy_slots',
      help: 'Servers of a backend of HAProxy by what they are used for: ready, draining, free, emptied or operator.',
      labelNames: ['backend', 'state'],
      registers,
    }),
    leftOut: new Counter({
      name: 'rollcall_rows_left_out_total',
      help: 'Records that a door or driver left out, because their address or port is missing or unsafe.',
      labelNames: ['door', 'why'],
      registers,
    }),
    kept: new Gauge({
      name: 'rollcall_kept',
      help: '1 while a service without records is answered with its last instances, 0 after that.',
      labelNames: ['service'],
      registers,
    }),
    blind: new Gauge({
      name: 'rollcall_collector_blind',
      help: '1 if this process holds a seat and judges nothing, because it does not see; else 0.',
      registers,
    }),
    commitsRefused: new Gauge({
      name: 'rollcall_commits_refused',
      help: '1 while the store refuses what this process writes, although it may accept its renewals; else 0.',
      registers,
    }),
    writePauses: new Counter({
      name: 'rollcall_write_pauses_total',
      help: 'How often an instance of this agent was written again and again without end, so that a pause before its next write began or became longer.',
      registers,
    }),
    connected: new Gauge({
      name: 'rollcall_store_connected',
      help: '1 while this process has a connection to a NATS server, else 0.',
      registers,
    }),
    loginRefused: new Gauge({
      name: 'rollcall_login_refused',
      help: '1 while the server refuses the login of this process: it was revoked, rotated or has expired; else 0.',
      registers,
    }),
    loginExpiry: new Gauge({
      name: 'rollcall_login_expiry_timestamp_seconds',
      help: 'When the credentials of this process expire, in seconds since 1970; 0: never, or they are no credentials file.',
      registers,
    }),
    instancesFileInvalid: new Gauge({
      name: 'rollcall_instances_file_invalid_timestamp_seconds',
      help: 'Since when the instances file of this agent has an error, in seconds since 1970; its last valid content stays registered. 0: no error.',
      registers,
    }),
    listenFailures: new Counter({
      name: 'rollcall_listen_failures_total',
      help: 'Failed attempts to open an endpoint of this process: metrics, api, dns, http or dashboard.',
      labelNames: ['endpoint'],
      registers,
    }),
    clockOffset: new Gauge({
      name: 'rollcall_clock_offset_seconds',
      help: "How far the clock of this host is ahead of the server's; negative: behind. A collector measures it while it has a seat, an agent every 10 minutes, unless its login may not ask for it; else 0.",
      registers,
    }),
    anchored: new Gauge({
      name: 'rollcall_anchored_sequence',
      help: 'Last event of the history that an anchor of this collector includes; 0 without --anchor-to.',
      registers,
    }),
    seat: new Gauge({
      name: 'rollcall_seat_held',
      help: '1 if this process holds a seat, else 0. The sum over a fleet is the number of active collectors.',
      registers,
    }),
    brake: {
      on: new Gauge({
        name: 'rollcall_brake_on',
        help: '1 if the brake of a zone is on, else 0. Reported by collectors with a seat.',
        labelNames: ['zone'],
        registers,
      }),
      seen: new Gauge({
        name: 'rollcall_brake_runs_seen',
        help: 'Runs with a record in a zone.',
        labelNames: ['zone'],
        registers,
      }),
      suspect: new Gauge({
        name: 'rollcall_brake_runs_suspect',
        help: 'Suspect runs in a zone, without those on hold or leaving.',
        labelNames: ['zone'],
        registers,
      }),
      heldBack: new Gauge({
        name: 'rollcall_brake_runs_held_back',
        help: 'Runs in a zone that would be expired now without the brake.',
        labelNames: ['zone'],
        registers,
      }),
    },
    lost: {
      agents: new Gauge({
        name: 'rollcall_lost_agents',
        help: 'Agents of a zone that were declared dead in the last 24 hours, did not come back and are not acknowledged. Reported by the first seat.',
        labelNames: ['zone'],
        registers,
      }),
      instances: new Gauge({
        name: 'rollcall_lost_instances',
        help: 'Instances that were removed with lost agents and that no agent has registered since.',
        labelNames: ['zone', 'service'],
        registers,
      }),
    },
    heartbeats: new Counter({
      name: 'rollcall_heartbeats_received_total',
      help: 'Heartbeats of runs and seats that this process received; 0 without a seat.',
      registers,
    }),
  };
}
