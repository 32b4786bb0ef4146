import type { Entity } from '../../composition/entity-name.ts';
import { Fault } from '../../domain/fault.ts';
import type { History } from '../../ports/audit.ts';
import type { OpenHistory } from './open-history.ts';

/**
 * The one thing that is named so and has a life in the audit.
 * @throws {Fault} `not-found` where nothing is, or more than one thing
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
    throw new Fault('not-found', `the audit of ${opened.name} knows no '${name}'`, {
      hint: 'an entity is HOST/AGENT, a run id, SERVICE/ID, hold:HOST[/AGENT], brake:ZONE or policy; `rollcall audit tail` shows some',
    });
  }
  return expectOne(one, name, found);
}

/** @throws {Fault} `not-found` where more than one thing is meant */
export function expectOne<E extends Entity>(one: E, name: string, found: readonly E[]): E {
  if (found.length < 2) return one;
  throw new Fault('not-found', `'${name}' can be ${found.map(({ exact }) => exact).join(' or ')}`, {
    hint: 'say which, with the word before it',
  });
}

/** Whether something is said of these, up to and with this place. */
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
