import { z } from 'zod';

const count = z.int().nonnegative();
const millis = z.int().describe('Milliseconds since 1970');

/** An instance as `rollcall ps --json` prints it: an `InstanceRow`. */
export const instanceRow = () =>
  z
    .object({
      service: z.string(),
      id: z.string(),
      host: z.string(),
      agent: z.string(),
      run: z.string(),
      token: count.describe(
        'Fencing token: it grows with each registration of this service and id',
      ),
      term: count,
      state: z.enum(['live', 'dubious', 'failing', 'draining']),
      reason: z
        .enum([
          ...(['silent', 'unreachable', 'planned', 'superseded'] as const),
          ...(['contested', 'orphan', 'unobserved'] as const),
        ])
        .nullable(),
      since: millis,
      address: z.string().nullable(),
      port: count.nullable(),
      labels: z.record(z.string(), z.string()),
      health: z.object({
        state: z.enum(['serving', 'failing', 'draining']),
        detail: z.string().nullable(),
      }),
      revision: count,
      successor: z.enum(['registering', 'live', 'leaving', 'expired']).nullable(),
      drain: z
        .object({ by: z.string().nullable(), until: millis.nullable(), why: z.string().nullable() })
        .optional()
        .describe('Only while an operator drains it or its host: who, until when, and why'),
      keptSince: millis
        .optional()
        .describe('Only without a record: since when the instance is kept (G13)'),
    })
    .describe('An instance');
