import type { AnyStateMachine } from 'xstate';
import { z } from 'zod';
import { loadMachines } from '../../composition/load-machines.ts';
import { momentRule } from '../../composition/moment-expression.ts';
import { replayCaveats } from '../../composition/replay-caveats.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { fleetRows } from '../../domain/fleet/fleet-rows.ts';
import { type ReplayResult, type ReplayTarget, replayTo } from '../../runtime/audit/replay.ts';
import { replayMachines } from '../../runtime/audit/replay-machines.ts';
import { type Difference, differenceLine, fleetDiff } from '../audit/fleet-diff.ts';
import { locateMoment } from '../audit/locate-moment.ts';
import {
  causeDocument,
  causeLines,
  machineDiffLines,
  replayedDocument,
} from '../audit/machine-diff-report.ts';
import { type OpenHistory, openHistory } from '../audit/open-history.ts';
import { Progress } from '../audit/progress.ts';
import {
  clockOf,
  countOf,
  formatMoment,
  momentDocument,
  replayEffortText,
  rowsOf,
  tableOf,
  type ViewName,
  views,
} from '../audit/replay-report.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { source } from '../command/settings/history.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';

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
    ["rollcall audit replay --at '10m ago'", 'what `ps` showed ten minutes ago'],
    ['rollcall audit replay --at before:1234 --show agents,hosts', 'just before event 1234'],
    [
      "rollcall audit replay --diff '1h ago' now",
      'what was added, removed and changed in the last hour',
    ],
    ['rollcall audit replay --machines machines', 'before changing a machine: what would differ'],
  ],
  async run({ settings, io }) {
    const { at, diff, machines } = settings;
    if ([at, diff, machines].filter((one) => one !== undefined).length > 1) {
      throw new Fault('bad-setting', '--at, --diff and --machines cannot be combined');
    }
    const others = machines === undefined ? undefined : await loadMachines(machines);
    await using opened = await openHistory(settings, io, 'audit replay');
    // Awaited here: what is opened is closed when this returns.
    if (others) return await tellOthers(others, opened, io, settings.json);
    if (diff) return await tellDiff(diff, opened, io, settings.json);
    return await tellMoment(at ?? '', settings.show, opened, io, settings.json);
  },
});

async function tellMoment(
  text: string,
  shown: readonly ViewName[],
  opened: OpenHistory,
  io: Terminal,
  json: boolean,
) {
  const { moment, replayed } = await reach('at', text, opened, io);
  if (io.signal.aborted) return exitCodes.interrupted;
  const rows = fleetRows(replayed.fleet);
  if (json) {
    io.out(jsonLine(momentDocument(replayed)));
    for (const view of shown) for (const row of rowsOf(view, rows)) io.out(jsonLine(row));
    return exitCodes.done;
  }
  const now = clockOf(moment, replayed, systemAdapters.clock.wall());
  io.out(`${formatMoment(replayed)}\n`);
  for (const view of shown) io.out(`${tableOf(view, rows, now, io)}\n`);
  const counted = shown.map((view) => countOf(view, rows)).join(', ');
  io.out(io.palette.dim(`${counted}; ${replayEffortText(replayed)}`));
  await warn(moment, replayed, opened, io);
  return exitCodes.done;
}

async function tellDiff(
  [first, second]: readonly [string, string],
  opened: OpenHistory,
  io: Terminal,
  json: boolean,
) {
  const from = await reach('diff', first, opened, io);
  const to = await reach('diff', second, opened, io);
  if (io.signal.aborted) return exitCodes.interrupted;
  const differences = fleetDiff(fleetRows(from.replayed.fleet), fleetRows(to.replayed.fleet));
  if (json) {
    for (const { replayed } of [from, to]) io.out(jsonLine(momentDocument(replayed)));
    for (const difference of differences) io.out(jsonLine(difference));
    return exitCodes.done;
  }
  io.out(`from: ${formatMoment(from.replayed)}`);
  io.out(`to:   ${formatMoment(to.replayed)}\n`);
  for (const difference of differences) io.out(differenceLine(difference, io.palette));
  io.out(io.palette.dim(`${differences.length > 0 ? '\n' : ''}${counted(differences)}`));
  for (const { moment, replayed } of [from, to]) await warn(moment, replayed, opened, io);
  return exitCodes.done;
}

async function tellOthers(
  machines: Readonly<Record<string, AnyStateMachine>>,
  { history }: OpenHistory,
  io: Terminal,
  json: boolean,
) {
  const names = Object.keys(machines);
  const meter = new Progress(await history.range(), systemAdapters.clock.monotonic);
  const replayed = await withSpinner(io, `replaying with ${names.join(', ')}`, (show) =>
    replayMachines(history, machines, {
      signal: io.signal,
      hash: systemAdapters.hash,
      onProgress: (seq) => show(`replaying  ${meter.at(seq)}`),
    }),
  );
  for (const cause of replayed.groups) {
    if (json) io.out(jsonLine(causeDocument(cause)));
    else for (const line of causeLines(cause, io.palette)) io.out(line);
  }
  if (json) io.out(jsonLine(replayedDocument(replayed, names)));
  else for (const line of machineDiffLines(replayed, names, io)) io.out(line);
  if (io.signal.aborted) return exitCodes.interrupted;
  return replayed.divergences > 0 ? exitCodes.wanting : exitCodes.done;
}

async function reach(
  setting: string,
  text: string,
  { history, keyframes }: OpenHistory,
  io: Terminal,
): Promise<{ readonly moment: ReplayTarget; readonly replayed: ReplayResult }> {
  const moment = await locateMoment(setting, text, history, io, systemAdapters.clock.wall());
  const replayed = await withSpinner(io, `replaying to ${text}`, () =>
    replayTo(history, moment, keyframes, io.signal, systemAdapters.hash),
  );
  return { moment, replayed };
}

async function warn(
  moment: ReplayTarget,
  replayed: ReplayResult,
  { history }: OpenHistory,
  io: Terminal,
) {
  for (const caveat of replayCaveats(moment, replayed, await history.range())) {
    io.err(`${io.palette.dubious('note')}: ${caveat}`);
  }
}

function counted(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'nothing changed';
  const count = (change: Difference['change']) =>
    differences.filter((difference) => difference.change === change).length;
  return `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed`;
}
