import { z } from 'zod';
import { ListenAt } from './metrics.ts';
import type { Settings } from './setting.ts';

const usualAddress = { host: '127.0.0.1', port: 8602 } as const;

const rule = '[HOST:]PORT, or the path of a socket, as in /run/rollcall/api.sock';

/** Where the local API listens: a path has a slash. */
const ApiAddress = z.union([z.string(), z.boolean(), z.number()]).transform((value, context) => {
  if (value === true || value === 'true') return usualAddress;
  const text = String(value);
  // Longer paths do not fit into an address of the kernel.
  if (text.includes('/') && Buffer.byteLength(text) <= 100) return { path: text };
  const read = ListenAt.safeParse(value);
  if (read.success) return read.data;
  context.addIssue({ code: 'custom', message: rule });
  return z.NEVER;
});

/** The local API of an agent. */
export const api = {
  api: {
    flag: '--api [address]',
    description:
      'programs register through an HTTP API: [HOST:]PORT, or the path of a UNIX socket; without a value 127.0.0.1:8602',
    fallback: 'off',
    schema: ApiAddress.optional(),
  },
  apiTokenFile: {
    flag: '--api-token-file <file>',
    description: 'file with the token that requests to the API must have; required beyond loopback',
    schema: z.string().min(1, 'not empty').optional(),
  },
} as const satisfies Settings;
