import type { Endpoint } from '../../../domain/fleet/endpoint.ts';
import { compareInstances, compareText } from '../../../domain/fleet/row-order.ts';
import type { Door, ServiceView } from '../../../ports/service-view.ts';

/** A group of the service discovery of Prometheus. */
export interface TargetGroup {
  readonly targets: readonly [string];
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The instances of these services for `http_sd_configs` and `file_sd_configs`, one group each, in a stable
 * order. In any state, because a target that is down must be scraped to be seen as down; without those of
 * which another registration counts.
 */
export function prometheusTargets(
  view: ServiceView,
  services: readonly string[],
  door: Door,
): readonly { readonly endpoint: Endpoint; readonly group: TargetGroup }[] {
  return services
    .flatMap((service) => view.allEndpoints(door, service))
    .filter(({ row }) => row.reason !== 'contested' && row.successor !== 'live')
    .toSorted((a, b) => compareInstances(a.row, b.row))
    .map((endpoint) => ({ endpoint, group: groupOf(endpoint, view) }));
}

function groupOf({ row, address, family, port }: Endpoint, view: ServiceView): TargetGroup {
  const own: [string, string][] = [
    ['__meta_rollcall_service', row.service],
    ['__meta_rollcall_id', row.id],
    ['__meta_rollcall_host', row.host],
    ['__meta_rollcall_agent', row.agent],
    ['__meta_rollcall_zone', view.zoneOf(row) ?? ''],
    ['__meta_rollcall_state', row.state],
    ['__meta_rollcall_reason', row.reason ?? ''],
  ];
  const labels = new Map(own);
  const names = Object.keys(row.labels).toSorted(compareText);
  for (const name of names) {
    const safe = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
    const key = `__meta_rollcall_label_${safe}`;
    if (labels.has(key)) continue;
    labels.set(key, row.labels[name] ?? '');
    labels.set(`__meta_rollcall_labelpresent_${safe}`, 'true');
  }
  const target = `${family === 6 ? `[${address}]` : address}:${port}`;
  return { targets: [target], labels: Object.fromEntries(labels) };
}
