import { z } from 'zod';
import { isNetwork } from '../../../composition/services/networks.ts';
import { Duration } from '../../../composition/time/duration.ts';
import { defaultKeepLast } from '../../../domain/fleet/kept-instances.ts';
import { pickPolicies } from '../../../domain/fleet/pick.ts';
import { minutes, seconds } from '../../../domain/time.ts';
import { Switch } from './common.ts';
import { ListenAt } from './metrics.ts';
import type { Settings } from './setting.ts';

const File = z.string().min(1, 'not empty').optional();

/** Where a door listens; the flag alone means its usual port on loopback. */
const doorAt = (port: number) =>
  z
    .union([z.boolean(), z.string(), z.number()], { error: '[HOST:]PORT' })
    .transform((value, context) => {
      if (value === true || value === 'true') return { host: '127.0.0.1', port };
      const read = ListenAt.safeParse(value);
      if (read.success) return read.data;
      context.addIssue({ code: 'custom', message: read.error.issues[0]?.message ?? '' });
      return z.NEVER;
    })
    .optional();

const DnsTtl = z
  .union([z.literal([0, '0']), Duration])
  .transform((value) => Math.round(Number(value) / 1000) * 1000)
  .refine((value) => value <= minutes(10), 'at most 10m');

const KeepLast = z
  .union([z.literal([0, '0']), Duration])
  .transform((value) => (value === '0' ? 0 : Number(value)));

/** Which instances are handed to other programs, and for how long. */
export const handOut = {
  policy: {
    flag: '--policy <policy>',
    description:
      'pick policy, which selects the instances that consumers may use: strict, prefer-live or any',
    fallback: 'prefer-live',
    schema: z.enum(pickPolicies, { error: 'strict, prefer-live or any' }).default('prefer-live'),
  },
  keepLast: {
    flag: '--keep-last <duration>',
    description:
      'how long consumers still get the last instances of a service after a collector removed them; 0: not at all',
    fallback: '10m',
    schema: KeepLast.default(defaultKeepLast),
  },
  snapshot: {
    flag: '--snapshot <file>',
    description:
      'write the view to this file once a minute, and start from it if the store does not answer',
    schema: File,
  },
} as const satisfies Settings;

/** `rollcall.` and `ROLLCALL` are the same zone. Its last labels leave room for the names of services. */
const ZoneName = z
  .string()
  .transform((text) => text.toLowerCase().replace(/\.$/, ''))
  .pipe(
    z
      .string()
      .max(50, 'at most 50 characters')
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 'a name of DNS'),
  );

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. */
const Networks = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .refine((all) => all.every(isNetwork), 'networks as in 10.0.0.0/8,2001:db8::/32');

export const doors = {
  dns: {
    flag: '--dns [address]',
    description: 'answer DNS queries over UDP and TCP: [HOST:]PORT; without a value 127.0.0.1:8600',
    fallback: 'off',
    schema: doorAt(8600),
  },
  zone: {
    flag: '--zone <name>',
    description: 'zone of DNS names, as in web.service.rollcall',
    fallback: 'rollcall',
    schema: ZoneName.default('rollcall'),
  },
  dnsTtl: {
    flag: '--dns-ttl <duration>',
    description: 'how long resolvers may keep an answer, in whole seconds',
    fallback: '1s',
    schema: DnsTtl.default(seconds(1)),
  },
  dnsAllow: {
    flag: '--dns-allow <networks>',
    description:
      'networks of other machines whose DNS queries are answered, comma-separated; all others are refused',
    fallback: 'only this machine',
    schema: Networks.optional(),
  },
  http: {
    flag: '--http [address]',
    description: 'answer HTTP requests: [HOST:]PORT; without a value 127.0.0.1:8601',
    fallback: 'off',
    schema: doorAt(8601),
  },
  tokenFile: {
    flag: '--token-file <file>',
    description: 'file with the token that HTTP requests must have',
    schema: File,
  },
  insecure: {
    flag: '--insecure',
    description: 'answer HTTP requests of other machines without a token',
    schema: Switch,
  },
  hostName: {
    flag: '--host-name <names>',
    description: 'host names under which HTTP clients may reach this server, comma-separated',
    schema: z
      .string()
      .min(1, 'not empty')
      .transform((text) => text.split(',').map((name) => name.trim().toLowerCase()))
      .optional(),
  },
} as const satisfies Settings;
