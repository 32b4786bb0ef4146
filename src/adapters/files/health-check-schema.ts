import { z } from 'zod';
import type { HealthCheck } from '../../domain/records/health-check.ts';
import { type Millis, seconds } from '../../domain/time.ts';

const port = z.number().int().min(1).max(65535);

const Endpoint = z
  .string()
  .regex(/^.+:\d{1,5}$/, 'must be host:port')
  .transform((text) => ({
    host: text.slice(0, text.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1'),
    port: Number(text.slice(text.lastIndexOf(':') + 1)),
  }))
  .pipe(z.object({ host: z.string(), port }));

/** Schema of `check:`. `duration` parses durations such as `15s`. */
export const checkSchema = (duration: z.ZodType<Millis>) => {
  const timing = {
    every: duration.default(seconds(10)),
    timeout: duration.default(seconds(5)),
    failAfter: z.number().int().min(1).max(1000).default(3),
  };
  const kinds = z.strictObject({
    http: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
    tcp: z.union([Endpoint, z.strictObject({ host: z.string().min(1), port })]).optional(),
    exec: z
      .array(z.string(), {
        error: 'must be a list: the command and its arguments (no shell is used)',
      })
      .min(1)
      .optional(),
    ...timing,
  });
  return kinds.transform((check, context): HealthCheck => {
    const { http, tcp, exec, ...rest } = check;
    const given = [http, tcp, exec].filter((kind) => kind !== undefined);
    if (given.length !== 1) {
      context.addIssue({ code: 'custom', message: 'must have exactly one of http, tcp and exec' });
    }
    if (http !== undefined) return { http, ...rest };
    if (tcp !== undefined) return { tcp, ...rest };
    return { exec: exec ?? [], ...rest };
  });
};
