import type { InstanceRow } from './directory-rows.ts';

export const pickPolicies = ['strict', 'prefer-live', 'any'] as const;

/**
 * Which instances of a service a consumer may receive. Applies to each service separately.
 *
 * - `strict`: only live instances; none while no collector works.
 * - `prefer-live`: live instances, followed by the dubious ones if fewer than half of the service are live.
 *   When that many fall silent, a failed network or observer is likelier than failed instances, and the
 *   remaining ones could not carry the load. Draining instances are not counted, because they leave by
 *   request.
 * - `any`: live, dubious and failing instances; draining ones only if there are no others.
 *
 * An instance whose health check failed is returned only for `any`, also if its agent fell silent later,
 * because its last report was a failure. So silence empties a service only for `strict` (G9); failing
 * health checks may empty it for the others.
 */
export type PickPolicy = (typeof pickPolicies)[number];

/** What the selection reads of a row. */
export interface Usable
  extends Pick<InstanceRow, 'service' | 'id' | 'state' | 'reason' | 'successor' | 'token'> {
  readonly health: Pick<InstanceRow['health'], 'state'>;
  readonly drain?: InstanceRow['drain'] | undefined;
}

/**
 * Selects the instances that a consumer with this policy may use, the best of each service first. Returns
 * at most one per `service/id` (G11). `rows` must be all rows of these services, because the selection
 * compares them.
 */
export function selectUsable<Row extends Usable>(
  rows: readonly Row[],
  policy: PickPolicy,
): readonly Row[] {
  const services = Map.groupBy(rows, ({ service }) => service).values();
  return [...services].flatMap((service) => usableOf(winners(service), policy));
}

/** Picks one of the usable instances with equal probability; `fraction` is uniform in [0, 1). */
export const pickOne = (
  usable: readonly InstanceRow[],
  fraction: number,
): InstanceRow | undefined => usable[Math.floor(fraction * usable.length)];

/** Where a consumer runs. */
export interface Place {
  readonly host?: string | undefined;
  readonly zone?: string | undefined;
}

/** The rows that have all of these labels, each with this value. */
export const withLabels = (
  rows: readonly InstanceRow[],
  labels: Readonly<Record<string, string>>,
): readonly InstanceRow[] => {
  const wanted = Object.entries(labels);
  return rows.filter((row) => wanted.every(([name, value]) => row.labels[name] === value));
};

/**
 * The rows on the host of the consumer; if there are none, those in its zone; else all. `zoneOf`: the zone of
 * the agent of a row.
 */
export function nearest(
  rows: readonly InstanceRow[],
  { host, zone }: Place,
  zoneOf: (row: InstanceRow) => string | undefined,
): readonly InstanceRow[] {
  const here = host === undefined ? [] : rows.filter((row) => row.host === host);
  if (here.length > 0) return here;
  const inZone = zone === undefined ? [] : rows.filter((row) => zoneOf(row) === zone);
  return inZone.length > 0 ? inZone : rows;
}

/**
 * The less loaded of two rows that are chosen at random, each pair with equal probability: "the power of two
 * choices". Always the least loaded would send everything there until its load is known anew.
 */
export function lessLoadedOfTwo(
  rows: readonly InstanceRow[],
  loadOf: (row: InstanceRow) => number,
  random: () => number,
): InstanceRow | undefined {
  const at = Math.floor(random() * rows.length);
  const first = rows[at];
  if (first === undefined || rows.length === 1) return first;
  // Another one than the first.
  const step = 1 + Math.floor(random() * (rows.length - 1));
  const second = rows[(at + step) % rows.length] ?? first;
  return loadOf(second) < loadOf(first) ? second : first;
}

function usableOf<Row extends Usable>(rows: readonly Row[], policy: PickPolicy): readonly Row[] {
  const { live = [], dubious = [], failing = [], draining = [] } = Object.groupBy(rows, usability);
  switch (policy) {
    case 'strict':
      return live;
    case 'prefer-live': {
      const staying = live.length + dubious.length + failing.length;
      return live.length * 2 < staying ? [...live, ...dubious] : live;
    }
    case 'any': {
      const staying = [...live, ...dubious, ...failing];
      return staying.length > 0 ? staying : draining;
    }
    default:
      return policy satisfies never;
  }
}

/**
 * An operator's drain counts first, then its own report: it is dubious only if it last reported `serving`.
 */
const usability = ({
  state,
  health,
  drain,
}: Usable): 'live' | 'dubious' | 'failing' | 'draining' => {
  if (drain) return 'draining';
  return health.state === 'serving' ? (state === 'live' ? 'live' : 'dubious') : health.state;
};

/**
 * Selects one row per id: the valid one, or the best of the dubious ones.
 *
 * A `contested` row is dropped, since its winner is among the rows. Of two dubious rows, the one whose
 * owner may come back is preferred, then the latest registration. A restarted agent adopts instances in
 * batches, so a `superseded` row counts until the new run has announced that it has adopted all of its
 * instances. After that the row is a leftover and is dropped.
 */
function winners<Row extends Usable>(rows: readonly Row[]): readonly Row[] {
  const best = new Map<string, Row>();
  for (const row of rows) {
    if (row.reason === 'contested') continue;
    if (row.successor === 'live') continue;
    const other = best.get(row.id);
    if (!other || ranksBefore(row, other)) best.set(row.id, row);
  }
  return [...best.values()];
}

const ranksBefore = (a: Usable, b: Usable): boolean =>
  certainty(a) === certainty(b) ? a.token > b.token : certainty(a) > certainty(b);

const certainty = ({ state, reason, successor }: Usable): number => {
  if (state !== 'dubious') return 2;
  const isOver = reason === 'orphan' || (reason === 'superseded' && successor !== 'registering');
  return isOver ? 0 : 1;
};
