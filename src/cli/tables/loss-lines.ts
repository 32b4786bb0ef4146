import {
  lossesByService,
  lossesByZone,
  type ServiceLoss,
  type ZoneLoss,
  zoneLossCounts,
} from '../../domain/losses/losses.ts';
import type { OpenLosses } from '../../domain/losses/open-losses.ts';
import type { WallTime } from '../../domain/time.ts';
import { truncate } from '../terminal/display-width.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { clockTime, when, zoneName } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import type { Palette } from '../terminal/palette.ts';
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
  { lost, remaining }: OpenLosses,
  now: WallTime,
  { palette, columns }: Pick<Terminal, 'palette' | 'columns'>,
  service?: string,
): readonly string[] {
  const zones = service === undefined ? lossesByZone(lost, remaining) : [];
  const services = lossesByService(lost, remaining).filter(
    (one) => service === undefined || one.service === service,
  );
  return [
    ...zones.map((one) => zoneLossWords(one, now)),
    ...services.map((one) => serviceLossWords(one, now)),
  ].flatMap((words) => {
    const [first = '', ...more] = wrapText(`lost: ${words}`, columns);
    return [`${palette.expired('lost')}${first.slice('lost'.length)}`, ...more];
  });
}

/** The losses of each zone as JSON documents. */
export const lossDocuments = ({ lost, remaining }: OpenLosses): readonly object[] =>
  lossesByZone(lost, remaining).map((one) => ({
    ...{ event: 'lost', change: 'there' },
    ...lossFields(one),
  }));

const lossFields = ({ zone, agents, instances, left, back, from, to }: ZoneLoss) => ({
  ...{ zone, instances, left, back, from, to },
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

/** The lines of {@link lossLines}, and what an operator can do; none without losses. */
export function lossReport(
  losses: OpenLosses & { readonly unknown?: string },
  now: WallTime,
  io: Pick<Terminal, 'palette' | 'columns'>,
  service?: string,
): readonly string[] {
  const { palette } = io;
  if (losses.unknown !== undefined) return [palette.dim(escapeControls(losses.unknown))];
  const lines = lossLines(losses, now, io, service);
  if (lines.length === 0) return [];
  const [zone = '', ...others] = new Set(losses.lost.map((one) => one.zone));
  const place = zone === '' || others.length > 0 ? 'all' : `zone:${zone}`;
  const hint = `details: rollcall lost; to acknowledge: rollcall lost ack ${place}`;
  return [...lines, palette.dim(escapeControls(hint))];
}

function zoneLossWords(one: ZoneLoss, now: WallTime): string {
  const { lost, all, back } = zoneLossCounts(one);
  const place = one.zone === '' ? 'no zone' : `zone ${escapeControls(one.zone)}`;
  return `${place}: ${lost} of ${plural(all, 'agent')}, ${plural(one.instances, 'instance')}, removed ${spanWords(one, now)}, ${back}`;
}

const serviceLossWords = (one: ServiceLoss, now: WallTime): string =>
  `service ${escapeControls(one.service)}: ${one.lost} of ${plural(one.left + one.lost, 'instance')}, removed ${spanWords(one, now)}, ${one.left === 0 ? 'none is left' : `${one.left} left`}`;

function spanWords({ from, to }: { from: WallTime; to: WallTime }, now: WallTime): string {
  const [start, end] = [when(from, now), when(to, now)];
  // The zone once.
  return start === end ? start : `${start.replace(` ${zoneName(to)}`, '')} to ${end}`;
}
