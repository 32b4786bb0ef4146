import type { Divergence } from '../../domain/replay/divergence.ts';
import type { WallTime } from '../../domain/time.ts';
import { catchUpTimeout } from '../../runtime/audit/verifier/catch-up-time.ts';
import type { VerifyReport } from '../../runtime/audit/verify-report.ts';
import { lossSentence } from '../doctor/loss-text.ts';
import { plural } from '../tables/footer.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { fullTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import type { Palette } from '../terminal/palette.ts';
import { wrapText } from '../terminal/wrap.ts';
import { anchorLines } from './anchor-report.ts';
import { formatCount } from './progress.ts';

/** Result of a verification. */
export interface VerifyResult {
  readonly verified: VerifyReport;
  /** When the first event was stored; undefined without events. */
  readonly firstAt: WallTime | undefined;
  /** Number of divergences, including those before a checkpoint. */
  readonly divergences: number;
  /** Whether the result was compared with the registry. */
  readonly compared: boolean;
  /** Number of events that a checkpoint covered. */
  readonly resumed: number;
  readonly interrupted: boolean;
}

export function verifiedDocument(outcome: VerifyResult): object {
  const { verified, firstAt, divergences, compared, resumed, interrupted } = outcome;
  const { first, last, events, keyframes, notes, losses, checkpoint, anchors } = verified;
  const lastAt = events > 0 ? checkpoint.at : null;
  return {
    event: interrupted ? 'interrupted' : 'verified',
    ...{ first, last, firstAt: firstAt ?? null, lastAt },
    ...{ events, resumed, divergences, keyframes, registry: compared, notes, losses, anchors },
  };
}

/** The result as lines. */
export function summary(
  outcome: VerifyResult,
  name: string,
  { palette, columns }: Pick<Terminal, 'palette' | 'columns'>,
): readonly string[] {
  const { verified, divergences } = outcome;
  const noted = noteLines(outcome).map((note) => `· ${note}`);
  const lines = [...facts(outcome, name), ...noted].flatMap((line) => wrapText(line, columns));
  if (outcome.interrupted || (verified.events === 0 && divergences === 0)) return lines;
  return [
    ...lines,
    divergences === 0
      ? palette.live('no divergence')
      : palette.expired(`${plural(divergences, 'divergence')}`),
  ];
}

function facts(outcome: VerifyResult, name: string): readonly string[] {
  const { verified, firstAt, compared, resumed, interrupted } = outcome;
  const { first, events, last, checkpoint, keyframes } = verified;
  if (events === 0) return [`the history of ${name} has no event`];
  const since =
    resumed > 0 ? `, ${formatCount(events - resumed)} of them since the checkpoint` : '';
  const lines = [
    `${formatCount(events)} events of ${name} replayed, #${first} to #${last}${since}`,
  ];
  if (firstAt !== undefined) {
    lines.push(`stored from ${fullTime(firstAt)} to ${fullTime(checkpoint.at)}`);
  }
  if (keyframes > 0) lines.push(`${plural(keyframes, 'keyframe')} compared`);
  lines.push(...anchorLines(verified));
  if (!interrupted) {
    lines.push(
      compared
        ? 'compared with the registry'
        : 'not compared with a registry, because a file has none; only the history was checked',
    );
  }
  return lines;
}

function noteLines({ verified, compared }: VerifyResult): string[] {
  const { first, begunFrom, events, notes, losses } = verified;
  const { lost, lostTails, unknownCharts, unsigned } = notes;
  const { unsignedKeyframes, unsignedEvents, clocksApart, fromRegistry, behind } = notes;
  const lines: string[] = [];
  if (first > 1 && events > 0) {
    const from = begunFrom > 0 ? `; its start state is the signed keyframe at #${begunFrom}` : '';
    const why = compared ? 'were trimmed' : 'are not in this file';
    lines.push(`the history begins at #${first}: earlier events ${why}${from}`);
  }
  if (behind) {
    lines.push(
      `the audit had not yet copied all events of the registry, after ${catchUpTimeout / 1000} s: records may differ only because of that; run \`rollcall doctor\`, and verify again in a minute`,
    );
  }
  for (const loss of losses) {
    const { recordedAt, by } = loss;
    lines.push(`${lossSentence(loss)}; recorded as #${recordedAt} by ${by.host}/${by.agent}`);
  }
  if (fromRegistry > 0) {
    lines.push(
      `${plural(fromRegistry, 'record')} as the registry had them when a collector signed a keyframe after the loss: the events that wrote them are lost`,
    );
  }
  if (unsigned > 0) {
    lines.push(
      `${plural(unsigned, 'keyframe')} without a collector's signature: not used to start a replay`,
    );
  }
  if (unsignedKeyframes > 0) {
    lines.push(
      `${plural(unsignedKeyframes, 'keyframe')} signed by an event without a signature of its own: made by an older version`,
    );
  }
  if (lost > 0) {
    lines.push(
      `${plural(lost, 'transition')} lost, as reported by a process that was disconnected`,
    );
  }
  if (lostTails > 0) {
    lines.push(
      `${lostTails === 1 ? '1 process' : `${lostTails} processes`} ended without a final event (killed or disconnected)`,
    );
  }
  if (unknownCharts > 0) {
    lines.push(
      `${plural(unknownCharts, 'event')} of other machine versions: their target states are not checked`,
    );
  }
  if (unsignedEvents > 0) {
    const share = `${formatCount(unsignedEvents)} of ${formatCount(events)} events`;
    lines.push(`${share} without a signature: their authors do not sign`);
  }
  if (clocksApart > 0) {
    lines.push(
      `${plural(clocksApart, 'event')} with a time 5 minutes or more from when they were stored: a clock was wrong`,
    );
  }
  return lines;
}

/** The divergence as a JSON document. */
export const divergenceDocument = (divergence: Divergence): object => ({
  event: 'divergence',
  ...divergence,
});

/** The divergence as a line: sequence, check, entity, expected and found. */
export function divergenceLine(
  { seq, entity, check, expected, found }: Divergence,
  palette: Palette,
): string {
  const where = seq > 0 ? `#${seq}` : 'no event';
  const what = `${palette.expired('✕')} ${palette.bold(where)} ${palette.expired(check)}  ${escapeControls(entity)}`;
  return `${what}: expected ${short(expected)}, found ${short(found)}`;
}

/** Shortens hashes to 12 characters; --json prints them in full. */
const short = (text: string): string =>
  escapeControls(text.replaceAll(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…'));
