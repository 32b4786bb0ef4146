import { z } from 'zod';
import { Duration } from '../../../composition/time/duration.ts';
import { seconds } from '../../../domain/time.ts';
import { Switch } from './common.ts';
import type { Settings } from './setting.ts';

const Text = z.string().min(1, 'not empty');

const Services = z.union([
  z.array(Text),
  Text.transform((text) => text.split(',').map((one) => one.trim())),
]);

/** `200ms:2s`. */
const Wait = z
  .string()
  .transform((text): unknown => text.split(':'))
  .pipe(z.tuple([Duration, Duration], { error: 'MIN:MAX, as in 200ms:2s' }))
  .refine(([min, max]) => min <= max, 'the first time is not above the second')
  .transform(([min, max]) => ({ min, max }));

const Mode = z
  .string()
  .regex(/^0?[0-7]{3}$/, 'rights as octal digits, as in 0644')
  .transform((text) => Number.parseInt(text, 8));

export const fileSettings = {
  out: {
    flag: '--out <file>',
    description: 'the file to keep up to date; it is replaced by a rename',
    schema: Text,
  },
  format: {
    flag: '--format <format>',
    description: 'json, prometheus (for file_sd_configs) or nginx (an upstream for each service)',
    schema: z
      .enum(['json', 'prometheus', 'nginx'], { error: 'json, prometheus or nginx' })
      .optional(),
  },
  template: {
    flag: '--template <file>',
    description: 'a Liquid template with the lists `services` and `instances`',
    schema: Text.optional(),
  },
  service: {
    flag: '--service <names...>',
    description: 'only these services',
    fallback: 'all',
    schema: Services.optional(),
  },
  check: {
    flag: '--check <command>',
    description: 'shell command that checks FILE.new ($ROLLCALL_FILE) before it replaces the file',
    schema: Text.optional(),
  },
  exec: {
    flag: '--exec <command>',
    description: 'shell command that runs after the file was replaced, such as nginx -s reload',
    schema: Text.optional(),
  },
  wait: {
    flag: '--wait <times>',
    description:
      'MIN:MAX: after a change, wait until nothing has changed for MIN, but not longer than MAX',
    fallback: '200ms:2s',
    schema: Wait.default({ min: 200, max: seconds(2) }),
  },
  minInterval: {
    flag: '--min-interval <duration>',
    description: 'shortest time between two new files',
    fallback: '1s',
    schema: Duration.default(seconds(1)),
  },
  mode: {
    flag: '--mode <rights>',
    description: 'mode of the file, as for chmod',
    fallback: 'as before, or 0644',
    schema: Mode.optional(),
  },
  allowEmpty: {
    flag: '--allow-empty',
    description: 'with --policy strict: write no instance while no collector is active',
    schema: Switch,
  },
  once: { flag: '--once', description: 'write the file, and exit', schema: Switch },
  dryRun: { flag: '--dry-run', description: 'print the new text, and exit', schema: Switch },
} as const satisfies Settings;
