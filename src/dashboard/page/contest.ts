import type { WireEntity } from '../wire.ts';
import { type Roll, slotKey } from './roll.ts';
import type { InstanceNow } from './slot-now.ts';

interface Named {
  upTo: number;
  readonly byName: Map<string, number[]>;
  /** Those of them that were ever under two slots: few. */
  readonly shared: Map<string, { readonly service: string; readonly id: string }>;
}

/** Entities only ever come to it: it is read on, not anew. Another history is another list. */
const known = new WeakMap<readonly WireEntity[], Named>();

/** All that ever were, by name. */
function namedIn(entities: readonly WireEntity[]): Named {
  const named = known.get(entities) ?? { upTo: 0, byName: new Map(), shared: new Map() };
  known.set(entities, named);
  for (; named.upTo < entities.length; named.upTo += 1) {
    const one = entities[named.upTo];
    if (one?.entity !== 'instance') continue;
    const key = JSON.stringify([one.service, one.id]);
    const there = named.byName.get(key);
    if (!there) {
      named.byName.set(key, [named.upTo]);
      continue;
    }
    // All before it are of one slot, or the name is known to be shared.
    const other = entities[there[0] ?? 0];
    if (other?.entity === 'instance' && (other.host !== one.host || other.agent !== one.agent))
      named.shared.set(key, one);
    there.push(named.upTo);
  }
  return named;
}

/** All that ever had a `service/id`, by number. */
const namesakes = (entities: readonly WireEntity[], service: string, id: string) =>
  namedIn(entities).byName.get(JSON.stringify([service, id])) ?? [];

/** All instances in the fleet that another one of the same name stands beside. */
export const contestedIn = (roll: Roll): readonly InstanceNow[] =>
  [...namedIn(roll.entities).shared.values()].flatMap(({ service, id }) => {
    const all = rivals(roll, service, id);
    return all.length > 1 ? all : [];
  });

/** The instances of one `service/id` that stand, under whatever slots; one: nobody contests it. */
export function rivals(roll: Roll, service: string, id: string): readonly InstanceNow[] {
  return namesakes(roll.entities, service, id).flatMap((number) => {
    const entity = roll.entities[number];
    if (entity?.entity !== 'instance') return [];
    const slot = roll.slot(entity.host, entity.agent);
    return slot?.instances.find(({ stands }) => stands.number === number) ?? [];
  });
}

const over = new Set(['expired', 'superseded', 'gone', 'left', 'orphan']);

/**
 * Which of the instances of one name counts (G11): the latest registration, until its owner is over.
 * undefined: when they were registered is not in memory.
 */
export function winnerOf(
  all: readonly InstanceNow[],
  registered: ReadonlyMap<number, number>,
): InstanceNow | undefined {
  const standing = all.filter(({ reason }) => !over.has(reason));
  const among = standing.length > 0 ? standing : all;
  const place = (one: InstanceNow) => registered.get(one.stands.number) ?? 0;
  const [best, next] = among.toSorted((a, b) => place(b) - place(a));
  return best && (!next || place(best) > place(next)) ? best : undefined;
}

/** The contested instances of each slot, by number; of nearly all slots none is. */
export type ContestedIn = ReadonlyMap<string, ReadonlySet<number>>;

/** By slot: those whose name counts for another one. They come as the contests themselves are told. */
export function contestedBySlot(contested: Iterable<InstanceNow>): ContestedIn {
  const bySlot = new Map<string, Set<number>>();
  for (const { stands } of contested) {
    const { entity, number } = stands;
    if (entity.entity !== 'instance') continue;
    const key = slotKey(entity.host, entity.agent);
    bySlot.set(key, (bySlot.get(key) ?? new Set()).add(number));
  }
  return bySlot;
}
