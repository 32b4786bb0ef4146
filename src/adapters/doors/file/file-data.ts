import type { Endpoint } from '../../../domain/fleet/endpoint.ts';
import type { PickPolicy } from '../../../domain/fleet/pick.ts';
import { compareInstances, compareText } from '../../../domain/fleet/row-order.ts';
import type { ServiceView } from '../../../ports/service-view.ts';

/** An instance as templates and the format `json` have it. */
export interface FileInstance {
  readonly service: string;
  readonly id: string;
  readonly host: string;
  readonly agent: string;
  /** '' without a zone. */
  readonly zone: string;
  readonly state: string;
  readonly address: string;
  readonly port: number;
  /** `10.0.0.7:80`, `[2001:db8::7]:80` or `db.example:80`. */
  readonly endpoint: string;
  /** 4, 6, or 0 for a host name. */
  readonly family: number;
  readonly labels: Readonly<Record<string, string>>;
  /** It has no record any more and is kept (guarantee G13). */
  readonly kept: boolean;
}

export interface FileService {
  readonly name: string;
  readonly instances: readonly FileInstance[];
}

/** What consumers may use of these services, in an order that does not depend on states. */
export const fileServices = (
  view: ServiceView,
  names: readonly string[],
  policy: PickPolicy,
): readonly FileService[] =>
  names.toSorted(compareText).map((name) => ({
    name,
    instances: view
      .endpoints('file', name, policy)
      .toSorted((a, b) => compareInstances(a.row, b.row))
      .map((endpoint) => instanceOf(endpoint, view)),
  }));

const instanceOf = ({ row, address, family, port }: Endpoint, view: ServiceView): FileInstance => ({
  ...{ service: row.service, id: row.id, host: row.host, agent: row.agent },
  ...{ zone: view.zoneOf(row) ?? '', state: row.state, address, port, family: family ?? 0 },
  endpoint: `${family === 6 ? `[${address}]` : address}:${port}`,
  labels: row.labels,
  kept: row.keptSince !== undefined,
});

/** All texts of an instance that another process chose. */
export const textsOf = ({ service, id, host, agent, zone, labels }: FileInstance) => [
  ...[service, id, host, agent, zone],
  ...Object.entries(labels).flat(),
];
