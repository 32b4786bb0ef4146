import { z } from 'zod';
import { instanceRow } from '../../../domain/fleet/row-schema.ts';

const count = z.int().nonnegative();
/** The documents of the API. OpenAPI is generated from them. */
export const answers = {
  services: z
    .array(
      z.object({
        service: z.string(),
        live: count,
        dubious: count,
        failing: count,
        draining: count,
        kept: count.describe('Instances without a record that are still returned (G13)'),
      }),
    )
    .describe('The services, by name'),
  instances: z.object({
    index: z.string().describe('Opaque. Send it back as `index` to wait for a change'),
    age: count.describe('Milliseconds since the last message of the store'),
    observed: z.boolean().describe('Whether a collector is active'),
    kept: z.boolean().describe('Whether the instances are kept ones (G13)'),
    instances: z.array(instanceRow()),
  }),
  pick: instanceRow(),
  health: z.object({
    complete: z.boolean(),
    age: count,
    observed: z.boolean(),
    source: z.enum(['store', 'snapshot']),
  }),
  targets: z.array(
    z.object({ targets: z.array(z.string()), labels: z.record(z.string(), z.string()) }),
  ),
  error: z.object({ error: z.string(), message: z.string(), hint: z.string().nullable() }),
};
