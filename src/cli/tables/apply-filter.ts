import { Fault } from '../../domain/fault.ts';
import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { zoneOfRow } from '../../domain/fleet/fleet-rows.ts';
import {
  type Filterable,
  filterRule,
  matchesRow,
  matchesValue,
  parseRowFilter,
  type RowFilter,
} from '../../domain/fleet/row-filter.ts';

/** A row of `ps`, `agents` or `hosts`. */
export interface ListRow {
  readonly host: string;
  readonly agent?: string;
  readonly state: string;
  readonly reason: string | null;
  /** The zone of its run. Absent if it has none. */
  readonly zone?: string;
  readonly service?: string;
  readonly id?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The fields of instances. */
export const instanceFields = ['service', 'host', 'agent', 'zone', 'state', 'label'] as const;

const instanceStates = ['live', 'dubious', 'failing', 'draining'];
const agentStates = ['live', 'registering', 'leaving', 'suspect', 'expired'];
/** The states that the rows of a list with these fields can have. */
export const statesOf = (fields: readonly string[]): readonly string[] => {
  if (fields.includes('service')) return instanceStates;
  return fields.includes('agent') ? agentStates : [...agentStates, 'gone'];
};

/** A removed instance has no zone any more, so that its end would not be shown. */
export const watchFields = ['service', 'host', 'agent', 'state', 'label'] as const;

/** The row with the zone of its run, if that has one. */
export function withZone<Row extends Pick<InstanceRow, 'host' | 'agent' | 'run'>>(
  row: Row,
  fleet: Fleet,
): Row & Pick<ListRow, 'zone'> {
  const zone = zoneOfRow(row, fleet);
  return zone === undefined ? row : { ...row, zone };
}

/**
 * The rows that all words of `--filter` match.
 * @throws {Fault} `bad-setting` for a field or a state that rows of this kind do not have: nothing would match
 */
export function filterRows<Row extends ListRow>(
  rows: readonly Row[],
  text: string,
  fields: readonly string[],
): readonly Row[] {
  const filter = parseRowFilter(text);
  const other = filter.terms.find(({ field }) => field !== undefined && !fields.includes(field));
  const named = fields.map((field) => (field === 'label' ? 'label.NAME=' : `${field}:`)).join(' ');
  const hint = `fields: ${named}; a word without a colon matches any part of a name, a reason or a label. ${filterRule}`;
  if (other) {
    const word = `${other.field}:${other.values[0]}`;
    const problem = `--filter has a field that this list does not have: '${word}'`;
    throw new Fault('bad-setting', problem, { hint });
  }
  const [word] = filter.wrong;
  if (word !== undefined) {
    throw new Fault('bad-setting', `--filter has a word that cannot be read: '${word}'`, { hint });
  }
  refuseUnknownState(filter, fields);
  return rows.filter((row) => matchesRow(filter, filterable(row)));
}

function refuseUnknownState({ terms }: RowFilter, fields: readonly string[]): void {
  const states = statesOf(fields);
  const isKnown = (value: string) => states.some((state) => matchesValue(state, value));
  const wanted = terms.flatMap(({ field, values }) => (field === 'state' ? values : []));
  const wrong = wanted.find((value) => !isKnown(value));
  if (wrong === undefined) return;
  throw new Fault('bad-setting', `--filter has an unknown state: '${wrong}'`, {
    hint: `states of this list: ${states.join(', ')}; a part of a name: state:susp*`,
  });
}

const labelsOf = ({ labels = {} }: ListRow): readonly string[] =>
  Object.entries(labels).map(([name, value]) => `${name}=${value}`);

const filterable = (row: ListRow): Filterable => ({
  label: labelsOf(row),
  ...{ state: [row.state], host: [row.host] },
  zone: row.zone === undefined ? [] : [row.zone],
  service: row.service === undefined ? [] : [row.service],
  agent: row.agent === undefined ? [] : [row.agent],
  text: () =>
    [...[row.service, row.id, row.host, row.agent, row.state, row.reason], ...labelsOf(row)]
      .join(' ')
      .toLowerCase(),
});
