import { Fault } from '../../domain/fault.ts';
import { filterProblem } from '../../domain/filter/filter-problem.ts';
import {
  type Filterable,
  isAmong,
  matchesRow,
  parseRowFilter,
} from '../../domain/filter/row-filter.ts';
import {
  agentWords,
  hostWords,
  instanceWords,
  type StateWords,
} from '../../domain/filter/state-words.ts';
import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { zoneOfRow } from '../../domain/fleet/fleet-rows.ts';

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

/** The states that the rows of a list with these fields can have. */
export const statesOf = (fields: readonly string[]): StateWords => {
  if (fields.includes('service')) return instanceWords;
  return fields.includes('agent') ? agentWords : hostWords;
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
 * @throws {Fault} `bad-setting` for what cannot be read, and for a field or a state that rows of this kind do not have:
 * nothing would match
 */
export function filterRows<Row extends ListRow>(
  rows: readonly Row[],
  text: string,
  fields: readonly string[],
): readonly Row[] {
  const filter = parseRowFilter(text);
  const rule = ruleOf(fields);
  const other = filter.terms.find(({ field }) => field !== undefined && !fields.includes(field));
  const wrong = other
    ? {
        problem: `'${other.field}:${other.values[0]}' has a field that this list does not have`,
        advice: rule,
      }
    : filterProblem(text, statesOf(fields), rule);
  if (wrong) {
    const { problem, advice, meant, state } = wrong;
    const command = state === undefined ? undefined : listWith(state);
    const also = command === undefined ? '' : `. See rollcall ${command}`;
    const hint = meant === undefined ? `${advice}${also}` : `write: --filter ${meant}`;
    throw new Fault('bad-setting', `--filter: ${problem}`, { hint });
  }
  return rows.filter((row) => matchesRow(filter, filterable(row)));
}

/** What the words of a filter can be, by the fields of the list. */
function ruleOf(fields: readonly string[]): string {
  const named = fields.map((field) => (field === 'label' ? 'label.NAME=' : `${field}:`)).join(' ');
  const not = fields.includes('state') ? '-state:live is not live' : '-host:a is not a';
  return `fields: ${named}. All words must match. host:a,b is a or b; ${not}; host:a* begins with a`;
}

/** The command whose rows can have a state. */
const listWith = (state: string): string | undefined => {
  if (isAmong(agentWords.states, state)) return 'agents';
  if (isAmong(instanceWords.states, state)) return 'ps';
  return state === 'lost' ? 'lost' : undefined;
};

const labelsOf = ({ labels = {} }: ListRow): readonly string[] =>
  Object.entries(labels).map(([name, value]) => `${name}=${value}`);

const filterable = (row: ListRow): Filterable => ({
  label: labelsOf(row),
  ...{ state: [row.state, row.reason ?? ''], host: [row.host] },
  zone: row.zone === undefined ? [] : [row.zone],
  service: row.service === undefined ? [] : [row.service],
  agent: row.agent === undefined ? [] : [row.agent],
  text: () =>
    [...[row.service, row.id, row.host, row.agent, row.state, row.reason], ...labelsOf(row)]
      .join(' ')
      .toLowerCase(),
});
