import { Fault } from '../domain/fault.ts';
import type { Audit } from '../ports/audit.ts';
import type { Entity } from './audit-entity.ts';

/**
 * The one thing that is named so and has a life in the audit.
 * @throws {Fault} `not-found` where nothing is, or more than one thing
 */
export async function findEntity(
  name: string,
  candidates: readonly Entity[],
  audit: Audit,
  namespace: string,
): Promise<Entity> {
  const found: Entity[] = [];
  for (const candidate of candidates) {
    if (await hasEvents(audit, candidate.all)) found.push(candidate);
  }
  const [one, ...others] = found;
  if (one === undefined) {
    throw new Fault('not-found', `the audit of namespace '${namespace}' knows no '${name}'`, {
      hint: 'an entity is HOST/AGENT, a run id or SERVICE/ID; `rollcall audit tail` shows some',
    });
  }
  if (others.length === 0) return one;
  throw new Fault('not-found', `'${name}' can be ${found.map(({ exact }) => exact).join(' or ')}`, {
    hint: 'say which, with the word before it',
  });
}

async function hasEvents(audit: Audit, filters: readonly string[]): Promise<boolean> {
  for await (const _ of audit.read(0, filters)) return true;
  return false;
}
