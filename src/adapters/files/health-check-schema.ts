import { z } from 'zod';
import type { HealthCheck } from '../../domain/records/health-check.ts';
import { type Millis, seconds } from '../../domain/time.ts';

const port = z.number().int().min(1).max(65535);

const Endpoint = z
  .string()
  .regex(/^.+:\d{1,5}$/, 'host:port')
  .transform((text) => ({
    host: text.slice(0, text.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1'),
    port: Number(text.slice(text.lastIndexOf(':') + 1)),
  }))
  .pipe(z.object({ host: z.string(), port }));

/** The shape of `check:`; `duration` reads `15s` and the like. */
export const checkSchema = (duration: z.ZodType<Millis>) => {
  const pace = {
    every: duration.default(seconds(10)),
    timeout: duration.default(seconds(5)),
    failAfter: z.number().int().min(1).max(1000).default(3),
  };
  const kinds = z.strictObject({
    http: z.url({ protocol: /^https?$/, error: 'an http or https address' }).optional(),
    tcp: z.union([Endpoint, z.strictObject({ host: z.string().min(1), port })]).optional(),
    exec: z
      .array(z.string(), { error: 'a list: the command and its arguments; there is no shell' })
      .min(1)
      .optional(),
    ...pace,
  });
  return kinds.transform((check, context): HealthCheck => {
    const { http, tcp, exec, ...rest } = check;
    const given = [http, tcp, exec].filter((kind) => kind !== undefined);
    if (given.length !== 1) {
      context.addIssue({ code: 'custom', message: 'exactly one of http, tcp and exec' });
    }
    if (http !== undefined) return { http, ...rest };
    if (tcp !== undefined) return { tcp, ...rest };
    return { exec: exec ?? [], ...rest };
  });
};
