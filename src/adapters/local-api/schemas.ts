import { z } from 'zod';
import { type Health, InstanceSpec } from '../../domain/records/desired-instances.ts';
import { beatLimits } from '../../domain/registrations/registration.ts';
import { hours, type Millis } from '../../domain/time.ts';
import { checkSchema } from '../files/health-check-schema.ts';

const longestDetail = 4096;

/** The health that a program reports. */
export const HealthBody = z
  .strictObject({
    state: z.enum(['serving', 'failing', 'draining'], {
      error: 'must be serving, failing or draining',
    }),
    detail: z.string().max(longestDetail).optional(),
  })
  .transform(
    ({ state, detail }): Health =>
      state === 'failing' ? { state, detail: detail || 'reported by its program' } : { state },
  );

export const BeatBody = z.strictObject({ health: HealthBody.optional() });

const { service: _, id: __, ...attributes } = InstanceSpec.shape;

/** The document of a registration. `duration` parses milliseconds and durations such as `15s`. */
export const registerBody = (duration: z.ZodType<Millis>) =>
  z
    .strictObject({
      ...attributes,
      health: HealthBody.optional(),
      ttl: duration
        .refine(
          (ttl) => ttl >= beatLimits.min && ttl <= beatLimits.max,
          `must be from ${beatLimits.min / 1000} s to ${beatLimits.max / hours(1)} h`,
        )
        .optional(),
      removeAfter: duration.optional(),
      check: checkSchema(duration)
        // Everybody who reaches the API could run commands as the user of the agent.
        .refine((check) => !('exec' in check), 'exec is accepted only in the instances file')
        .optional(),
    })
    .refine(
      ({ ttl, removeAfter }) => removeAfter === undefined || ttl !== undefined,
      'removeAfter needs a ttl',
    )
    .refine(
      ({ ttl = 0, removeAfter = ttl }) => removeAfter >= ttl,
      'removeAfter must be at least the ttl',
    );

/** Time that an instance drains before it is deregistered. */
export const drainFor = (duration: z.ZodType<Millis>) =>
  z.preprocess(
    (text) => (typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : text),
    duration.refine((time) => time <= hours(1), 'must be at most 1 h').default(0),
  );

const name = { service: z.string(), id: z.string() };
const identity = {
  host: z.string(),
  agent: z.string(),
  run: z.string(),
  term: z.int(),
  state: z.string(),
};

/** Answers, for the description of the API. */
export const answers = {
  registered: z.object({
    ...name,
    host: z.string(),
    agent: z.string(),
    run: z.string(),
    token: z.int(),
  }),
  pending: z.object({ ...name, host: z.string(), agent: z.string(), pending: z.literal(true) }),
  agent: z.object(identity),
  attached: z.object({ ...identity, ...name }),
  instances: z.array(
    z.object({
      ...name,
      address: z.string().nullable(),
      port: z.int().nullable(),
      labels: z.record(z.string(), z.string()),
      health: z.object({
        state: z.enum(['serving', 'failing', 'draining']),
        detail: z.string().nullable(),
      }),
      ttl: z.number().nullable(),
      removeAfter: z.number().nullable(),
      attached: z.int(),
    }),
  ),
  error: z.object({ error: z.string(), message: z.string(), hint: z.string().nullable() }),
} as const;
