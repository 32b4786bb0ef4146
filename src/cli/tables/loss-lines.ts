import {
  acknowledgedWords,
  backWords,
  isServed,
  lossesByService,
  lossesByZone,
  type OpenLosses,
  type ServiceLoss,
  type ZoneLoss,
} from '../../domain/losses/losses.ts';
import type { WallTime } from '../../domain/time.ts';
import { truncate } from '../terminal/display-width.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { clockTime, when, zoneName } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import type { Palette } from '../terminal/palette.ts';
import { shellWord } from '../terminal/shell-quoted.ts';
import { wrapText } from '../terminal/wrap.ts';
import { plural } from './footer.ts';

/** A change of what a zone lost; `now` is undefined if nothing of it needs attention any more. */
export interface LossChange {
  readonly zone: string;
  readonly before: ZoneLoss | undefined;
  readonly now: ZoneLoss | undefined;
}

/** What zones and services lost, as lines. `service`: only what this service lost. */
export function lossLines(
  losses: OpenLosses,
  now: WallTime,
  { palette, columns }: Pick<Terminal, 'palette' | 'columns'>,
  service?: string,
): readonly string[] {
  const zones = service === undefined ? lossesByZone(losses) : [];
  const services = lossesByService(losses).filter(
    (one) => service === undefined || one.service === service,
  );
  const lineOf = (one: ServiceLoss) => [wordOf(one), serviceLossWords(one, now)] as const;
  return [
    ...services.filter((one) => !isServed(one)).map(lineOf),
    ...zones.map((one) => ['lost', zoneLossWords(one, now)] as const),
    ...services.filter(isServed).map(lineOf),
  ].flatMap(([word, words]) => {
    const [first = '', ...more] = wrapText(`${word}: ${words}`, columns);
    return [`${palette.expired(word)}${first.slice(word.length)}`, ...more];
  });
}

/** The losses of each zone as JSON documents. */
export const lossDocuments = (losses: OpenLosses): readonly object[] =>
  lossesByZone(losses).map((one) => ({
    ...{ event: 'lost', change: 'there' },
    ...lossFields(one),
  }));

const lossFields = ({ zone, agents, instances, left, back, from, to }: ZoneLoss) => ({
  ...{ zone, instances, left, back: back.length, from, to },
  agents: agents.map(({ zone: _, ...one }) => one),
});

/** A change of the losses of a zone as a JSON document. */
export function lossChangeDocument({ before, now }: LossChange, at: WallTime): object {
  const change = now ? (before ? 'changed' : 'begun') : 'ended';
  const one = now ?? before;
  return { event: 'lost', change, at, ...(one && lossFields(one)) };
}

/** A change of the losses of a zone as a line of at most `columns`. */
export function lossChangeLine(
  { zone, now }: LossChange,
  palette: Palette,
  at: WallTime,
  columns = Number.POSITIVE_INFINITY,
): string {
  const time = clockTime(at);
  const words = now
    ? `lost: ${zoneLossWords(now, at)}`
    : `${zone === '' ? 'no zone' : `zone ${zone}`}: no loss needs attention any more`;
  return `${palette.dim(time)} ${truncate(escapeControls(words), columns - time.length - 1)}`;
}

/** The lines of {@link lossLines}, and what an operator can do about losses. */
export function lossReport(
  losses: OpenLosses & { readonly unknown?: string },
  now: WallTime,
  io: Pick<Terminal, 'palette' | 'columns'>,
  service?: string,
): readonly string[] {
  const { palette } = io;
  const lines = lossLines(losses, now, io, service);
  if (losses.unknown !== undefined) return [...lines, palette.dim(escapeControls(losses.unknown))];
  if (lines.length === 0 || losses.lost.length === 0) return lines;
  const [zone = '', ...others] = new Set(losses.lost.map((one) => one.zone));
  const place = zone === '' || others.length > 0 ? 'all' : `zone:${zone}`;
  const hint = `details: rollcall lost; to acknowledge: rollcall lost ack ${shellWord(place)}`;
  return [...lines, palette.dim(escapeControls(hint))];
}

function zoneLossWords(one: ZoneLoss, now: WallTime): string {
  const lost = one.agents.length;
  const place = one.zone === '' ? 'no zone' : `zone ${escapeControls(one.zone)}`;
  return `${place}: ${lost} of ${plural(lost + one.acknowledged + one.left, 'agent')}, ${plural(one.instances, 'instance')}, removed ${spanWords(one, now)}, ${escapeControls(backWords(one))}${acknowledgedWords(one.acknowledged)}`;
}

/** A service that lost nothing, but of which no instance is live. */
const wordOf = ({ lost }: ServiceLoss): string => (lost > 0 ? 'lost' : 'none live');

function serviceLossWords(one: ServiceLoss, now: WallTime): string {
  const { lost, acknowledged, left, isDown } = one;
  const total = left + lost + acknowledged;
  const all = plural(total, 'instance');
  const name = `service ${escapeControls(one.service)}`;
  if (lost === 0)
    return `${name}: ${left < total ? `${left} left of ` : ''}${all}, since ${spanWords(one, now)}${acknowledgedWords(one.acknowledged)}`;
  const rest = left === 0 ? 'none is left' : `${left} left${isDown ? ', none live' : ''}`;
  return `${name}: ${lost} of ${all}, removed ${spanWords(one, now)}, ${rest}${acknowledgedWords(one.acknowledged)}`;
}

function spanWords({ from, to }: { from: WallTime; to: WallTime }, now: WallTime): string {
  const [start, end] = [when(from, now), when(to, now)];
  // The zone once.
  return start === end ? start : `${start.replace(` ${zoneName(to)}`, '')} to ${end}`;
}
