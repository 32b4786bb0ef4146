import type { AgentFacts } from '../../domain/fleet/instance-facts.ts';
import { instanceStatus } from '../../domain/fleet/instance-status.ts';
import { type Observation, pastObservation, seatTtl } from '../../domain/fleet/observation.ts';
import { stateAfter } from './fleet-cursor.ts';
import {
  type AgentNumbers,
  type Instance,
  InstanceTables,
  type Rivals,
} from './instance-tables.ts';
import { none } from './note-table.ts';
import type { Lane } from './query-types.ts';
import {
  agentFacts,
  type HistoryFacts,
  instanceFacts,
  type NamedState,
  recordedRun,
  verified,
} from './status-facts.ts';
import type { TransitionLog } from './transition-log.ts';

/** Maximum number of changes in a lane. The oldest are cut off. */
const mostChanges = 2000;

/**
 * The statuses of instances over a range of time, by the domain's rule.
 *
 * An instance's own chain is not enough: a silent owner, a hold, another registration of its name and
 * the absence of collectors also change its status.
 */
export class InstanceLanes {
  readonly #log: TransitionLog;
  readonly #tables: InstanceTables;
  /** The row of the current moment, and the last rows up to it of the entities looked at so far. */
  #row = none;
  #last: number[] = [];
  /** The agents at the current moment; undefined: it has no record. */
  readonly #agents = new Map<AgentNumbers, AgentFacts | undefined>();

  constructor(log: TransitionLog) {
    this.#log = log;
    this.#tables = InstanceTables.of(log);
  }

  /** The lane of an instance from one time to another. */
  laneOf(entity: number, from: number, to: number): Lane {
    const log = this.#log;
    const start = log.rowAtTime(from - 1);
    const { rows, cut } = this.#changes(entity, start, to);
    const steps: Lane['steps'][number][] = [];
    let before = this.#statusAt(entity, log.at.get(Math.max(cut ?? start, log.first)));
    const first = before;
    for (const [row, at] of rows) {
      if (at === null) this.#last[log.entity.get(row)] = row;
      this.#agents.clear();
      const status = this.#statusAt(entity, at ?? log.at.get(row));
      const isOwn = at === null && log.entity.get(row) === entity;
      if (status === before && !isOwn) continue;
      before = status;
      const type = at === null ? log.words.at(log.type.get(row)) : 'seat lapsed';
      steps.push([at ?? log.at.get(row), status ?? 'removed', type, log.seq.get(row)]);
    }
    return { entity, start: first, steps, cut: cut === null ? null : log.at.get(cut) };
  }

  /**
   * The statuses at two moments of the instances whose status may differ. One without a status does not exist.
   *
   * @param changed the entities with a row between
   */
  statusesAt([before, after]: readonly [Moment, Moment], changed: readonly number[]) {
    const isObserved = [before, after].map((one) => this.#seek(one) !== 'unobserved');
    const names =
      isObserved[0] === isObserved[1]
        ? this.#tables.namesChangedBy(changed)
        : [...this.#tables.names];
    return [this.#statusesOf(names, before), this.#statusesOf(names, after)] as const;
  }

  #statusesOf(names: Iterable<Rivals>, moment: Moment): ReadonlyMap<number, string> {
    const observation = this.#seek(moment);
    const statuses = new Map<number, string>();
    for (const rivals of names) {
      const all = this.#registered(rivals);
      for (const one of all) statuses.set(one.number, statusOf(one, all, observation));
    }
    return statuses;
  }

  /** Goes to a moment; returns whether a collector observed it. */
  #seek({ row, last }: Moment): Observation {
    this.#row = row;
    this.#last = last;
    this.#agents.clear();
    return this.#observationAt(this.#log.at.get(Math.max(row, this.#log.first)));
  }

  /** The rows, and the moments after a row, at which the status may change. */
  #changes(entity: number, start: number, to: number) {
    const log = this.#log;
    const end = log.rowAtTime(to);
    const tables = this.#tables;
    const entities = new Set(tables.collectors);
    for (const rival of tables.rivalsOf(entity)) {
      entities.add(rival);
      const other = log.entities.at(rival) as Instance;
      for (const run of tables.agentOf(rival).runs) entities.add(run);
      for (const hold of tables.holdsOn(other.host)) entities.add(hold);
      for (const drain of tables.drainsOf(other)) entities.add(drain);
    }
    const own: number[] = [];
    this.#last = [];
    this.#agents.clear();
    for (const one of entities) {
      let row = log.lastRowOf(one);
      while (row !== none && row > end) row = log.prev.get(row);
      for (; row !== none && row > start; row = log.prev.get(row)) own.push(row);
      this.#last[one] = row;
    }
    own.sort((a, b) => a - b);
    const cut = own.length > mostChanges ? (own.at(-mostChanges - 1) ?? null) : null;
    for (const row of own.slice(0, -mostChanges)) this.#last[log.entity.get(row)] = row;
    const rows = own.slice(-mostChanges).map((row) => [row, null] as [number, number | null]);
    // The end of a seat after this was not seen: nobody has looked again yet.
    const known = Math.max(log.acts.seenAt, log.at.get(log.end - 1));
    for (const at of log.acts.lastAt.values()) {
      const lapse = at + seatTtl + 1;
      const row = log.rowAtTime(lapse);
      if (lapse <= Math.min(to, known) && row > Math.max(start, cut ?? start))
        rows.push([row, lapse]);
    }
    return { rows: rows.sort(([a, b], [c, d]) => a - c || (b ?? 0) - (d ?? 0)), cut };
  }

