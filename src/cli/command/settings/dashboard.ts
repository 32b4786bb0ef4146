import { z } from 'zod';
import { Switch } from './common.ts';
import type { Settings } from './setting.ts';

const Text = z.string().min(1, 'not empty');
const Port = z.coerce.number().int().min(0).max(65535);

/** The port of `rollcall up`’s dashboard, and of `rollcall ui`. */
const usual = 4280;

/** Who may look, and from where. */
const door = {
  bind: {
    flag: '--bind <address>',
    description: 'where the dashboard listens; anything but loopback takes a token',
    fallback: '127.0.0.1',
    schema: Text.default('127.0.0.1'),
  },
  hostName: {
    flag: '--host-name <names>',
    description:
      'names by which browsers call the dashboard, beside its address, separated by commas',
    schema: Text.transform((text) => text.split(',').map((name) => name.trim())).optional(),
  },
  tokenFile: {
    flag: '--token-file <file>',
    description: 'the token that the dashboard asks for; also in ROLLCALL_UI_TOKEN',
    schema: Text.optional(),
  },
  readOnly: {
    flag: '--read-only',
    description: 'the dashboard only shows: no hold, no release, no sweep',
    schema: Switch,
  },
} as const satisfies Settings;

export const dashboard = {
  port: {
    flag: '--port <n>',
    description: 'where it listens; 0: any free port',
    fallback: `${usual}, else any free one`,
    schema: Port.optional(),
  },
  ...door,
} as const satisfies Settings;

/** Beside a server that has a port of its own. */
export const dashboardBeside = {
  dashboard: {
    flag: '--no-dashboard',
    description: 'no dashboard',
    schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
  },
  dashboardPort: {
    flag: '--dashboard-port <n>',
    description: 'where the dashboard listens; 0: any free port',
    fallback: `${usual}, else any free one`,
    schema: Port.optional(),
  },
  ...door,
} as const satisfies Settings;

export const usualPort = usual;
