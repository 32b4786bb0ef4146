import type { AnyStateMachine } from 'xstate';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { replayCaveats } from '../../composition/time/replay-caveats.ts';
import { fleetRows } from '../../domain/fleet/fleet-rows.ts';
import type { Observation } from '../../domain/fleet/observation.ts';
import { observationAt } from '../../runtime/audit/observation-at.ts';
import { type ReplayResult, type ReplayTarget, replayTo } from '../../runtime/audit/replay.ts';
import { replayMachines } from '../../runtime/audit/replay-machines.ts';
import { exitCodes } from '../command/exit.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { type Difference, differenceLine, fleetDiff } from './fleet-diff.ts';
import { locateMoment } from './locate-moment.ts';
import {
  causeDocument,
  causeLines,
  machineDiffLines,
  replayedDocument,
} from './machine-diff-report.ts';
import { nowOf, type OpenHistory } from './open-history.ts';
import { ProgressLine } from './progress.ts';
import {
  clockOf,
  countOf,
  formatMoment,
  momentDocument,
  replayEffortText,
  rowsOf,
  tableOf,
  type ViewName,
} from './replay-report.ts';

export async function printMoment(
  text: string,
  shown: readonly ViewName[],
  opened: OpenHistory,
  io: Terminal,
  json: boolean,
) {
  const { moment, replayed, observation } = await replayToMoment('at', text, opened, io);
  if (io.signal.aborted) return exitCodes.interrupted;
  const rows = fleetRows(replayed.fleet, observation);
  if (json) {
    io.out(documentLine(momentDocument(replayed)));
    for (const view of shown) for (const row of rowsOf(view, rows)) io.out(documentLine(row));
    return exitCodes.done;
  }
  const now = clockOf(moment, replayed, systemAdapters.clock.wall());
  io.out(`${formatMoment(replayed)}\n`);
  for (const view of shown) io.out(`${tableOf(view, rows, now, io)}\n`);
  const counts = shown.map((view) => countOf(view, rows)).join(', ');
  io.out(io.palette.dim(`${counts}; ${replayEffortText(replayed)}`));
  await printCaveats({ moment, replayed, observation }, opened, io);
  return exitCodes.done;
}

export async function printDiff(
  [first, second]: readonly [string, string],
  opened: OpenHistory,
  io: Terminal,
  json: boolean,
) {
  const from = await replayToMoment('diff', first, opened, io);
  const to = await replayToMoment('diff', second, opened, io);
  if (io.signal.aborted) return exitCodes.interrupted;
  const differences = fleetDiff(
    fleetRows(from.replayed.fleet, from.observation),
    fleetRows(to.replayed.fleet, to.observation),
  );
  if (json) {
    for (const { replayed } of [from, to]) io.out(documentLine(momentDocument(replayed)));
    for (const difference of differences) io.out(documentLine(difference));
    return exitCodes.done;
  }
  io.out(`from: ${formatMoment(from.replayed)}`);
  io.out(`to:   ${formatMoment(to.replayed)}\n`);
  for (const difference of differences) io.out(differenceLine(difference, io.palette));
  io.out(io.palette.dim(`${differences.length > 0 ? '\n' : ''}${changeCounts(differences)}`));
  for (const past of [from, to]) await printCaveats(past, opened, io);
  return exitCodes.done;
}

export async function printMachineDiff(
  machines: Readonly<Record<string, AnyStateMachine>>,
  { history }: OpenHistory,
  io: Terminal,
  json: boolean,
) {
  const names = Object.keys(machines);
  const progress = new ProgressLine(await history.range(), systemAdapters.clock.monotonic);
  const replayed = await withSpinner(io, `replaying with ${names.join(', ')}`, (show) =>
    replayMachines(history, machines, {
      signal: io.signal,
      hash: systemAdapters.hash,
      onProgress: (seq) => show(`replaying  ${progress.at(seq)}`),
    }),
  );
  for (const cause of replayed.groups) {
    if (json) io.out(documentLine(causeDocument(cause)));
    else for (const line of causeLines(cause, io.palette)) io.out(line);
  }
  if (json) io.out(documentLine(replayedDocument(replayed, names)));
  else for (const line of machineDiffLines(replayed, names, io)) io.out(line);
  if (io.signal.aborted) return exitCodes.interrupted;
  return replayed.divergences > 0 ? exitCodes.wanting : exitCodes.done;
}

interface PastMoment {
  readonly moment: ReplayTarget;
  readonly replayed: ReplayResult;
  readonly observation: Observation;
}

async function replayToMoment(
  setting: string,
  text: string,
  opened: OpenHistory,
  io: Terminal,
): Promise<PastMoment> {
  const { history, keyframes, connected } = opened;
  const moment = await locateMoment(setting, text, history, io, await nowOf(opened));
  return withSpinner(io, `replaying to ${text}`, async () => {
    const { signal } = io;
    const { hash, signatures } = systemAdapters;
    const replayed = await replayTo(history, moment, keyframes, signal, hash, signatures.check);
    const leases = connected?.ports.leases;
    const observation = await observationAt(replayed, history, { signal, hash, leases });
    return { moment, replayed, observation };
  });
}

async function printCaveats(
  { moment, replayed, observation }: PastMoment,
  { history }: OpenHistory,
  io: Terminal,
) {
  const range = await history.range();
  for (const caveat of replayCaveats(moment, replayed, range, observation)) {
    io.err(`${io.palette.dubious('note')}: ${caveat}`);
  }
}

function changeCounts(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'nothing changed';
  const count = (change: Difference['change']) =>
    differences.filter((difference) => difference.change === change).length;
  return `${count('added')} added, ${count('removed')} removed, ${count('changed')} changed`;
}
