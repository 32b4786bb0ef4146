import type { ApiEntity } from '../../../api-types.ts';
import type { Difference } from '../../../history/query-types.ts';
import { names } from '../../model/agent-model.ts';
import { statusOf } from '../../model/state-styles.ts';
import { over } from '../../widgets/state-bars.ts';

const ended = new Set([...over, 'stopped', 'released', 'over']);
const groups = ['lost', 'ended', 'came', 'restarted', 'changed'] as const;

/**
 * A difference with what it means: an entity that was lost, ended otherwise, came or changed. An agent or instance that
 * ended and came again under another run was restarted.
 */
export interface GroupedDifference {
  readonly group: (typeof groups)[number];
  readonly difference: Difference;
}

/**
 * The differences in the order of their groups. Those between two ends, and those of sessions, are left out.
 * The instances of a lost run are lost with it.
 */
export function grouped(
  all: readonly Difference[],
  entityOf: (number: number) => ApiEntity | undefined,
): readonly GroupedDifference[] {
  const lostRuns = new Set<string>();
  const found = all.flatMap((difference): readonly GroupedDifference[] => {
    const of = entityOf(difference.entity);
    if (!of || of.entity === 'session') return [];
    const statusIn = (state: string | null) => {
      const status = state === null ? null : statusOf(of.entity, state);
      return status !== null && ended.has(status) ? null : status;
    };
    const [was, is] = [statusIn(difference.a), statusIn(difference.b)];
    if (was === null && is === null) return [];
    const end = difference.b === null ? '' : statusOf(of.entity, difference.b);
    if (end !== 'gone' && end !== 'expired') {
      return [{ group: was === null ? 'came' : is === null ? 'ended' : 'changed', difference }];
    }
    if (of.entity === 'run') lostRuns.add(of.run);
    return [{ group: 'lost', difference }];
  });
  const withRuns = found.map((one) => {
    const of = entityOf(one.difference.entity);
    const isLost = one.group === 'ended' && of?.entity === 'instance' && lostRuns.has(of.run);
    return isLost ? { ...one, group: 'lost' as const } : one;
  });
  const whole = withRestarts(withRuns, entityOf);
  return groups.flatMap((one) => whole.filter(({ group }) => group === one));
}

/** The differences; one for an agent or instance that ended and came again. */
function withRestarts(
  all: readonly GroupedDifference[],
  entityOf: (number: number) => ApiEntity | undefined,
): readonly GroupedDifference[] {
  const keyOf = ({ difference }: GroupedDifference) => {
    const of = entityOf(difference.entity);
    return of?.entity === 'run' || of?.entity === 'instance' ? of.entity + placeOf(of) : '';
  };
  const ends = new Map<string, GroupedDifference>();
  for (const one of all) {
    const isEnd = one.group === 'lost' || one.group === 'ended';
    if (isEnd && one.difference.a !== null) ends.set(keyOf(one), one);
  }
  ends.delete('');
  const merged = new Set<GroupedDifference>();
  const restarted = all.map((one) => {
    const end = one.group === 'came' ? ends.get(keyOf(one)) : undefined;
    if (!end || merged.has(end)) return one;
    merged.add(end);
    const difference = { ...one.difference, a: end.difference.a };
    return { group: 'restarted' as const, difference };
  });
  return restarted.filter((one) => !merged.has(one));
}

/** The differences of one group in one zone, by host, agent and name. */
export interface DiffSection {
  readonly group: GroupedDifference['group'];
  readonly zone: string;
  /** How many entities of each kind. */
  readonly counts: ReadonlyMap<string, number>;
  readonly differences: readonly Difference[];
}

/**
 * The grouped differences by zone. `zoneOf`: the zone of an entity at the moment of the page; empty: none. What is not
 * there at that moment is in the zone of its run at the other.
 */
export function sectionsOf(
  all: readonly GroupedDifference[],
  entityOf: (number: number) => ApiEntity | undefined,
  zoneOf: (of: ApiEntity) => string,
): readonly DiffSection[] {
  const zones = new Map<string, string>();
  for (const { difference } of all) {
    const of = entityOf(difference.entity);
    if (of?.entity === 'run') zones.set(of.run, difference.zone ?? '');
  }
  const placed = all.flatMap(({ group, difference }) => {
    const of = entityOf(difference.entity);
    const zone = of && (zoneOf(of) || zones.get(of.run) || '');
    return of ? [{ group, difference, of, zone, place: placeOf(of) }] : [];
  });
  return [...Map.groupBy(placed, ({ group, zone }) => `${group}\n${zone}`).values()].map(
    (inside) => {
      const counts = new Map<string, number>();
      for (const { of } of inside) {
        const kind = of.entity === 'run' ? 'agent' : of.entity;
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
      }
      const sorted = inside.toSorted((a, b) => names.compare(a.place, b.place));
      const { group = 'changed', zone = '' } = inside[0] ?? {};
      return { group, zone, counts, differences: sorted.map(({ difference }) => difference) };
    },
  );
}

/** Where an entity is, so that those of one agent are together, the agent first. */
const placeOf = (of: ApiEntity): string =>
  'host' in of
    ? `${of.host}/${of.agent ?? ''} ${of.entity === 'instance' ? `${of.service}/${of.id}` : ''}`
    : '';
