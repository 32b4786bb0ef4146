import { z } from 'zod';
import type { Millis } from '../../domain/time.ts';
import { checkSchema } from '../files/health-check-schema.ts';

/** A service that the labels of a container ask for. `duration` parses durations such as `15s`. */
const serviceSchema = (duration: z.ZodType<Millis>) =>
  z.strictObject({
    port: z.coerce.number().int().min(1).max(65535).optional(),
    id: z.string().optional(),
    network: z.string().optional(),
    address: z.enum(['host', 'container'], { error: 'must be host or container' }).optional(),
    label: z.record(z.string(), z.string()).default({}),
    check: z
      .preprocess(withNumbers, checkSchema(duration))
      // Labels may come from whoever built the image, and a command would run as the user of the agent.
      .refine((check) => !('exec' in check), 'exec is accepted only in the instances file')
      .optional(),
  });

export type LabelledService = z.output<ReturnType<typeof serviceSchema>> & {
  readonly service: string;
};

const prefix = 'rollcall.';

/** Whether a container asks to be registered. */
export const isLabelled = (labels: Readonly<Record<string, string>> | null | undefined): boolean =>
  Object.keys(labels ?? {}).some(
    (key) => key === 'rollcall.service' || key.startsWith('rollcall.services.'),
  );

/**
 * The services that labels ask for: `rollcall.service=web` with `rollcall.port=8080`, or several as
 * `rollcall.services.web.port=8080`. Labels with an error are refused for their service alone.
 */
export function readLabels(
  labels: Readonly<Record<string, string>>,
  duration: z.ZodType<Millis>,
): { readonly services: readonly LabelledService[]; readonly complaints: readonly string[] } {
  const found = new Map<string, Record<string, unknown>>();
  const single = labels['rollcall.service'];
  const fieldsOf = (service: string): Record<string, unknown> => {
    const fields = found.get(service) ?? {};
    found.set(service, fields);
    return fields;
  };
  for (const [key, value] of Object.entries(labels)) {
    if (!key.startsWith(prefix)) continue;
    const [first, ...rest] = key.slice(prefix.length).split('.');
    if (first === 'services') {
      const [service, ...path] = rest;
      if (service) setField(fieldsOf(service), path, value);
    } else if (single !== undefined) {
      const fields = fieldsOf(single);
      if (first !== 'service') setField(fields, [first ?? '', ...rest], value);
    }
  }
  const services: LabelledService[] = [];
  const complaints: string[] = [];
  for (const [service, fields] of found) {
    const read = serviceSchema(duration).safeParse(fields);
    if (read.success) services.push({ service, ...read.data });
    else {
      const rules = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
      complaints.push(`labels of service '${service}': ${rules.join('; ')}`);
    }
  }
  return { services, complaints };
}

/** `label` and `check` have fields of their own; names of labels may contain dots. */
function setField(fields: Record<string, unknown>, path: readonly string[], value: string): void {
  const [field = '', ...rest] = path;
  if (field === '' || field === '__proto__') return;
  if ((field !== 'label' && field !== 'check') || rest.length === 0) {
    fields[path.join('.')] = value;
    return;
  }
  const before = Object.hasOwn(fields, field) ? fields[field] : undefined;
  const inner = typeof before === 'object' && before !== null ? before : {};
  fields[field] = { ...inner, [rest.join('.')]: value };
}

/** Values of labels are texts; these fields of a check are numbers. */
function withNumbers(check: unknown): unknown {
  if (typeof check !== 'object' || check === null) return check;
  const numbers = ['failAfter', 'passAfter'];
  return Object.fromEntries(
    Object.entries(check).map(([field, value]) => [
      field,
      numbers.includes(field) ? Number(value) : value,
    ]),
  );
}
