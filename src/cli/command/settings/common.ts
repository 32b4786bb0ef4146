import { z } from 'zod';
import { JsDomain } from '../../../composition/store/js-domain.ts';
import { Namespace } from '../../../domain/identity/names.ts';
import { firstPage } from './first-page.ts';
import type { Settings } from './setting.ts';
import { wholeNumber } from './whole-number.ts';

/** A switch: a flag, or `true` or `yes` in the environment and the file. */
export const Switch = z
  .union([z.boolean(), z.stringbool()], { error: 'true or false' })
  .default(false);

const Text = z.string().min(1, 'not empty');
const File = Text.optional();

/** One address or several, separated by commas or as a list. */
const Servers = z
  .union([Text.transform((text) => text.split(',')), z.array(Text)], {
    error: 'nats://HOST:PORT, or several separated by commas',
  })
  .pipe(
    z.array(
      z
        .string()
        .trim()
        .regex(
          /^((nats|tls|ws|wss):\/\/)?[^\s/]+$/,
          'nats://HOST:PORT, or several separated by commas',
        ),
    ),
  );

/** Settings that every command has. */
export const common = {
  servers: {
    ...firstPage.servers,
    variable: 'NATS_URL',
    schema: Servers.default(['nats://127.0.0.1:4222']),
  },
  namespace: {
    ...firstPage.namespace,
    schema: Namespace.default(Namespace.parse('default')),
  },
  context: {
    flag: '--context <name>',
    description: 'servers, namespace and login of this context (rollcall context, or nats context)',
    fallback: 'the current context, if no servers are given',
    variable: 'NATS_CONTEXT',
    schema: File,
  },
  user: {
    flag: '--user <name>',
    description: 'user name for the NATS server',
    variable: 'NATS_USER',
    schema: File,
  },
  password: {
    flag: '--password <text>',
    description: 'password of --user',
    variable: 'NATS_PASSWORD',
    schema: File,
    secret: true,
  },
  passwordFile: {
    flag: '--password-file <file>',
    description: 'file with the password of --user; it is read again at each attempt to connect',
    schema: File,
  },
  token: {
    flag: '--token <text>',
    description: 'authentication token, instead of a user',
    variable: 'NATS_TOKEN',
    schema: File,
    secret: true,
  },
  creds: {
    flag: '--creds <file>',
    description: 'credentials file (JWT and seed)',
    variable: 'NATS_CREDS',
    schema: File,
  },
  nkey: {
    flag: '--nkey <file>',
    description: 'nkey seed file',
    variable: 'NATS_NKEY',
    schema: File,
  },
  tlsCa: {
    flag: '--tls-ca <file>',
    description: 'CA certificate to verify the server',
    variable: 'NATS_CA',
    schema: File,
  },
  tlsCert: {
    flag: '--tls-cert <file>',
    description: 'client certificate',
    variable: 'NATS_CERT',
    schema: File,
  },
  tlsKey: {
    flag: '--tls-key <file>',
    description: 'private key of the client certificate',
    variable: 'NATS_KEY',
    schema: File,
  },
  inboxPrefix: {
    flag: '--inbox-prefix <prefix>',
    description: 'subject prefix of all replies to this login: _INBOX and any suffix',
    fallback: '_INBOX',
    schema: Text.regex(
      /^_INBOX[A-Za-z0-9_=-]*$/,
      '_INBOX and a suffix of letters, digits, _, = and -',
    ).optional(),
  },
  login: {
    flag: '--login <dir>',
    description: 'folder with a login, made by `rollcall access`; other settings override it',
    schema: File,
  },
  jsDomain: {
    flag: '--js-domain <name>',
    description:
      'JetStream domain that has the namespace, where leaf nodes connect several; . is that of the server',
    fallback: 'that of the server',
    schema: JsDomain.optional(),
  },
  replicas: {
    flag: '--replicas <n>',
    description: 'replicas of each stream, if this command creates it',
    fallback: '1',
    schema: wholeNumber(1, 5).default(1),
  },
  config: {
    ...firstPage.config,
    schema: File,
  },
  json: { ...firstPage.json, schema: Switch },
  color: {
    flag: '--no-color',
    description: 'disable colours',
    schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(true),
  },
  logLevel: {
    flag: '--log-level <level>',
    description: 'log level on stderr: debug, info, warn or silent',
    fallback: 'warn',
    schema: z
      .enum(['debug', 'info', 'warn', 'silent'], { error: 'debug, info, warn or silent' })
      .default('warn'),
  },
} as const satisfies Settings;
