import type { Entity } from '../../composition/names/entity-name.ts';
import { Fault } from '../../domain/fault.ts';
import type { History } from '../../ports/audit.ts';
import type { OpenHistory } from './open-history.ts';

/**
 * The entity with this name in the audit.
 * @throws {Fault} `not-found` if there is none, or more than one
 */
export async function findEntity(
  name: string,
  candidates: readonly Entity[],
  opened: Pick<OpenHistory, 'history' | 'name'>,
): Promise<Entity> {
  const found: Entity[] = [];
  for (const candidate of candidates) {
    if (await hasEvents(opened.history, candidate.all)) found.push(candidate);
  }
  const [one] = found;
  if (one === undefined) {
    throw new Fault('not-found', `the audit of ${opened.name} has no event of '${name}'`, {
      hint: 'an entity is HOST/AGENT, a run id, SERVICE/ID, hold:HOST[/AGENT], drain:HOST, drain:SERVICE/ID, brake:ZONE or policy; recent ones: rollcall audit tail',
    });
  }
  return expectOne(one, name, found);
}

/** @throws {Fault} `not-found` if the name is ambiguous */
export function expectOne<E extends Entity>(one: E, name: string, found: readonly E[]): E {
  if (found.length < 2) return one;
  throw new Fault(
    'not-found',
    `'${name}' is ambiguous: ${found.map(({ exact }) => exact).join(' or ')}`,
    {
      hint: 'use one of these names, with the prefix',
    },
  );
}

/** Whether the filters match a readable event, up to and including `until`. */
export async function hasEvents(
  history: History,
  filters: readonly string[],
  until = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  for await (const { seq, illegible } of history.read(0, filters)) {
    if (seq > until) return false;
    if (illegible === undefined) return true;
  }
  return false;
}
