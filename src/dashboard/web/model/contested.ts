import type { InstanceNow } from './agent-model.ts';
import { type FleetModel, slotKey } from './fleet-model.ts';
import type { Name } from './name-index.ts';

/** All instances in the fleet that another one of the same name stands beside, under another slot. */
export function contestedIn(roll: FleetModel): readonly InstanceNow[] {
  const found: InstanceNow[] = [];
  for (const name of roll.names.shared) {
    const all = standing(roll, name);
    const [first] = all;
    if (first && all.some((one) => slotOf(one) !== slotOf(first))) found.push(...all);
  }
  return found;
}

/** The instances of one `service/id` that stand, under whatever slots; one: nobody contests it. */
export function contenders(roll: FleetModel, service: string, id: string): readonly InstanceNow[] {
  const name = roll.names.of(service, id);
  return name ? standing(roll, name) : [];
}

const standing = (roll: FleetModel, name: Name): readonly InstanceNow[] =>
  [...name.standing]
    .sort((a, b) => a - b)
    .flatMap((number) => {
      const entity = roll.entities[number];
      if (entity?.entity !== 'instance') return [];
      const slot = roll.slot(entity.host, entity.agent);
      return slot?.instances.find(({ stands }) => stands.number === number) ?? [];
    });

const slotOf = ({ stands: { entity } }: InstanceNow): string =>
  entity.entity === 'instance' ? slotKey(entity.host, entity.agent) : '';

const over = new Set(['expired', 'superseded', 'gone', 'left', 'orphan']);

/**
 * Which of the instances of one name counts (G11): the latest registration, until its owner is over.
 * undefined: when they were registered is not in memory.
 */
export function winnerOf(
  all: readonly InstanceNow[],
  registered: ReadonlyMap<number, number>,
): InstanceNow | undefined {
  const holding = all.filter(({ reason }) => !over.has(reason));
  const among = holding.length > 0 ? holding : all;
  const place = (one: InstanceNow) => registered.get(one.stands.number) ?? 0;
  const [best, next] = among.toSorted((a, b) => place(b) - place(a));
  return best && (!next || place(best) > place(next)) ? best : undefined;
}

/** The contested instances of each slot, by number; of nearly all slots none is. */
export type ContestedIn = ReadonlyMap<string, ReadonlySet<number>>;

/** By slot: those whose name counts for another one. They come as the contests themselves are told. */
export function contestedBySlot(contested: Iterable<InstanceNow>): ContestedIn {
  const bySlot = new Map<string, Set<number>>();
  for (const one of contested) {
    const key = slotOf(one);
    bySlot.set(key, (bySlot.get(key) ?? new Set()).add(one.stands.number));
  }
  return bySlot;
}
