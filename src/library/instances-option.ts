import { z } from 'zod';
import { Fault } from '../domain/fault.ts';
import type { Slot } from '../domain/identity/names.ts';
import type { Health } from '../domain/records/desired-instances.ts';
import { readOption } from './options.ts';

/** The greatest length of the detail of a failing instance. */
const longestDetail = 4096;

const HealthOption = z.discriminatedUnion(
  'state',
  [
    z.strictObject({ state: z.literal('serving') }),
    z.strictObject({ state: z.literal('failing'), detail: z.string().max(longestDetail) }),
    z.strictObject({ state: z.literal('draining') }),
  ],
  { error: 'must be serving, failing or draining' },
);

/** @throws {Fault} `bad-setting` */
export const readHealth = (health: unknown): Health => readOption('health', HealthOption, health);

/**
 * The instances that a caller lists, each with an id.
 * @throws {Fault} `bad-setting` also if an instance is listed twice
 */
export async function instanceReader(slot: Slot) {
  const { ListedInstances, withDefaultIds } = await import(
    '../composition/instances/listed-instances.ts'
  );
  return (listed: unknown) => {
    const instances = withDefaultIds(readOption('instances', ListedInstances, listed), slot);
    const names = new Set<string>();
    for (const { spec } of instances) {
      const name = `${spec.service}/${spec.id}`;
      if (names.has(name)) throw new Fault('bad-setting', `instances: '${name}' is listed twice`);
      names.add(name);
    }
    return instances;
  };
}
