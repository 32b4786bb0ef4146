import type { Roll } from './roll.ts';
import { slotKey } from './roll.ts';
import { entityName, isOf, readSubject } from './subject.ts';

export type LaneOf = 'agent' | 'host' | 'entity';

/** A lane: a name, and the entities whose states it shows one after the other. */
export interface NamedLane {
  readonly key: string;
  readonly name: string;
  readonly kind: string;
  readonly entities: readonly number[];
}

const names = new Intl.Collator('en', { numeric: true });

/** The lanes of everything that ever was here, by name; of what is chosen, all that belongs to it. */
export function laneEntities(
  roll: Roll,
  by: LaneOf,
  chosen: string,
  text: string,
): readonly NamedLane[] {
  const subject = readSubject(chosen);
  const lanes = new Map<string, { name: string; kind: string; entities: number[] }>();
  const wanted = text.toLowerCase();
  roll.entities.forEach((entity, number) => {
    if (subject && !isOf(subject, entity)) return;
    if (by !== 'entity' && entity.entity !== 'run') return;
    const name = by === 'host' && 'host' in entity ? entity.host : entityName(entity);
    if (wanted !== '' && !name.toLowerCase().includes(wanted)) return;
    const key =
      by === 'agent' && entity.entity === 'run'
        ? slotKey(entity.host, entity.agent)
        : by === 'host'
          ? name
          : `${entity.entity} ${name}`;
    const there = lanes.get(key);
    if (there) there.entities.push(number);
    else lanes.set(key, { name, kind: entity.entity, entities: [number] });
  });
  return [...lanes]
    .map(([key, lane]) => ({ key, ...lane }))
    .sort((a, b) => names.compare(a.name, b.name));
}
