import { z } from 'zod';
import type { Settings } from './setting.ts';

const rule = '[HOST:]PORT, as in 9464, 0.0.0.0:9464 or [::1]:9464';
const form = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([^\s:/[\]]+)):)?(\d{1,5})$/;

/** Where to listen. Without a host on loopback only. */
export const ListenAt = z
  .union([z.string(), z.number()], { error: rule })
  .transform((text, { addIssue }) => {
    const [, v6, name, port] = form.exec(String(text).trim()) ?? [];
    if (port !== undefined && Number(port) <= 65535) {
      return { host: v6 ?? name ?? '127.0.0.1', port: Number(port) };
    }
    addIssue({ code: 'custom', message: rule });
    return z.NEVER;
  });

/** For commands that run until stopped. */
export const metrics = {
  metrics: {
    flag: '--metrics <[host:]port>',
    description: 'serve Prometheus metrics at /metrics on this address; port 0 picks a free one',
    fallback: 'off',
    schema: ListenAt.optional(),
  },
} as const satisfies Settings;
