import { instanceStatus } from '../../domain/fleet/instance-status.ts';
import { pastObservation, seatTtl } from '../../domain/fleet/observation.ts';
import type { DrainTarget } from '../../domain/identity/names.ts';
import type { ApiEntity } from '../api-types.ts';
import { stateAfter } from './fleet-cursor.ts';
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

type Instance = Extract<ApiEntity, { entity: 'instance' }>;

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
  readonly #runs = new Map<string, number[]>();
  readonly #names = new Map<string, number[]>();
  readonly #holds = new Map<string, number[]>();
  /** By host, or by name of an instance. */
  readonly #drains = new Map<string, number[]>();
  readonly #collectors: number[] = [];
  /** The last row of each entity of the lane, up to the current moment. */
  #last = new Map<number, number>();

  constructor(log: TransitionLog) {
    this.#log = log;
    for (const [number, of] of log.entities.values.entries()) {
      if (of.entity === 'run') push(this.#runs, slotOf(of), number);
      else if (of.entity === 'instance') push(this.#names, nameOf(of), number);
      else if (of.entity === 'hold') push(this.#holds, of.host, number);
      else if (of.entity === 'drain') push(this.#drains, drainedName(of.target), number);
      else if (of.entity === 'collector') this.#collectors.push(number);
    }
  }

  /** The lane of an instance from one time to another. */
  laneOf(entity: number, of: Instance, from: number, to: number): Lane {
    const log = this.#log;
    const start = log.rowAtTime(from - 1);
    const { rows, cut } = this.#changes(of, start, to);
    const steps: Lane['steps'][number][] = [];
    let before = this.#statusAt(entity, of, log.at.get(Math.max(cut ?? start, log.first)));
    const first = before;
    for (const [row, at] of rows) {
      if (at === null) this.#last.set(log.entity.get(row), row);
      const status = this.#statusAt(entity, of, at ?? log.at.get(row));
      const isOwn = at === null && log.entity.get(row) === entity;
      if (status === before && !isOwn) continue;
      before = status;
      const type = at === null ? log.words.at(log.type.get(row)) : 'seat lapsed';
      steps.push([at ?? log.at.get(row), status ?? 'removed', type, log.seq.get(row)]);
    }
    return { entity, start: first, steps, cut: cut === null ? null : log.at.get(cut) };
  }

  /** The rows, and the moments after a row, at which the status may change. */
  #changes(of: Instance, start: number, to: number) {
    const log = this.#log;
    const end = log.rowAtTime(to);
    const entities = new Set(this.#collectors);
    for (const rival of this.#names.get(nameOf(of)) ?? []) {
      entities.add(rival);
      const other = log.entities.at(rival) as Instance;
      for (const run of this.#runs.get(slotOf(other)) ?? []) entities.add(run);
      for (const hold of this.#holds.get(other.host) ?? []) entities.add(hold);
      for (const drain of this.#drainsOf(other)) entities.add(drain);
    }
    const own: number[] = [];
    this.#last = new Map();
    for (const one of entities) {
      let row = log.lastRowOf(one);
      while (row !== none && row > end) row = log.prev.get(row);
      for (; row !== none && row > start; row = log.prev.get(row)) own.push(row);
      this.#last.set(one, row);
    }
    own.sort((a, b) => a - b);
    const cut = own.length > mostChanges ? (own.at(-mostChanges - 1) ?? null) : null;
    for (const row of own.slice(0, -mostChanges)) this.#last.set(log.entity.get(row), row);
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

  /** The status at a time, `contested` apart from other dubious ones; null: the instance does not exist. */
  #statusAt(entity: number, of: Instance, at: number): string | null {
    const log = this.#log;
    const all = (this.#names.get(nameOf(of)) ?? []).flatMap((rival) => {
      const facts = this.#factsAt(rival);
      return facts ? [{ ...facts, number: rival }] : [];
    });
    const facts = all.find(({ number }) => number === entity);
    if (!facts) return null;
    const collectors = this.#collectors.flatMap((number) => {
      const state = this.#stateAt(number)?.state;
      const lastActAt = log.acts.lastAt.get(number) ?? 0;
      if (!state) return [];
      const isBlind = state === 'seated.blind';
      return [{ hasSeat: state.startsWith('seated'), isBlind, lastActAt }];
    });
    const observation = pastObservation(collectors, at, log.floor === 0);
    const result = instanceStatus(facts, all, observation !== 'unobserved');
    const { status, reason } = verified(result, observation);
    return reason === 'contested' ? reason : status;
  }

  #factsAt(number: number): HistoryFacts | undefined {
    const current = this.#stateAt(number);
    if (!current || current.state === 'removed' || current.state === 'adopted') return undefined;
    const of = current.entity as Instance;
    const runs = (this.#runs.get(slotOf(of)) ?? []).flatMap((run) => this.#stateAt(run) ?? []);
    const run = recordedRun(runs);
    const isHeld = (this.#holds.get(of.host) ?? []).some((hold) => {
      const held = this.#stateAt(hold);
      return (
        held?.state === 'planned' &&
        held.entity.entity === 'hold' &&
        (held.entity.agent === undefined || held.entity.agent === of.agent)
      );
    });
    const drain = this.#drainsOf(of)
      .map((one) => this.#stateAt(one))
      .find((one) => one?.state === 'draining');
    return instanceFacts(current, run && agentFacts(run, isHeld), drain?.since);
  }

  /** The drains that may drain an instance, its own before its host's. */
  #drainsOf(of: Instance): readonly number[] {
    return [nameOf(of), of.host].flatMap((name) => this.#drains.get(name) ?? []);
  }

  #stateAt(number: number): NamedState | undefined {
    const log = this.#log;
    const known = stateAfter(log, number, this.#last.get(number) ?? none);
    return known && { ...known, entity: log.entities.at(number), state: log.words.at(known.state) };
  }
}

const slotOf = ({ host, agent }: { readonly host: string; readonly agent: string }): string =>
  `${host}\n${agent}`;
const drainedName = (target: DrainTarget): string =>
  'host' in target ? target.host : nameOf(target);
const nameOf = ({ service, id }: Pick<Instance, 'service' | 'id'>): string => `${service}\n${id}`;

function push(into: Map<string, number[]>, key: string, number: number): void {
  const all = into.get(key);
  if (all) all.push(number);
  else into.set(key, [number]);
}
