import type { ApiDetails, ApiEntity } from '../../api-types.ts';
import { isPresent, runWord } from './state-styles.ts';

/** How an entity stands at the page's moment, in words. */
export interface EntityState {
  readonly number: number;
  readonly entity: ApiEntity;
  readonly state: string;
  readonly since: number;
  readonly chart: string;
  readonly seq: number;
  readonly note: ApiDetails;
}

export interface InstanceNow {
  readonly stands: EntityState;
  readonly service: string;
  readonly id: string;
  readonly run: string;
  readonly status: keyof InstanceCounts;
  /** Why it is dubious or failing; empty: it is not. */
  readonly reason: string;
}

/** How many instances are in each state. */
export interface InstanceCounts {
  readonly live: number;
  readonly dubious: number;
  readonly failing: number;
  readonly draining: number;
}

/** A slot: the run that has or had it last, and what stands under it. */
export interface AgentModel {
  readonly key: string;
  readonly host: string;
  /** The same for all slots of a host: compared in a row of thousands, names are slow. */
  readonly hostNumber: number;
  readonly agent: string;
  readonly stands: EntityState;
  readonly status: string;
  readonly reason: string;
  readonly zone: string;
  readonly instances: readonly InstanceNow[];
  /** How many of them are in each state. */
  readonly counts: InstanceCounts;
}

/** What is known of a slot. */
export interface Slot {
  readonly key: string;
  readonly host: string;
  readonly hostNumber: number;
  readonly agent: string;
  readonly runs: Map<string, EntityState>;
  readonly instances: Map<number, EntityState>;
  /** The instances by name; undefined: one came or went since. */
  order: readonly number[] | undefined;
  /** How it stood when it was last looked at. */
  now: AgentModel | undefined;
  /** Where among all that are there, if it is. */
  place: number;
}

/** A slot as it stands; undefined: no run has it at this moment. */
export function slotNow(slot: Slot, held: boolean): AgentModel | undefined {
  const stands = latest(slot.runs);
  if (!stands) return undefined;
  const word = runWord(stands.state);
  slot.order ??= ordered(slot.instances);
  const counts = { live: 0, dubious: 0, failing: 0, draining: 0 };
  const instances: InstanceNow[] = [];
  for (const number of slot.order) {
    const one = slot.instances.get(number);
    if (!one) continue;
    const now = instanceNow(one, slot, held);
    instances.push(now);
    counts[now.status] += 1;
  }
  return {
    key: slot.key,
    host: slot.host,
    hostNumber: slot.hostNumber,
    agent: slot.agent,
    stands,
    status: word,
    reason: word !== 'suspect' ? '' : held ? 'planned' : (stands.note.why ?? 'silent'),
    zone: stands.note.zone ?? '',
    instances,
    counts,
  };
}

const names = new Intl.Collator('en', { numeric: true });
export const byName = (a: Slot, b: Slot): number =>
  names.compare(a.host, b.host) || names.compare(a.agent, b.agent);

function ordered(instances: ReadonlyMap<number, EntityState>): number[] {
  const named = [...instances].map(([number, { entity }]) =>
    entity.entity === 'instance'
      ? ([number, entity.service, entity.id] as const)
      : ([number, '', ''] as const),
  );
  named.sort(([, a, c], [, b, d]) => names.compare(a, b) || names.compare(c, d));
  return named.map(([number]) => number);
}

function instanceNow(stands: EntityState, slot: Slot, held: boolean): InstanceNow {
  const { entity, state } = stands;
  if (entity.entity !== 'instance') throw new TypeError('not an instance');
  const { service, id, run } = entity;
  const owner = slot.runs.get(run);
  const reason = owner ? dubiousReason(owner, held) : 'orphan';
  if (reason !== '') return { stands, service, id, run, status: 'dubious', reason };
  const word = state === 'failing' || state === 'draining' ? state : 'live';
  const why = word === 'failing' ? (stands.note.why ?? '') : '';
  return { stands, service, id, run, status: word, reason: why };
}

/** Why the instances of a run are dubious; empty: they are not. */
function dubiousReason(owner: EntityState, held: boolean): string {
  const word = runWord(owner.state);
  if (word === 'suspect') return held ? 'planned' : (owner.note.why ?? 'silent');
  return isPresent(word) ? '' : word;
}

/** The run that holds the slot, else the one that did last. */
function latest(runs: ReadonlyMap<string, EntityState>): EntityState | undefined {
  let best: EntityState | undefined;
  for (const one of runs.values()) {
    if (isPresent(runWord(one.state))) return one;
    if (!best || one.since > best.since || (one.since === best.since && one.seq > best.seq)) {
      best = one;
    }
  }
  return best;
}
