import {
  type Filterable,
  matchesRow,
  parseRowFilter,
} from '../../../../domain/filter/row-filter.ts';
import { allWords, fleetWords, type StateWords } from '../../../../domain/filter/state-words.ts';
import type { ApiEntity } from '../../../api-types.ts';
import type { Stirred } from '../../../history/query-types.ts';
import { type AgentModel, names } from '../../model/agent-model.ts';
import type { FleetModel } from '../../model/fleet-model.ts';
import { slotKey } from '../../model/fleet-model.ts';
import { filterable, matcherOf } from '../../model/group-agents.ts';
import { statusIn } from '../../model/service-table.ts';
import { statusOf } from '../../model/state-styles.ts';
import { entityName, isOf, readSubject } from '../../model/subject.ts';
import { over } from '../../widgets/state-bars.ts';

export const laneGroupings = ['agent', 'host', 'zone', 'service', 'entity'] as const;
export type LaneGrouping = (typeof laneGroupings)[number];

/** A lane: a name, and the entities whose states it shows. */
export interface NamedLane {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly entities: readonly number[];
}

/** The zone of an entity, as far as its agent is known at the moment. */
export function zoneOf(fleet: FleetModel, of: ApiEntity): string {
  if (of.entity === 'brake') return of.zone;
  return 'agent' in of && of.agent ? (fleet.slot(of.host, of.agent)?.zone ?? '') : '';
}

/** The key of the lane that shows an entity. Without a lane per entity, it is the lane of its agent or host. */
export function laneKey(by: LaneGrouping, entity: ApiEntity, zone = ''): string {
  if (by === 'zone') return zone || 'no zone';
  if (by === 'service') return entity.entity === 'instance' ? entity.service : '';
  if (by === 'agent' && 'agent' in entity && entity.agent !== undefined) {
    return slotKey(entity.host, entity.agent);
  }
  return by === 'host' && 'host' in entity ? entity.host : `${entity.entity} ${entityName(entity)}`;
}

/** The lanes of all known entities, by name, or only of those that belong to the selection. */
export function laneEntities(
  fleet: FleetModel,
  by: LaneGrouping,
  chosen: string,
  text: string,
): readonly NamedLane[] {
  const subject = readSubject(chosen);
  const lanes = new Map<string, { name: string; kind: string; entities: number[] }>();
  const filter = parseRowFilter(text);
  const matchOf = matcherOf(text, (slot) => fleet.lostWith(slot));
  const known = new Map<AgentModel, boolean>();
  /** A run is found as *Fleet* finds its agent. */
  const isFound = (entity: ApiEntity, number: number, name: string): boolean => {
    if (!matchOf) return true;
    const slot =
      by !== 'entity' && entity.entity === 'run'
        ? fleet.slot(entity.host, entity.agent)
        : undefined;
    if (!slot) return matchesRow(filter, entityFilterable(fleet, entity, number, name));
    const found = known.get(slot) ?? matchOf(slot).isFound;
    known.set(slot, found);
    return found;
  };
  fleet.entities.forEach((entity, number) => {
    if (subject && !isOf(subject, entity)) return;
    if (by !== 'entity' && entity.entity !== (by === 'service' ? 'instance' : 'run')) return;
    const zone = by === 'zone' ? zoneOf(fleet, entity) : '';
    const key = laneKey(by, entity, zone);
    const name = by === 'agent' || by === 'entity' ? entityName(entity) : key;
    if (!isFound(entity, number, name)) return;
    const lane = lanes.get(key);
    if (lane) lane.entities.push(number);
    else
      lanes.set(key, { name, kind: by === 'entity' ? entity.entity : 'run', entities: [number] });
  });
  return [...lanes]
    .map(([key, lane]) => ({ key, ...lane }))
    .sort((a, b) => names.compare(a.name, b.name));
}

/** The states that a filter of the lanes can name. */
export const laneWords = (by: LaneGrouping): StateWords =>
  by === 'entity' || by === 'service' ? allWords : fleetWords;

/** An entity as a filter looks at it, with its status at the moment of the fleet. */
function entityFilterable(
  fleet: FleetModel,
  of: ApiEntity,
  number: number,
  name: string,
): Filterable {
  const found = instanceNow(fleet, number, of);
  if (found) return filterable(found.slot, found.one);
  return {
    host: 'host' in of ? [of.host] : [],
    agent: 'agent' in of && of.agent ? [of.agent] : [],
    service: of.entity === 'instance' ? [of.service] : [],
    zone: [zoneOf(fleet, of)],
    state: [statusNow(fleet, number, of)],
    text: () => name.toLowerCase(),
  };
}

/** An instance that is there, or was lost, with its agent. */
function instanceNow(fleet: FleetModel, number: number, of: ApiEntity | undefined) {
  const slot = of?.entity === 'instance' && fleet.slot(of.host, of.agent);
  const one =
    slot &&
    [...slot.instances, ...fleet.lostWith(slot)].find(
      ({ entityState }) => entityState.number === number,
    );
  return one && { one, slot };
}

/** How many have the worst status, and how many each of the others: `3, 1 dubious, 2 live`. */
export function countsIn(statuses: readonly string[], worst: string | undefined): string {
  const of = Map.groupBy(statuses, (one) => one);
  const others = [...of].map(([one, all]) => (one === worst ? '' : `, ${all.length} ${one}`));
  return ` ${of.get(worst ?? '')?.length}${others.join('')}`;
}

/** The statuses of a lane's entities at the moment of the fleet: of those that are there or were lost, else of all. */
export function statusesNow(fleet: FleetModel, { entities }: NamedLane): readonly string[] {
  const all = entities
    .map((number) => statusNow(fleet, number, fleet.entities[number]))
    .filter((status) => status !== '');
  const present = all.filter((status) => status === 'gone' || !over.has(status));
  return present.length > 0 ? present : all;
}

function statusNow(fleet: FleetModel, number: number, of: ApiEntity | undefined): string {
  if (of?.entity === 'run') {
    const slot = fleet.slot(of.host, of.agent);
    return slot?.entityState.number === number ? slot.status : '';
  }
  if (of?.entity === 'instance') {
    const found = instanceNow(fleet, number, of);
    return found ? statusIn(found.one) : (fleet.ended.get(number) ?? '');
  }
  const other = of && fleet.of(of.entity).find((one) => one.number === number);
  return of && other ? statusOf(of.entity, other.state) : '';
}

/** The lanes with changes in the range, or all of them: those with the most problems first, then by name. */
export function busyLanes(
  lanes: readonly NamedLane[],
  changed: readonly Stirred[],
  all: boolean,
): readonly NamedLane[] {
  const problems = new Map(changed);
  const sum = ({ entities }: NamedLane) =>
    entities.reduce((total, one) => total + (problems.get(one) ?? 0), 0);
  return lanes
    .filter(({ entities }) => all || entities.some((one) => problems.has(one)))
    .map((lane) => [lane, sum(lane)] as const)
    .sort(([, a], [, b]) => b - a)
    .map(([lane]) => lane);
}
