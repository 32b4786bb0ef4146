import { z } from 'zod';
import { loadMachines } from '../../composition/load-machines.ts';
import { momentRule } from '../../composition/time/moment-expression.ts';
import { Fault } from '../../domain/fault.ts';
import { openHistory } from '../audit/open-history.ts';
import { printDiff, printMachineDiff, printMoment } from '../audit/print-replay.ts';
import { views } from '../audit/replay-report.ts';
import { command } from '../command/command.ts';
import { source } from '../command/settings/history.ts';

const Text = z.string().min(1, momentRule);

const viewRule = `one or more of ${views.join(', ')}, separated by commas; or all`;

const Views = z
  .string()
  .transform((text) => (text === 'all' ? [...views] : text.split(',')))
  .pipe(z.array(z.enum(views, { error: viewRule })))
  .default(['ps']);

const diffRule = "two moments, in quotes if they contain spaces: --diff '1h ago' now";

/** In the environment or a file: one text, separated by a comma. */
const Two = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())])
  .pipe(z.tuple([Text, Text], { error: diffRule }))
  .optional();

export const auditReplay = command({
  name: 'audit replay',
  summary: 'show the fleet at a past moment, or the changes between two moments',
  settings: {
    ...source,
    at: { flag: '--at <moment>', description: momentRule, schema: Text.optional() },
    show: { flag: '--show <views>', description: viewRule, fallback: 'ps', schema: Views },
    diff: {
      flag: '--diff <moments...>',
      description: 'show the changes between two moments',
      schema: Two,
    },
    machines: {
      flag: '--machines <dir>',
      description:
        'replay the history with the state machines in this directory and show differences',
      schema: z.string().min(1, 'a directory').optional(),
    },
  },
  oneOf: ['at', 'diff', 'machines'],
  examples: [
    ["rollcall audit replay --at '10m ago'", 'what `ps` showed ten minutes ago, without losses'],
    ['rollcall audit replay --at before:1234 --show agents,hosts', 'just before event 1234'],
    [
      "rollcall audit replay --diff '1h ago' now",
      'what was added, removed and changed in the last hour',
    ],
    ['rollcall audit replay --machines machines', 'shows what these machines would do differently'],
  ],
  async run({ settings, io }) {
    const { at, diff, machines } = settings;
    if ([at, diff, machines].filter((one) => one !== undefined).length > 1) {
      throw new Fault('bad-setting', '--at, --diff and --machines cannot be combined');
    }
    const others = machines === undefined ? undefined : await loadMachines(machines);
    await using opened = await openHistory(settings, io, 'audit replay');
    // Awaited here: what is opened is closed when this returns.
    if (others) return await printMachineDiff(others, opened, io, settings.json);
    if (diff) return await printDiff(diff, opened, io, settings.json);
    return await printMoment(at ?? '', settings.show, opened, io, settings.json);
  },
});
