import {
  type LostAgent,
  lossesByService,
  lossesByZone,
  type Remaining,
  type ServiceLoss,
  type ZoneLoss,
} from '../../domain/losses/losses.ts';
import type { WallTime } from '../../domain/time.ts';
import { when } from '../tables/fleet-lines.ts';
import { plural } from '../tables/footer.ts';
import { type Column, table } from '../tables/table.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { wrapText } from '../terminal/wrap.ts';

const columns = (now: WallTime): readonly Column<LostAgent>[] => [
  {
    head: 'AGENT',
    cell: ({ host, agent }) => escapeControls(`${host}/${agent}`),
    shrinks: true,
    least: 20,
  },
  { head: 'ZONE', cell: ({ zone }) => escapeControls(zone), shrinks: true },
  { head: 'LOST', cell: ({ since }) => ago(since, now), right: true },
  {
    head: 'INSTANCES',
    cell: ({ instances }) =>
      escapeControls(instances.map(({ service, id }) => `${service}/${id}`).join(' ')),
    shrinks: true,
  },
];

/** What zones and services lost, as lines, and a table of the agents. */
export function lostLines(
  lost: readonly LostAgent[],
  remaining: Remaining,
  now: WallTime,
  { palette, columns: width }: Pick<Terminal, 'palette' | 'columns'>,
): readonly string[] {
  if (lost.length === 0) return ['nothing is lost: each agent that was declared dead came back'];
  const line = (text: string) => wrapText(`${palette.expired('lost')} ${text}`, width);
  return [
    ...lossesByZone(lost, remaining).flatMap((one) => line(zoneWords(one, now))),
    ...lossesByService(lost, remaining).flatMap((one) => line(serviceWords(one, now))),
    '',
    table(lost, columns(now), { width, palette }),
  ];
}

const zoneWords = (one: ZoneLoss, now: WallTime): string =>
  `${one.zone === '' ? 'no zone' : `zone ${escapeControls(one.zone)}`}: ${one.agents.length} of ${plural(one.left + one.agents.length, 'agent')}, ${plural(one.instances, 'instance')}, removed ${spanWords(one, now)}, none back`;

const serviceWords = (one: ServiceLoss, now: WallTime): string =>
  `service ${escapeControls(one.service)}: ${one.lost} of ${plural(one.left + one.lost, 'instance')}, removed ${spanWords(one, now)}, ${one.left === 0 ? 'none is left' : `${one.left} left`}`;

function spanWords({ from, to }: { from: WallTime; to: WallTime }, now: WallTime): string {
  const [start, end] = [when(from, now), when(to, now)];
  return start === end ? start : `${start} to ${end}`;
}