  /** The status at a time; null: the instance does not exist. */
  #statusAt(entity: number, at: number): string | null {
    const all = this.#registered(this.#tables.rivalsOf(entity));
    const facts = all.find(({ number }) => number === entity);
    return facts ? statusOf(facts, all, this.#observationAt(at)) : null;
  }

  /** Those of some registrations that exist. */
  #registered(rivals: Rivals): readonly Registered[] {
    return rivals.flatMap((number) => {
      const facts = this.#factsAt(number);
      return facts ? { ...facts, number } : [];
    });
  }

  #observationAt(at: number): Observation {
    const { acts, floor } = this.#log;
    const collectors = this.#tables.collectors.flatMap((number) => {
      const state = this.#stateAt(number)?.state;
      const lastActAt = acts.lastAt.get(number) ?? 0;
      if (!state) return [];
      const isBlind = state === 'seated.blind';
      return [{ hasSeat: state.startsWith('seated'), isBlind, lastActAt }];
    });
    return pastObservation(collectors, at, floor === 0);
  }

  #factsAt(number: number): HistoryFacts | undefined {
    const row = this.#rowOf(number);
    if (row !== none && isOver(this.#log.words.at(this.#log.state.get(row)))) return undefined;
    const current = this.#stateAt(number);
    if (!current || isOver(current.state)) return undefined;
    const of = current.entity as Instance;
    const drain = this.#tables
      .drainsOf(of)
      .map((one) => this.#stateAt(one))
      .find((one) => one?.state === 'draining');
    return instanceFacts(current, this.#agentOf(number, of), drain?.since);
  }

  #agentOf(instance: number, of: Instance): AgentFacts | undefined {
    const agent = this.#tables.agentOf(instance);
    if (this.#agents.has(agent)) return this.#agents.get(agent);
    const run = recordedRun(agent.runs.flatMap((one) => this.#stateAt(one) ?? []));
    const isHeld = this.#tables.holdsOn(of.host).some((hold) => {
      const held = this.#stateAt(hold);
      return (
        held?.state === 'planned' &&
        held.entity.entity === 'hold' &&
        (held.entity.agent === undefined || held.entity.agent === of.agent)
      );
    });
    const facts = run && agentFacts(run, isHeld);
    this.#agents.set(agent, facts);
    return facts;
  }

  #stateAt(number: number): NamedState | undefined {
    const log = this.#log;
    const known = stateAfter(log, number, this.#rowOf(number));
    return known && { ...known, entity: log.entities.at(number), state: log.words.at(known.state) };
  }

  /** The last row of an entity at the current moment. */
  #rowOf(number: number): number {
    const known = this.#last[number];
    if (known !== undefined) return known;
    let row = this.#log.lastRowOf(number);
    while (row !== none && row > this.#row) row = this.#log.prev.get(row);
    this.#last[number] = row;
    return row;
  }
}

/** A moment: its row, and the last rows up to it of those that changed since or before. */
interface Moment {
  readonly row: number;
  readonly last: number[];
}

interface Registered extends HistoryFacts {
  readonly number: number;
}

const isOver = (state: string): boolean => state === 'removed' || state === 'adopted';

/** The status of one of the registrations of a name, `contested` apart from other dubious ones. */
function statusOf(one: Registered, all: readonly Registered[], observation: Observation): string {
  const result = instanceStatus(one, all, observation !== 'unobserved');
  const { status, reason } = verified(result, observation);
  return reason === 'contested' ? reason : status;
}
