import type { InstanceRow } from './directory-rows.ts';

export const pickPolicies = ['strict', 'prefer-live', 'any'] as const;

/**
 * What a consumer wants to be handed, of each service for itself.
 *
 * - `strict`: the live ones, and nothing else; so nothing at all while no collector watches.
 * - `prefer-live`: the live ones; and where fewer than half of the service are live, the dubious behind
 *   them: when so many fall silent at once, it is likelier the network or the observer than the
 *   instances, and the few that are left would not carry the load. One that is draining is not counted
 *   in that half: it leaves because it was told to.
 * - `any`: live, dubious, failing. Where there are only draining ones, those.
 *
 * An instance whose own check fails is not picked unless anything goes, also where its host has fallen
 * silent since: silence says nothing about it, and the last that was heard was a failure. So silence
 * never empties a service for anybody but `strict` (G9), and a failure may.
 */
export type PickPolicy = (typeof pickPolicies)[number];

/**
 * The instances that a consumer of this policy may use, the best first within each service: at most one
 * for a `service/id`, never two sets (G11). `rows` are all that a view has of these services: what one
 * row is worth depends on the others.
 */
export function selectUsable(
  rows: readonly InstanceRow[],
  policy: PickPolicy,
): readonly InstanceRow[] {
  const services = Map.groupBy(rows, ({ service }) => service).values();
  return [...services].flatMap((service) => usableOf(winners(service), policy));
}

/** One of the usable, each as likely as the others; `fraction` is uniform in [0, 1). */
export const pickRandom = (
  rows: readonly InstanceRow[],
  policy: PickPolicy,
  fraction: number,
): InstanceRow | undefined => {
  const among = selectUsable(rows, policy);
  return among[Math.floor(fraction * among.length)];
};

function usableOf(rows: readonly InstanceRow[], policy: PickPolicy): readonly InstanceRow[] {
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

/** A doubt about its owner does not hide what an instance said of itself before. */
const usability = ({ state, health }: InstanceRow): 'live' | 'dubious' | 'failing' | 'draining' =>
  health.state === 'serving' ? (state === 'live' ? 'live' : 'dubious') : health.state;

/**
 * One row for each id: the one that counts, or stands in for it while none does.
 *
 * A `contested` row has its winner beside it. Two dubious ones may have one name too: of those the one
 * whose owner may yet come back is taken, else the latest registration. A `superseded` one is what a
 * restarted agent has not adopted yet; once its new run has registered anything of this service, it is a
 * leftover of the old set.
 */
function winners(rows: readonly InstanceRow[]): readonly InstanceRow[] {
  const renewed = new Set(rows.filter(isOfCurrentRun).map(slotOf));
  const best = new Map<string, InstanceRow>();
  for (const row of rows) {
    if (row.reason === 'contested') continue;
    if (row.reason === 'superseded' && renewed.has(slotOf(row))) continue;
    const other = best.get(row.id);
    if (!other || ranksBefore(row, other)) best.set(row.id, row);
  }
  return [...best.values()];
}

const ranksBefore = (a: InstanceRow, b: InstanceRow): boolean =>
  certainty(a) === certainty(b) ? a.token > b.token : certainty(a) > certainty(b);

const certainty = ({ state, reason }: InstanceRow): number => {
  if (state !== 'dubious') return 2;
  return reason === 'superseded' || reason === 'orphan' ? 0 : 1;
};

const isOfCurrentRun = ({ reason }: InstanceRow): boolean => reason !== 'superseded';
const slotOf = ({ host, agent }: InstanceRow): string => JSON.stringify([host, agent]);
