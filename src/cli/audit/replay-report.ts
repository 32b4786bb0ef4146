import type { FleetRows } from '../../domain/fleet/fleet-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import type { ReplayResult, ReplayTarget } from '../../runtime/audit/replay.ts';
import { agentTable } from '../tables/agent-table.ts';
import { tableLook } from '../tables/column-widths.ts';
import { plural } from '../tables/footer.ts';
import { hostRows, hostTable } from '../tables/host-table.ts';
import { instanceTable } from '../tables/instance-table.ts';
import { dateTime, zoneName } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { formatCount } from './progress.ts';

export const views = ['ps', 'agents', 'hosts'] as const;
export type ViewName = (typeof views)[number];

/** A moment of a history as a JSON document. */
export const momentDocument = ({ seq, at, folded, keyframe }: ReplayResult): object => ({
  event: 'moment',
  ...{ seq, at, folded, keyframe },
});

/** The moment as text: after which event, and when. */
export const formatMoment = ({ seq, at }: Pick<ReplayResult, 'seq' | 'at'>): string =>
  seq === 0
    ? 'before the first event'
    : `after event #${seq}, stored at ${dateTime(at)} ${zoneName(at)}`;

/** How many events were replayed, and from where. */
export const replayEffortText = ({ folded, keyframe }: ReplayResult): string =>
  keyframe > 0
    ? `${formatCount(folded)} events replayed from the keyframe at #${keyframe}`
    : `${formatCount(folded)} events replayed from the beginning`;

/** Time for ages in tables: the requested time, else that of the last event. */
export const clockOf = (moment: ReplayTarget, { at }: ReplayResult, now: WallTime): WallTime =>
  'at' in moment ? Math.min(moment.at, now) : at;

/** The rows of the command with this name. */
export function rowsOf(view: ViewName, { instances, agents }: FleetRows): readonly object[] {
  if (view === 'ps') return instances;
  return view === 'agents' ? agents : hostRows(agents, instances);
}

export function tableOf(view: ViewName, rows: FleetRows, now: WallTime, io: Terminal): string {
  const look = tableLook(io);
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
