import { useMemo } from 'preact/hooks';
import type { InstanceNow } from '../model/agent-model.ts';
import {
  type ContestedIn,
  contenders,
  contestedBySlot,
  contestedIn,
  winnerOf,
} from '../model/contested.ts';
import { extent, moment, roll, version } from './store.ts';
import { useHistoryQuery } from './use-query.ts';

/** Of instances that another one of the same name has taken the place of, which one did. */
export type Contests = ReadonlyMap<number, InstanceNow>;

const none: Contests = new Map();

/**
 * Who is contested among these. What is dubious for another reason is that first here, and is left out;
 * the registry's readers, who see a row alone, call the dead contested too, while another counts.
 */
export function useContests(instances: readonly InstanceNow[]): Contests {
  const contested = instances
    .map((one) => ({ one, all: contenders(roll, one.service, one.id) }))
    .filter(({ all }) => all.length > 1);
  const entities = [
    ...new Set(contested.flatMap(({ all }) => all.map(({ stands }) => stands.number))),
  ];
  const told = useHistoryQuery<[number, number][]>(
    entities.length === 0 ? null : { ask: 'registered', entities, upTo: moment.value?.seq ?? 0 },
    extent.value?.from,
  );
  if (!told || contested.length === 0) return none;
  const places = new Map(told);
  return new Map(
    contested.flatMap(({ one, all }) => {
      const winner = winnerOf(all, places);
      const loses =
        winner && winner.stands.number !== one.stands.number && one.status !== 'dubious';
      return loses ? [[one.stands.number, winner] as const] : [];
    }),
  );
}

/** All of the fleet, by slot: the same object while they are the same ones. */
export function useContested(): ContestedIn {
  const sides = useMemo(() => contestedIn(roll), [version.value, roll.entities]);
  const lost = useContests(sides);
  const key = [...lost.keys()].join();
  return useMemo(
    () => contestedBySlot(sides.filter(({ stands }) => lost.has(stands.number))),
    [key],
  );
}
