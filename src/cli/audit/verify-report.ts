import type { WallTime } from '../../domain/time.ts';
import type { VerifyReport } from '../../runtime/audit/verify.ts';
import { plural } from '../tables/footer.ts';
import { dateTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { wrapText } from '../terminal/wrap.ts';
import { formatCount } from './progress.ts';

/** What came of a verification. */
export interface VerifyResult {
  readonly verified: VerifyReport;
  /** When the first event was stored; undefined: there is none. */
  readonly firstAt: WallTime | undefined;
  /** All of them, those from before a checkpoint too. */
  readonly divergences: number;
  /** Whether the registry was there to compare with. */
  readonly compared: boolean;
  /** How many events were known from a checkpoint. */
  readonly resumed: number;
  readonly interrupted: boolean;
}

export function verifiedDocument(outcome: VerifyResult): object {
  const { verified, firstAt, divergences, compared, resumed, interrupted } = outcome;
  const { first, last, events, keyframes, notes, checkpoint } = verified;
  const lastAt = events > 0 ? checkpoint.at : null;
  return {
    event: interrupted ? 'interrupted' : 'verified',
    ...{ first, last, firstAt: firstAt ?? null, lastAt },
    ...{ events, resumed, divergences, keyframes, registry: compared, notes },
  };
}

/** What a person is told at the end. */
export function summary(
  outcome: VerifyResult,
  name: string,
  { palette, columns }: Pick<Terminal, 'palette' | 'columns'>,
): readonly string[] {
  const { verified, divergences } = outcome;
  const noted = notes(verified).map((note) => `· ${note}`);
  const lines = [...facts(outcome, name), ...noted].flatMap((line) => wrapText(line, columns));
  if (outcome.interrupted || (verified.events === 0 && divergences === 0)) return lines;
  return [
    ...lines,
    divergences === 0
      ? palette.live('nothing diverges')
      : palette.expired(`${plural(divergences, 'divergence')}`),
  ];
}

function facts(outcome: VerifyResult, name: string): readonly string[] {
  const { verified, firstAt, compared, resumed, interrupted } = outcome;
  const { first, events, last, checkpoint, keyframes } = verified;
  if (events === 0) return [`the history of ${name} has no event`];
  const since =
    resumed > 0 ? `, ${formatCount(events - resumed)} of them since the checkpoint` : '';
  const time = (at: WallTime): string => dateTime(at).slice(0, 19);
  const lines = [
    `${formatCount(events)} events of ${name} replayed, #${first} to #${last}${since}`,
  ];
  if (firstAt !== undefined) {
    lines.push(`stored from ${time(firstAt)} to ${time(checkpoint.at)}`);
  }
  if (keyframes > 0) lines.push(`${plural(keyframes, 'keyframe')} compared`);
  if (!interrupted) {
    lines.push(
      compared
        ? 'compared with the registry as it stands'
        : 'a file has no registry to compare with: the history was checked in itself',
    );
  }
  return lines;
}

function notes({ first, begunFrom, events, notes }: VerifyReport): string[] {
  const { lost, lostTails, unknownCharts, unsigned } = notes;
  const said: string[] = [];
  if (first > 1 && events > 0) {
    const from =
      begunFrom > 0 ? `; what stood then is in the signed keyframe at #${begunFrom}` : '';
    said.push(`the history begins at #${first}: what was before is not in it any more${from}`);
  }
  if (unsigned > 0) {
    said.push(`${plural(unsigned, 'keyframe')} signed by no collector: no replay begins there`);
  }
  if (lost > 0) {
    said.push(
      `${plural(lost, 'transition')} could not be written by a process that was cut off, as it says itself`,
    );
  }
  if (lostTails > 0) {
    said.push(
      `${lostTails === 1 ? '1 process' : `${lostTails} processes`} of a run that is over said no last word: killed, or cut off`,
    );
  }
  if (unknownCharts > 0) {
    said.push(
      `${plural(unknownCharts, 'event')} of machines with another chart than today's: their targets are not checked`,
    );
  }
  return said;
}
