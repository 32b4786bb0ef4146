import { z } from 'zod';
import { defaultCheck, type HealthCheck } from '../../domain/records/health-check.ts';
import type { Millis } from '../../domain/time.ts';

const port = z.number().int().min(1).max(65535);
const address = { host: z.string().min(1), port };

/** `host:port`, with an IPv6 address in brackets. */
const Endpoint = z
  .string()
  .regex(/^.+:\d{1,5}$/, 'must be host:port')
  .transform((text) => ({
    host: text.slice(0, text.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1'),
    port: Number(text.slice(text.lastIndexOf(':') + 1)),
  }))
  .pipe(z.object(address));

const Tls = z.strictObject({
  verify: z.boolean().optional(),
  ca: z.string().min(1).optional(),
  serverName: z.string().min(1).optional(),
});

const Url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const Http = z.union(
  [
    Url.transform((url) => ({ url })),
    z.strictObject({
      url: Url,
      method: z
        .string()
        .regex(/^[A-Z]+$/, 'must be a method such as GET or HEAD')
        .optional(),
      headers: z.record(z.string(), z.string()).optional(),
      tls: Tls.optional(),
    }),
  ],
  { error: 'must be an http or https URL, or an object with `url`' },
);

/** The kinds of checks. */
const kinds = {
  http: Http.optional(),
  tcp: z.union([Endpoint, z.strictObject(address)]).optional(),
  unix: z.string().min(1).optional(),
  udp: z
    .union([
      Endpoint,
      z.strictObject({
        ...address,
        send: z.string().optional(),
        expectReply: z.boolean().optional(),
      }),
    ])
    .optional(),
  grpc: z
    .union([
      Endpoint,
      z.strictObject({ ...address, service: z.string().optional(), tls: Tls.optional() }),
    ])
    .optional(),
  exec: z
    .array(z.string(), {
      error: 'must be a list: the command and its arguments (no shell is used)',
    })
    .min(1)
    .optional(),
};
const kindNames = Object.keys(kinds) as readonly (keyof typeof kinds)[];

/** Schema of `check:`. `duration` parses durations such as `15s`. */
export const checkSchema = (duration: z.ZodType<Millis>) => {
  const count = z.number().int().min(1).max(1000);
  const timing = {
    every: duration.default(defaultCheck.every),
    timeout: duration.default(defaultCheck.timeout),
    failAfter: count.default(defaultCheck.failAfter),
    passAfter: count.default(defaultCheck.passAfter),
    startPeriod: duration.default(defaultCheck.startPeriod),
    initial: z
      .enum(['failing', 'serving'], { error: 'must be failing or serving' })
      .default(defaultCheck.initial),
  };
  return z.strictObject({ ...kinds, ...timing }).transform((check, context): HealthCheck => {
    const { http, tcp, unix, udp, grpc, exec, ...rest } = check;
    if (kindNames.filter((kind) => check[kind] !== undefined).length !== 1) {
      const message = `must have exactly one of ${kindNames.join(', ')}`;
      context.addIssue({ code: 'custom', message });
    }
    if (http !== undefined) return { http, ...rest };
    if (tcp !== undefined) return { tcp, ...rest };
    if (unix !== undefined) return { unix, ...rest };
    if (udp !== undefined) return { udp, ...rest };
    if (grpc !== undefined) return { grpc, ...rest };
    return { exec: exec ?? [], ...rest };
  });
};
