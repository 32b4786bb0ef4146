import type { AgentRow, InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { FleetRows } from '../../domain/fleet/fleet-rows.ts';
import { addressAndPort, reasonOf } from '../tables/instance-table.ts';
import { stateLabel } from '../tables/state-label.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Palette } from '../terminal/palette.ts';

/** Change of one agent or instance between two moments. */
export type Difference = Changed<'agent', AgentRow> | Changed<'instance', InstanceRow>;

interface Changed<K extends string, Row> {
  readonly kind: K;
  readonly change: 'added' | 'removed' | 'changed';
  readonly was: Row | null;
  readonly now: Row | null;
}

/** Differences between two moments; agents first, in the order of their lists. */
export const fleetDiff = (before: FleetRows, after: FleetRows): readonly Difference[] => [
  ...changes('agent', before.agents, after.agents, slotOf, agentFace),
  ...changes('instance', before.instances, after.instances, placeNameOf, instanceFace),
];

function changes<K extends string, Row>(
  kind: K,
  before: readonly Row[],
  after: readonly Row[],
  nameOf: (row: Row) => string,
  faceOf: (row: Row) => string,
): readonly Changed<K, Row>[] {
  const old = new Map(before.map((row) => [nameOf(row), row]));
  const found: Changed<K, Row>[] = [];
  for (const now of after) {
    const was = old.get(nameOf(now)) ?? null;
    old.delete(nameOf(now));
    if (was === null) found.push({ kind, change: 'added', was, now });
    else if (faceOf(was) !== faceOf(now)) found.push({ kind, change: 'changed', was, now });
  }
  for (const was of old.values()) found.push({ kind, change: 'removed', was, now: null });
  return found;
}

/** Names have no control characters, so NUL is a safe separator. */
const slotOf = ({ host, agent }: AgentRow | InstanceRow): string => `${host}\0${agent}`;
const placeNameOf = (row: InstanceRow): string => `${slotOf(row)}\0${row.service}\0${row.id}`;

const agentFace = ({ run, state, reason }: AgentRow): string =>
  JSON.stringify([run, state, reason]);
const instanceFace = (row: InstanceRow): string =>
  JSON.stringify([row.run, row.state, row.reason, row.address, row.port, row.labels, row.health]);

const signs = {
  added: ['+', 'live'],
  removed: ['-', 'expired'],
  changed: ['~', 'dubious'],
} as const;

/** The difference as a line: before and after. */
export function differenceLine(difference: Difference, palette: Palette): string {
  const [sign, paint] = signs[difference.change];
  const { was, now } = difference;
  const row = now ?? was;
  if (!row) return '';
  const slot = escapeControls(`${row.host}/${row.agent}`);
  const name = 'service' in row ? escapeControls(`${row.service}/${row.id}`) : slot;
  const where = 'service' in row ? palette.dim(` on ${slot}`) : '';
  const head = `${palette[paint](sign)} ${difference.kind.padEnd(8)} ${palette.bold(name)}${where}`;
  const shown = was && now ? between(was, now, palette) : faceWords(row, palette);
  return `${head}  ${shown}`;
}

function faceWords(row: AgentRow | InstanceRow, palette: Palette): string {
  const why = 'service' in row ? reasonOf(row) : (row.reason ?? '');
  return `${stateLabel(row.state, palette)}${why === '' ? '' : ` (${escapeControls(why)})`}`;
}

function between(
  was: AgentRow | InstanceRow,
  now: AgentRow | InstanceRow,
  palette: Palette,
): string {
  const parts: string[] = [];
  const faces = [was, now].map((row) => faceWords(row, palette));
  if (faces[0] !== faces[1]) parts.push(faces.join(' → '));
  if (was.run !== now.run) parts.push(`run ${was.run} → ${now.run}`);
  if ('service' in was && 'service' in now) {
    if (addressAndPort(was) !== addressAndPort(now)) {
      parts.push(
        `at ${escapeControls(`${addressAndPort(was) || 'no address'} → ${addressAndPort(now) || 'no address'}`)}`,
      );
    }
    const labels = [was, now].map((row) => JSON.stringify(row.labels));
    if (labels[0] !== labels[1]) parts.push(`labels ${escapeControls(labels.join(' → '))}`);
  }
  return parts.join(', ');
}
