import { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { InstanceId, type ServiceName, type Slot } from '../../domain/identity/names.ts';
import { instanceKey } from '../../domain/identity/registry-keys.ts';
import { InstanceSpec } from '../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../domain/records/health-check.ts';
import type { Millis } from '../../domain/time.ts';
import { checkSchema } from './health-check-schema.ts';
import { complaint, formatSchemaErrors } from './schema-errors.ts';
import { type FileDocument, readDocument } from './yaml-document.ts';

/** An instance as the file wants it, and how to ask whether it works. */
export interface ListedInstance {
  readonly spec: InstanceSpec;
  readonly check: HealthCheck | undefined;
}

/** The shape of one instance as a person writes it; `duration` reads `15s` and the like. */
export const listedSchema = (duration: z.ZodType<Millis>) =>
  z.strictObject({
    ...InstanceSpec.shape,
    id: InstanceId.optional(),
    check: checkSchema(duration).optional(),
  });

const fileSchema = (duration: z.ZodType<Millis>) =>
  z.strictObject(
    { instances: z.array(listedSchema(duration)) },
    { error: 'a map with `instances:`, a list' },
  );

/**
 * The instances that a file lists for one agent.
 *
 * Whatever is wrong with it is said at once, each with its line: half a list is worse than the old one.
 * @throws {Fault} `bad-instances-file`
 */
export function readInstances(
  text: string,
  file: string,
  slot: Slot,
  duration: z.ZodType<Millis>,
): readonly ListedInstance[] {
  const document = readDocument(text, file, 'bad-instances-file');
  const read = fileSchema(duration).safeParse(document.value);
  if (!read.success) throw bad(formatSchemaErrors(document, read.error));
  const listed = read.data.instances.map((one) => withDefaultId(one, slot));
  const wrong = listed.flatMap(({ spec }, n) => validateListed(document, slot, listed, spec, n));
  if (wrong.length > 0) throw bad(wrong.join('\n'));
  return listed;
}

/** Where no id is given it is made of the names and the port. */
export const withDefaultId = (
  { check, ...spec }: z.output<ReturnType<typeof listedSchema>>,
  slot: Slot,
): ListedInstance => ({ spec: { ...spec, id: spec.id ?? defaultId(slot, spec) }, check });

/** `<host>-<agent>-<service>-<port>`, without the port where there is none. */
const defaultId = (
  { host, agent }: Slot,
  { service, port }: { readonly service: ServiceName; readonly port?: number | undefined },
): InstanceId =>
  [host, agent, service, ...(port === undefined ? [] : [port])].join('-') as InstanceId;

function validateListed(
  document: FileDocument,
  slot: Slot,
  listed: readonly ListedInstance[],
  spec: InstanceSpec,
  n: number,
): readonly string[] {
  const id = InstanceId.safeParse(spec.id);
  if (!id.success) {
    const rule = `without an id it would be the names and the port together, and ${id.error.issues[0]?.message}`;
    return [complaint(document, ['instances', n], rule)];
  }
  const first = listed.findIndex(
    (one) => one.spec.service === spec.service && one.spec.id === spec.id,
  );
  if (first < n) {
    const line = document.lineOf(['instances', first]);
    return [
      complaint(
        document,
        ['instances', n],
        `${spec.service}/${spec.id} is in line ${line} already`,
      ),
    ];
  }
  try {
    instanceKey({ ...slot, ...spec });
    return [];
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return [complaint(document, ['instances', n], cause.message)];
  }
}

const bad = (what: string): Fault =>
  new Fault('bad-instances-file', what, {
    hint: 'instances: [{ service, id?, address?, port?, labels?, check? }]',
  });
