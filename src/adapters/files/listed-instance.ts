import { z } from 'zod';
import { InstanceId, type ServiceName, type Slot } from '../../domain/identity/names.ts';
import { InstanceSpec } from '../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../domain/records/health-check.ts';
import type { Millis } from '../../domain/time.ts';
import { checkSchema } from './health-check-schema.ts';

/** An instance to register, and its health check if it has one. */
export interface ListedInstance {
  readonly spec: InstanceSpec;
  readonly check: HealthCheck | undefined;
}

/** Schema of one instance in the file. `duration` parses durations such as `15s`. */
export const listedSchema = (duration: z.ZodType<Millis>) =>
  z.strictObject({
    ...InstanceSpec.shape,
    id: InstanceId.optional(),
    check: checkSchema(duration).optional(),
  });

/** The instance with its id, or with the default id `<host>-<agent>-<service>-<port>`. */
export const withDefaultId = (
  { check, ...spec }: z.output<ReturnType<typeof listedSchema>>,
  slot: Slot,
): ListedInstance => ({ spec: { ...spec, id: spec.id ?? defaultId(slot, spec) }, check });

/** `<host>-<agent>-<service>-<port>`, or without `-<port>` if there is no port. */
const defaultId = (
  { host, agent }: Slot,
  { service, port }: { readonly service: ServiceName; readonly port?: number | undefined },
): InstanceId =>
  [host, agent, service, ...(port === undefined ? [] : [port])].join('-') as InstanceId;
