import { isAcknowledged } from '../../domain/losses/acknowledged.ts';
import type { LossLedger } from '../../domain/losses/loss-ledger.ts';
import type { LostAgent, OpenLosses } from '../../domain/losses/losses.ts';
import type { Acknowledgement } from '../../domain/policy/acknowledgement.ts';
import type { WallTime } from '../../domain/time.ts';
import { tableLook } from '../tables/column-widths.ts';
import { lossLines } from '../tables/loss-lines.ts';
import { type Column, table } from '../tables/table.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';

/** The losses of a whole history: those that need attention, and those that an operator has acknowledged. */
export function lossesOf(
  ledger: LossLedger,
  acknowledgements: readonly Acknowledgement[],
): OpenLosses {
  const { yes: acknowledged = [], no: lost = [] } = Object.groupBy(ledger.lost(), (one) =>
    isAcknowledged(one, acknowledgements) ? 'yes' : 'no',
  );
  return { lost, acknowledged, remaining: ledger };
}

const columns = (ledger: LossLedger, now: WallTime): readonly Column<LostAgent>[] => [
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
  { head: 'DRAINED', cell: (one) => drainedWords(ledger, one), shrinks: true },
];

/** Only if one of them is acknowledged. */
const acknowledgedColumn = (all: readonly Acknowledgement[]): Column<LostAgent> => ({
  head: 'ACKNOWLEDGED',
  cell: (one) => (isAcknowledged(one, all) ? 'yes' : 'no'),
});

/** Who drained the host when the agent was lost: `by alice`. */
function drainedWords(ledger: LossLedger, one: LostAgent): string {
  const drain = ledger.drainOf(one);
  if (drain === undefined) return '';
  const { by } = drain;
  return by === null ? 'yes' : escapeControls(`by ${by.slice(by.lastIndexOf('/') + 1)}`);
}

/** What zones and services lost, as lines, and a table of the agents, also of those that an operator has acknowledged. */
export function lostLines(
  ledger: LossLedger,
  acknowledgements: readonly Acknowledgement[],
  now: WallTime,
  io: Pick<Terminal, 'palette' | 'columns' | 'tableWidth' | 'isTerminal'>,
): readonly string[] {
  const losses = lossesOf(ledger, acknowledgements);
  const lines = lossLines(losses, now, io);
  const lost = ledger.lost();
  if (lost.length === 0)
    return [...lines, 'no agent is lost: none was declared dead without coming back'];
  return [
    ...lines,
    ...(losses.lost.length > 0 ? [] : ['all of these losses are acknowledged']),
    '',
    table(
      lost,
      [
        ...columns(ledger, now),
        ...(losses.acknowledged.length > 0 ? [acknowledgedColumn(acknowledgements)] : []),
      ],
      tableLook(io),
    ),
  ];
}
