import { expect } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import type { Explanation } from '../../../src/cli/why/context.ts';
import { explain } from '../../../src/cli/why/explain.ts';
import { present } from '../../../src/cli/why/load-context.ts';
import { parseEntity } from '../../../src/composition/names/entity-name.ts';
import type { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';

/** The present output of `rollcall why` for one entity, given by its exact name. */
export async function explained(
  fleet: FleetInMemory,
  name: string,
): Promise<readonly Explanation[]> {
  const store = memoryStore(fleet.world);
  const [entity] = parseEntity(name);
  if (!entity) throw new Error(`${name} names nothing`);
  const ground = await present(entity.records, store, store.audit);
  return explain(entity, ground);
}

/** The sentences without times of day and run ids, which differ between runs of the test. */
export const saying = ({ sentences }: Explanation): string =>
  sentences
    .join(' ')
    .replaceAll(/(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d [A-Z]{3,4}\S*/g, 'T')
    .replaceAll(/\brun\d{6}\b/g, 'R')
    .replaceAll(/#\d+/g, '#N');

/** Checks that the explanation has three sentences, from the one record or from its absence. */
export async function says(fleet: FleetInMemory, name: string): Promise<string> {
  const stories = await explained(fleet, name);
  expect(stories).toHaveLength(1);
  for (const { sentences } of stories) expect(sentences).toHaveLength(3);
  return stories.map(saying).join('\n');
}
