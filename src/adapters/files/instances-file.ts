import { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { InstanceId, type Slot } from '../../domain/identity/names.ts';
import { instanceKey } from '../../domain/identity/registry-keys.ts';
import type { InstanceSpec } from '../../domain/records/desired-instances.ts';
import { mostInstances } from '../../domain/records/record-budget.ts';
import type { Millis } from '../../domain/time.ts';
import { type ListedInstance, listedSchema, withDefaultId } from './listed-instance.ts';
import { formatProblem, formatSchemaErrors } from './schema-errors.ts';
import { type FileDocument, readDocument } from './yaml-document.ts';

const fileSchema = (duration: z.ZodType<Millis>) =>
  z.strictObject(
    {
      instances: z
        .array(listedSchema(duration))
        .max(mostInstances, `at most ${mostInstances} instances`),
    },
    { error: 'must be a map with the list `instances:`' },
  );

/**
 * Reads the instances that a file lists for one agent.
 *
 * Reports all problems together, each with its line. A file with a problem is rejected as a whole.
 * @throws {Fault} `bad-instances-file`
 */
export function readInstances(
  text: string,
  file: string,
  slot: Slot,
  duration: z.ZodType<Millis>,
): readonly ListedInstance[] {
  const document = readDocument(text, file, 'bad-instances-file');
  const parsed = fileSchema(duration).safeParse(document.value);
  if (!parsed.success) throw invalidFile(formatSchemaErrors(document, parsed.error));
  const listed = parsed.data.instances.map((one) => withDefaultId(one, slot));
  const problems = listed.flatMap(({ spec }, index) =>
    validateListed(document, slot, listed, spec, index),
  );
  if (problems.length > 0) throw invalidFile(problems.join('\n'));
  return listed;
}

function validateListed(
  document: FileDocument,
  slot: Slot,
  listed: readonly ListedInstance[],
  spec: InstanceSpec,
  index: number,
): readonly string[] {
  const id = InstanceId.safeParse(spec.id);
  if (!id.success) {
    const rule = `the default id (host, agent, service and port) is too long: ${id.error.issues[0]?.message}; set an id`;
    return [formatProblem(document, ['instances', index], rule)];
  }
  const first = listed.findIndex(
    (one) => one.spec.service === spec.service && one.spec.id === spec.id,
  );
  if (first < index) {
    const line = document.lineOf(['instances', first]);
    return [
      formatProblem(
        document,
        ['instances', index],
        `${spec.service}/${spec.id} is already in line ${line}`,
      ),
    ];
  }
  try {
    instanceKey({ ...slot, ...spec });
    return [];
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return [formatProblem(document, ['instances', index], cause.message)];
  }
}

const invalidFile = (message: string): Fault =>
  new Fault('bad-instances-file', message, {
    hint: 'expected instances: [{ service, id?, address?, port?, labels?, check? }]',
  });
