import { z } from 'zod';
import { Switch } from './common.ts';
import type { Settings } from './setting.ts';
import { wholeNumber } from './whole-number.ts';

const Text = z.string().min(1, 'not empty');
const Port = wholeNumber(0, 65_535);

/** Port of the dashboard, of `rollcall up` and of `rollcall ui`. */
export const usualPort = 4280;

/** Who may open the dashboard, and from where. */
const access = {
  bind: {
    flag: '--bind <address>',
    description: 'address the dashboard listens on; any other than loopback requires a token',
    fallback: '127.0.0.1',
    schema: Text.default('127.0.0.1'),
  },
  hostName: {
    flag: '--host-name <names>',
    description: 'additional host names that browsers may use for the dashboard, comma-separated',
    schema: Text.transform((text) => text.split(',').map((name) => name.trim())).optional(),
  },
  tokenFile: {
    flag: '--token-file <file>',
    description:
      'file with the access token of the dashboard, or ROLLCALL_UI_TOKEN; without both, a token is generated that only this user can read',
    schema: Text.optional(),
  },
  lookTokenFile: {
    flag: '--look-token-file <file>',
    description: 'file with a second token, for people who may read the dashboard and not act',
    schema: Text.optional(),
  },
  dashboardTlsCert: {
    flag: '--dashboard-tls-cert <file>',
    description: 'serve the dashboard with TLS: certificate and its chain, PEM',
    schema: Text.optional(),
  },
  dashboardTlsKey: {
    flag: '--dashboard-tls-key <file>',
    description: 'private key of that certificate, PEM',
    schema: Text.optional(),
  },
  readOnly: {
    flag: '--read-only',
    description: 'disable actions in the dashboard: no hold, no release, no sweep',
    schema: Switch,
  },
} as const satisfies Settings;

export const dashboard = {
  port: {
    flag: '--port <n>',
    description: 'port of the dashboard; 0 picks a free one',
    fallback: `${usualPort}, else any free one`,
    schema: Port.optional(),
  },
  ...access,
} as const satisfies Settings;

/** For a command whose `--port` is that of the NATS server. */
export const dashboardBeside = {
  dashboard: {
    flag: '--no-dashboard',
    description: 'do not start the dashboard',
    schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
  },
  dashboardPort: {
    flag: '--dashboard-port <n>',
    description: 'port of the dashboard; 0 picks a free one',
    fallback: `${usualPort}, else any free one`,
    schema: Port.optional(),
  },
  ...access,
} as const satisfies Settings;
