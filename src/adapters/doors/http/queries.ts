import { z } from 'zod';
import { pickPolicies } from '../../../domain/fleet/pick.ts';
import { ServiceName } from '../../../domain/identity/names.ts';
import { formatParseError } from '../../../domain/records/schema-problems.ts';
import { type Millis, minutes, seconds } from '../../../domain/time.ts';
import { ApiError } from '../../http-server/api-error.ts';

const longestWait: Millis = minutes(10);
const usualWait: Millis = seconds(60);

const states = ['live', 'dubious', 'failing', 'draining'] as const;

/** The parameters of each path. `duration` parses texts such as `30s`. */
export const queriesWith = (duration: z.ZodType<Millis>) => {
  const policy = z.enum(pickPolicies, { error: 'strict, prefer-live or any' }).optional();
  const wait = z
    .preprocess((text) => (isNumber(text) ? Number(text) : text), duration)
    .refine((wait) => wait <= longestWait, 'at most 10m')
    .default(usualWait)
    .describe('Longest time to wait for a change, such as 30s; at most 10m');
  return {
    none: z.strictObject({}),
    instances: z.strictObject({
      policy,
      index: z
        .string()
        .max(100)
        .optional()
        .describe('The index of the last answer: wait for a change'),
      wait,
    }),
    pick: z.strictObject({ policy }),
    watch: z.strictObject({ service: ServiceName, policy }),
    targets: z.strictObject({
      service: ServiceName.optional(),
      state: z.enum(states, { error: states.join(', ') }).optional(),
    }),
  };
};

const isNumber = (text: unknown): boolean => typeof text === 'string' && /^\d+$/.test(text);

/** Labels that a row must have, from `label.K=V`. */
export type Labels = ReadonlyMap<string, string>;

/** Reads the parameters. @throws {ApiError} `bad-request` with the parameter and the rule */
export function readQuery<S extends z.ZodType>(
  rule: S,
  query: URLSearchParams,
): z.output<S> & { readonly labels: Labels } {
  const labels = new Map<string, string>();
  const rest: Record<string, string> = {};
  for (const [name, value] of query) {
    if (name.startsWith('label.')) labels.set(name.slice('label.'.length), value);
    else Object.defineProperty(rest, name, { value, enumerable: true, configurable: true });
  }
  const read = rule.safeParse(rest);
  if (!read.success) throw new ApiError('bad-request', formatParseError(read.error));
  return { ...(read.data as object), labels } as z.output<S> & { readonly labels: Labels };
}

export const hasLabels = (
  row: { readonly labels: Readonly<Record<string, string>> },
  labels: Labels,
): boolean =>
  [...labels].every(
    ([name, value]) => Object.hasOwn(row.labels, name) && row.labels[name] === value,
  );
