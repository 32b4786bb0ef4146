import { z } from 'zod';
import { Namespace } from '../../../domain/identity/names.ts';
import type { Settings } from './setting.ts';

/** A switch: given as a flag, or as `true` or `yes` in the environment and the file. */
export const Switch = z
  .union([z.boolean(), z.stringbool()], { error: 'true or false' })
  .default(false);

const Text = z.string().min(1, 'not empty');
const File = Text.optional();

/** One address or several, separated by commas or as a list. */
const Servers = z
  .union([Text.transform((text) => text.split(',')), z.array(Text)], {
    error: 'nats://HOST:PORT, several separated by commas',
  })
  .pipe(
    z.array(
      z
        .string()
        .trim()
        .regex(
          /^((nats|tls|ws|wss):\/\/)?[^\s/]+$/,
          'nats://HOST:PORT, several separated by commas',
        ),
    ),
  );

/** Settings that every command has. */
export const common = {
  servers: {
    flag: '--servers <urls>',
    about: 'NATS servers, separated by commas',
    fallback: 'NATS_URL, else nats://127.0.0.1:4222',
    variable: 'NATS_URL',
    rule: Servers.default(['nats://127.0.0.1:4222']),
  },
  namespace: {
    flag: '--namespace <name>',
    about: 'which fleet: many can share one server',
    fallback: 'default',
    rule: Namespace.default(Namespace.parse('default')),
  },
  user: { flag: '--user <name>', about: 'user name for the NATS server', rule: File },
  password: { flag: '--password <text>', about: 'its password', rule: File, secret: true },
  token: { flag: '--token <text>', about: 'a token, instead of a user', rule: File, secret: true },
  creds: { flag: '--creds <file>', about: 'a credentials file (JWT and seed)', rule: File },
  nkey: { flag: '--nkey <file>', about: 'an nkey seed file', rule: File },
  tlsCa: { flag: '--tls-ca <file>', about: 'trust servers by this CA certificate', rule: File },
  tlsCert: { flag: '--tls-cert <file>', about: 'present this client certificate', rule: File },
  tlsKey: { flag: '--tls-key <file>', about: 'its private key', rule: File },
  replicas: {
    flag: '--replicas <n>',
    about: 'copies of each stream, where this command creates it',
    fallback: '1',
    rule: z.coerce.number().int().min(1, 'from 1 to 5').max(5, 'from 1 to 5').default(1),
  },
  config: { flag: '--config <file>', about: 'settings from a YAML or JSON file', rule: File },
  json: { flag: '--json', about: 'one JSON document per line', rule: Switch },
  color: {
    flag: '--no-color',
    about: 'no colours',
    rule: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
  },
  logLevel: {
    flag: '--log-level <level>',
    about: 'debug, info, warn or silent, on stderr',
    fallback: 'warn',
    rule: z
      .enum(['debug', 'info', 'warn', 'silent'], { error: 'debug, info, warn or silent' })
      .default('warn'),
  },
} as const satisfies Settings;
