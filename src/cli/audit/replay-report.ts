import type { FleetRows } from '../../domain/fleet/fleet-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import type { ReplayResult, ReplayTarget } from '../../runtime/audit/replay.ts';
import { agentTable } from '../tables/agent-table.ts';
import { plural } from '../tables/footer.ts';
import { hostRows } from '../tables/host-rows.ts';
import { hostTable } from '../tables/host-table.ts';
import { instanceTable } from '../tables/instance-table.ts';
import { dateTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { formatCount } from './progress.ts';

export const views = ['ps', 'agents', 'hosts'] as const;
export type ViewName = (typeof views)[number];

/** A moment of a history, as a document. */
export const momentDocument = ({ seq, at, folded, keyframe }: ReplayResult): object => ({
  event: 'moment',
  ...{ seq, at, folded, keyframe },
});

/** The moment in words: after which event, and when that was. */
export const formatMoment = ({ seq, at }: Pick<ReplayResult, 'seq' | 'at'>): string =>
  seq === 0 ? 'before the first event' : `after event #${seq}, stored at ${dateTime(at)}`;

/** How the moment was reached. */
export const replayEffortText = ({ folded, keyframe }: ReplayResult): string =>
  keyframe > 0
    ? `${formatCount(folded)} events replayed from the keyframe at #${keyframe}`
    : `${formatCount(folded)} events replayed from the beginning`;

/** The moment against whose clock ages are told: the time that was asked for, else the last event's. */
export const clockOf = (moment: ReplayTarget, { at }: ReplayResult, now: WallTime): WallTime =>
  'at' in moment ? Math.min(moment.at, now) : at;

/** The rows as the command of this name shows them. */
export function rowsOf(view: ViewName, { instances, agents }: FleetRows): readonly object[] {
  if (view === 'ps') return instances;
  return view === 'agents' ? agents : hostRows(agents, instances);
}

export function tableOf(view: ViewName, rows: FleetRows, now: WallTime, io: Terminal): string {
  const look = { width: io.columns, palette: io.palette };
  const { instances, agents } = rows;
  const shown = rowsOf(view, rows);
  if (shown.length === 0) return io.palette.dim(`no ${whats[view]} was registered`);
  if (view === 'ps') return instanceTable(instances, now, look);
  if (view === 'agents') return agentTable(agents, now, look);
  return hostTable(hostRows(agents, instances), now, look);
}

export const countOf = (view: ViewName, rows: FleetRows): string =>
  plural(rowsOf(view, rows).length, whats[view]);

const whats: Readonly<Record<ViewName, string>> = {
  ps: 'instance',
  agents: 'agent',
  hosts: 'host',
};
