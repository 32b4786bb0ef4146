import { z } from 'zod';
import { Duration } from '../../../composition/time/duration.ts';
import { seconds } from '../../../domain/time.ts';
import { Switch } from './common.ts';
import type { Settings } from './setting.ts';

const Text = z.string().min(1, 'not empty');

/** The flag given several times, or a text with commas. */
const Several = z.union([
  z.array(Text),
  Text.transform((text) => text.split(',').map((one) => one.trim())),
]);

/** Names that HAProxy accepts; others could be commands. */
const Backends = Several.pipe(
  z.array(z.string().regex(/^[A-Za-z0-9_.:-]+$/, 'a name of letters, digits and _ . : -')),
);

export const haproxySettings = {
  socket: {
    flag: '--socket <path>',
    description: 'admin socket of HAProxy (stats socket PATH level admin)',
    schema: Text,
  },
  backend: {
    flag: '--backend <names...>',
    description: 'backends whose servers are filled with instances',
    schema: Backends,
  },
  service: {
    flag: '--service <names...>',
    description: 'the service of each backend, in the same order',
    fallback: 'the name of the backend',
    schema: Several.optional(),
  },
  slots: {
    flag: '--slots <prefixes...>',
    description: 'for each backend: use only servers whose name begins with this',
    fallback: 'all servers',
    schema: Several.optional(),
  },
  drain: {
    flag: '--drain <duration>',
    description:
      'time after which the server of a removed instance is freed even if it has sessions',
    fallback: '30s',
    schema: Duration.default(seconds(30)),
  },
  stateFile: {
    flag: '--state-file <file>',
    description: 'write the state of the servers after each change, for a reload of HAProxy',
    schema: Text.optional(),
  },
  showServers: {
    flag: '--show-servers',
    description: 'print the servers and the instance in each, and exit',
    schema: Switch,
  },
  allowEmpty: {
    flag: '--allow-empty',
    description: 'with --policy strict: empty a backend while no collector is active',
    schema: Switch,
  },
  once: {
    flag: '--once',
    description: 'update HAProxy once, and exit',
    schema: Switch,
  },
  dryRun: {
    flag: '--dry-run',
    description: 'print what would be changed, and exit',
    schema: Switch,
  },
} as const satisfies Settings;
