import type { LostAgent, Remaining } from '../../domain/losses/losses.ts';
import type { WallTime } from '../../domain/time.ts';
import { lossLines } from '../tables/loss-lines.ts';
import { type Column, table } from '../tables/table.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';

const columns = (now: WallTime): readonly Column<LostAgent>[] => [
  {
    head: 'AGENT',
    cell: ({ host, agent }) => escapeControls(`${host}/${agent}`),
    isName: true,
  },
  { head: 'ZONE', cell: ({ zone }) => escapeControls(zone), shrinks: true },
  { head: 'LOST', cell: ({ since }) => ago(since, now), right: true },
  {
    head: 'INSTANCES',
    cell: ({ instances }) =>
      escapeControls(instances.map(({ service, id }) => `${service}/${id}`).join(' ')),
    shrinks: true,
    least: 20,
    wraps: true,
  },
];

/** What zones and services lost, as lines, and a table of the agents, also of those that an operator has acknowledged. */
export function lostLines(
  lost: readonly LostAgent[],
  {
    remaining,
    isAcknowledged,
  }: { readonly remaining: Remaining; readonly isAcknowledged: (one: LostAgent) => boolean },
  now: WallTime,
  { palette, columns: width }: Pick<Terminal, 'palette' | 'columns'>,
): readonly string[] {
  const open = lost.filter((one) => !isAcknowledged(one));
  const lines = lossLines(
    { lost: open, acknowledged: lost.filter(isAcknowledged), remaining },
    now,
    { palette, columns: width },
  );
  if (lost.length === 0)
    return [...lines, 'no agent is lost: none was declared dead without coming back'];
  const mark: Column<LostAgent> = {
    head: 'ACKNOWLEDGED',
    cell: (one) => (isAcknowledged(one) ? 'yes' : 'no'),
  };
  return [
    ...lines,
    ...(open.length > 0 ? [] : ['all of these losses are acknowledged']),
    '',
    table(lost, [...columns(now), ...(open.length < lost.length ? [mark] : [])], {
      width,
      palette,
    }),
  ];
}
