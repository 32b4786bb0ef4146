import { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { InstanceId, type Slot } from '../../domain/identity/names.ts';
import { instanceKey } from '../../domain/identity/registry-keys.ts';
import type { InstanceSpec } from '../../domain/records/desired-instances.ts';
import type { Millis } from '../../domain/time.ts';
import { type ListedInstance, listedSchema, withDefaultId } from './listed-instance.ts';
import { complaint, formatSchemaErrors } from './schema-errors.ts';
import { type FileDocument, readDocument } from './yaml-document.ts';

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
