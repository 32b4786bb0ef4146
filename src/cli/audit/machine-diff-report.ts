import type { DivergenceGroup, MachineReplayReport } from '../../runtime/audit/replay-machines.ts';
import { plural } from '../tables/footer.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import type { Palette } from '../terminal/palette.ts';
import { wrapText } from '../terminal/wrap.ts';
import { stateText } from './event-lines.ts';
import { formatCount } from './progress.ts';

/** Transitions that the other machines take differently, of one cause, as a JSON document. */
export function causeDocument({ event, ...cause }: DivergenceGroup): object {
  return {
    event: 'cause',
    type: event,
    ...cause,
    other: cause.other ?? null,
    why: cause.why ?? null,
  };
}

/** Result of the replay as a JSON document. */
export function replayedDocument(
  replayed: MachineReplayReport,
  machines: readonly string[],
): object {
  const { groups: causes, unmatchedMachines, ...counts } = replayed;
  return {
    event: 'replayed',
    machines,
    ...counts,
    causes: causes.length,
    without: Object.fromEntries(unmatchedMachines),
  };
}

/** One cause as lines: the transition, the recorded and the new target, and where it occurred. */
export function causeLines(cause: DivergenceGroup, palette: Palette): readonly string[] {
  const { machine, event, from, recorded, other, why, count, first, last } = cause;
  const where = from === null ? 'at its start' : `in ${stateText(from)}`;
  const now = other === undefined ? 'refused' : stateText(other);
  const reason = why === undefined ? '' : ` (${why})`;
  const examples =
    count === 1
      ? `#${first.seq} ${first.entity}`
      : `${formatCount(count)} times, from #${first.seq} ${first.entity} to #${last.seq} ${last.entity}`;
  return [
    `${palette.expired('✕')} ${palette.bold(machine)}: ${escapeControls(`'${event}' ${where}`)}: recorded ${escapeControls(stateText(recorded))}, now ${palette.expired(escapeControls(`${now}${reason}`))}`,
    palette.dim(`  ${escapeControls(examples)}`),
  ];
}

/** Result of the replay as lines. */
export function machineDiffLines(
  {
    events,
    judged,
    divergences,
    groups: causes,
    unmatchedMachines,
    unsure,
    illegible,
  }: MachineReplayReport,
  machines: readonly string[],
  { palette, columns }: Pick<Terminal, 'palette' | 'columns'>,
): readonly string[] {
  const notes = [
    ...[...unmatchedMachines].map(
      ([name, count]) =>
        `${plural(count, 'event')} of machine '${name}', which is not in this directory`,
    ),
    ...(unsure > 0
      ? [`${plural(unsure, 'event')} after lost events: the result of a guard is unknown`]
      : []),
    ...(illegible > 0 ? [plural(illegible, 'unreadable event')] : []),
  ];
  return [
    `${formatCount(events)} events, ${formatCount(judged)} of them replayed by ${machines.join(', ')}`,
    ...notes.flatMap((note) => wrapText(`· ${escapeControls(note)}`, columns)),
    divergences === 0
      ? palette.live('no differences')
      : palette.expired(
          `${plural(divergences, 'transition')} would differ, with ${plural(causes.length, 'cause')}`,
        ),
  ];
}
