import type { AuditEvent, ChainRef } from '../events/event-schema.ts';
import { isSuspect } from '../events/owner-doubt.ts';
import { compareText } from '../fleet/row-order.ts';
import type { WallTime } from '../time.ts';
import { DrainHistory, type PastDrain } from './drain-history.ts';
import { type LostAgent, type LostInstance, ownerExpired, type Remaining } from './losses.ts';

type RunChain = Extract<ChainRef, { entity: 'run' }>;
type InstanceChain = Extract<ChainRef, { entity: 'instance' }>;
type RunEnd = 'expired' | 'gone' | 'left' | 'superseded';

interface Slot {
  readonly of: RunChain;
  readonly zone: string;
  /** How the slot's last run ended; undefined: it has not. */
  readonly end: RunEnd | undefined;
  readonly isSuspect: boolean;
  /** Since when its end and its suspicion are as they are. */
  readonly since: WallTime;
  /** When a run took the slot of a lost agent; undefined: none did, or it left since. */
  readonly cameBack: WallTime | undefined;
}

interface Registration {
  readonly of: InstanceChain;
  readonly state: AuditEvent['to'];
  readonly since: WallTime;
}

interface Name {
  readonly service: string;
  readonly id: string;
  /** The registrations that exist, by slot and run, in the order in which they began. */
  readonly present: Map<string, Registration>;
  /** The slot of the registration that ended last, if its owner was declared dead. */
  lostBy: string | undefined;
}

/**
 * Computes the losses of a history from its events, in order. Only events of runs, of instances and of drains matter.
 *
 * An event that is missing at the beginning of a trimmed history leaves out what it told of: losses from
 * before that are not known.
 */
export class LossLedger implements Remaining {
  readonly #slots = new Map<string, Slot>();
  readonly #names = new Map<string, Name>();
  readonly #drains = new DrainHistory();

  take(one: AuditEvent, at: WallTime): void {
    const { of, event, from, to, record } = one;
    if (of.entity === 'run') this.#takeRun(of, from === null, to, record, at);
    else if (of.entity === 'instance')
      this.#takeInstance({ of, state: to, since: at }, event['why'] === ownerExpired);
    else this.#drains.take(one, at);
  }

  /** The agents that are lost now, by host and name. */
  lost(): readonly LostAgent[] {
    const instances = new Map<string, LostInstance[]>();
    for (const { service, id, present, lostBy } of this.#names.values()) {
      if (lostBy === undefined || present.size > 0) continue;
      const all = instances.get(lostBy) ?? [];
      if (all.length === 0) instances.set(lostBy, all);
      all.push({ service, id });
    }
    const lost: LostAgent[] = [];
    for (const [key, { of, zone, end, since }] of this.#slots) {
      if (end !== 'gone' && end !== 'expired') continue;
      const { host, agent, run } = of;
      lost.push({ host, agent, zone, run, since, instances: instances.get(key) ?? [] });
    }
    return lost.sort((a, b) => compareText(a.host, b.host) || compareText(a.agent, b.agent));
  }

  /** The drain of its host when the agent was lost; undefined: there was none. A drain does not announce an end. */
  drainOf = ({ host, since }: LostAgent): PastDrain | undefined => this.#drains.at({ host }, since);

  agentsIn = (zone: string): number => {
    let count = 0;
    for (const slot of this.#slots.values()) if (slot.zone === zone && !slot.end) count += 1;
    return count;
  };

  backIn = (zone: string, since: WallTime): readonly string[] =>
    [...this.#slots.values()]
      .filter((slot) => slot.zone === zone && !slot.end && (slot.cameBack ?? -1) >= since)
      .map(({ of }) => `${of.host}/${of.agent}`)
      .sort(compareText);

  instancesOf = (service: string): number => {
    let count = 0;
    for (const name of this.#names.values()) {
      if (name.service === service) count += name.present.size;
    }
    return count;
  };

  down = (): ReadonlyMap<string, WallTime> => {
    const down = new Map<string, WallTime>();
    const served = new Set<string>();
    for (const { service, present } of this.#names.values()) {
      const last = [...present.values()].at(-1);
      if (last === undefined) continue;
      const slot = this.#slots.get(slotOf(last.of));
      const isOwned = slot?.of.run === last.of.run && !slot.end && !slot.isSuspect;
      if (isOwned && last.state === 'serving') {
        if (!this.#isDrained(last.of)) served.add(service);
      } else if (!isOwned || last.state === 'failing')
        down.set(
          service,
          Math.max(down.get(service) ?? 0, last.since, isOwned ? 0 : (slot?.since ?? 0)),
        );
    }
    for (const service of served) down.delete(service);
    return down;
  };

  #isDrained({ host, service, id }: InstanceChain): boolean {
    return this.#drains.isDrained({ host }) || this.#drains.isDrained({ service, id });
  }

  #takeRun(
    of: RunChain,
    isFirst: boolean,
    to: AuditEvent['to'],
    record: AuditEvent['record'],
    at: WallTime,
  ): void {
    const end = endOf(to);
    const isNowSuspect = isSuspect(to);
    const key = slotOf(of);
    const before = this.#slots.get(key);
    const isOther = before !== undefined && before.of.run !== of.run;
    // A run that holds the slot no longer says nothing about it, except that it was declared dead.
    if (isOther && !isFirst && end !== undefined && end !== 'expired') return;
    const zone = record?.['zone'];
    const wasLost = before?.end === 'gone' || before?.end === 'expired';
    this.#slots.set(key, {
      of,
      zone: typeof zone === 'string' ? zone : isOther ? '' : (before?.zone ?? ''),
      end,
      isSuspect: isNowSuspect,
      since:
        before && !isOther && before.end === end && before.isSuspect === isNowSuspect
          ? before.since
          : at,
      cameBack: isOther && wasLost ? at : end === 'left' ? undefined : before?.cameBack,
    });
  }

  #takeInstance(one: Registration, isLoss: boolean): void {
    const { of, state } = one;
    const { service, id } = of;
    const key = `${service}\n${id}`;
    const name = this.#names.get(key) ?? { service, id, present: new Map(), lostBy: undefined };
    this.#names.set(key, name);
    const registration = `${slotOf(of)}\n${of.run}`;
    if (state === 'removed' || state === 'adopted') {
      name.present.delete(registration);
      name.lostBy = isLoss ? slotOf(of) : undefined;
    } else name.present.set(registration, one);
  }
}

const slotOf = ({ host, agent }: { readonly host: string; readonly agent: string }): string =>
  `${host}\n${agent}`;

const endOf = (to: AuditEvent['to']): RunEnd | undefined =>
  to === 'expired' || to === 'gone' || to === 'left' || to === 'superseded' ? to : undefined;
