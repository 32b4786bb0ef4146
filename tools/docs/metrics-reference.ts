import { Histogram, Registry } from '@prometheus-io/client';
import { registerMetrics } from '../../src/adapters/metrics/metric-definitions.ts';
import { cell, codeCell, pageHead, table } from './markdown.ts';

/** When an operator should look, by metric. A metric without an entry needs no alert. */
const alerts: Readonly<Record<string, string>> = {
  rollcall_renewals_total: '`refused` grows',
  rollcall_renewal_lateness_seconds: 'it approaches two thirds of the ttl',
  rollcall_lease_lapses_total: 'it grows',
  rollcall_view_records_left_out:
    'it is not 0: `records-left-out` in the log and `rollcall doctor` name the host',
  rollcall_view_corrections_total: 'it grows: `view-corrected` in the log has the reason',
  rollcall_anchored_sequence:
    'it does not grow although there are new events: `history-not-anchored` in the log has the reason',
  rollcall_clock_offset_seconds:
    'beyond 2 s in either direction: a collector there ends no hold, and its times are wrong for readers',
  rollcall_listen_failures_total: 'it grows: the log names the address',
  rollcall_store_connected: 'it is 0 for longer than a ttl',
  rollcall_login_refused: 'it is 1: the log names the login',
  rollcall_instances_file_invalid_timestamp_seconds: 'above 0 for minutes',
  rollcall_login_expiry_timestamp_seconds: 'above 0, and less than a day ahead',
  rollcall_collector_blind: 'it is 1 for longer than a ttl',
  rollcall_commits_refused:
    'it is 1: a collector suspects and removes nothing, an agent registers nothing',
  rollcall_write_pauses_total: 'it grows: `instance-written-again` in the log names the instance',
  rollcall_detection_latency_seconds: 'above ttl + 0.5 s',
  rollcall_refutations_total: 'it grows often: the ttl is too short',
  rollcall_conflicts_avoided_total: 'hundreds an hour',
  rollcall_sweep_duration_seconds: 'above 0.1 s',
  rollcall_view_age_seconds: 'above 10 s',
  rollcall_seat_held: 'the sum over the fleet is below 2',
  rollcall_lost_agents: 'above 0: `rollcall lost`, then `rollcall lost ack` if that is in order',
  rollcall_brake_on: 'it is 1. Each seat reports it: take the maximum, not the sum',
  rollcall_brake_runs_suspect: 'above 15 % of the runs seen',
  rollcall_brake_runs_held_back: 'above 0 for long',
};

interface Definition {
  readonly name: string;
  readonly help: string;
  readonly type: string;
}

/** Every metric of Rollcall, from its definition. */
export function metricsReference(): string {
  const registry = new Registry();
  registerMetrics(registry, () => []);
  const rows = registry.getMetricsAsArray().map((metric) => {
    const { name, help, type } = metric as unknown as Definition;
    const labels = labelsOf(metric).join(', ');
    const kind = metric instanceof Histogram ? 'histogram' : type;
    return [
      codeCell(labels === '' ? name : `${name}{${labels}}`),
      kind,
      cell(help),
      alerts[name] ?? '',
    ];
  });
  return [
    pageHead('Metrics', 'src/adapters/metrics/metric-definitions.ts'),
    'The commands `agent`, `run`, `collector` and `up` serve these at `/metrics` with',
    '`--metrics [HOST:]PORT`: see [how to monitor with Prometheus](../how-to/metrics.md). A Grafana',
    'dashboard for all of them: [grafana-rollcall.json](grafana-rollcall.json).',
    '',
    ...table(['metric', 'type', 'meaning', 'look when'], rows),
    '',
    'The default metrics of a Node.js process are served too: `process_*` and `nodejs_*`.',
    '',
  ].join('\n');
}

const labelsOf = (metric: unknown): readonly string[] =>
  (metric as { readonly labelNames?: readonly string[] }).labelNames ?? [];
