import type { AuditEvent, ChainRef } from '../events/event-schema.ts';
import { compareText } from '../fleet/row-order.ts';
import type { WallTime } from '../time.ts';
import { type LostAgent, type LostInstance, ownerExpired, type Remaining } from './losses.ts';

type RunChain = Extract<ChainRef, { entity: 'run' }>;
type InstanceChain = Extract<ChainRef, { entity: 'instance' }>;
type RunEnd = 'expired' | 'gone' | 'left' | 'superseded';

interface Slot {
  readonly of: RunChain;
  readonly zone: string;
  /** How the slot's last run ended; undefined: it has not. */
  readonly end: RunEnd | undefined;
  readonly since: WallTime;
  /** When a run took the slot of a lost agent; undefined: none did, or it left since. */
  readonly cameBack: WallTime | undefined;
}

interface Name {
  readonly service: string;
  readonly id: string;
  /** The registrations that exist, by slot and run. */
  readonly present: Set<string>;
  /** The slot of the registration that ended last, if its owner was declared dead. */
  lostBy: string | undefined;
}

/**
 * Computes the losses of a history from its events, in order. Only events of runs and of instances matter.
 *
 * An event that is missing at the beginning of a trimmed history leaves out what it told of: losses from
 * before that are not known.
 */
export class LossLedger implements Remaining {
  readonly #slots = new Map<string, Slot>();
  readonly #names = new Map<string, Name>();

  take({ of, event, from, to, record }: AuditEvent, at: WallTime): void {
    if (of.entity === 'run') this.#takeRun(of, from === null, endOf(to), record, at);
    else if (of.entity === 'instance')
      this.#takeInstance(of, to === 'removed' || to === 'adopted', event['why'] === ownerExpired);
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

  agentsIn = (zone: string): number => {
    let count = 0;
    for (const slot of this.#slots.values()) if (slot.zone === zone && !slot.end) count += 1;
    return count;
  };

  backIn = (zone: string, since: WallTime): number => {
    let count = 0;
    for (const slot of this.#slots.values())
      if (slot.zone === zone && !slot.end && (slot.cameBack ?? -1) >= since) count += 1;
    return count;
  };

  instancesOf = (service: string): number => {
    let count = 0;
    for (const name of this.#names.values()) {
      if (name.service === service) count += name.present.size;
    }
    return count;
  };

  #takeRun(
    of: RunChain,
    isFirst: boolean,
    end: RunEnd | undefined,
    record: AuditEvent['record'],
    at: WallTime,
  ): void {
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
      since: before && !isOther && before.end === end ? before.since : at,
      cameBack: isOther && wasLost ? at : end === 'left' ? undefined : before?.cameBack,
    });
  }

  #takeInstance(of: InstanceChain, isEnd: boolean, isLoss: boolean): void {
    const { service, id } = of;
    const key = `${service}\n${id}`;
    const name = this.#names.get(key) ?? { service, id, present: new Set(), lostBy: undefined };
    this.#names.set(key, name);
    const registration = `${slotOf(of)}\n${of.run}`;
    if (isEnd) {
      name.present.delete(registration);
      name.lostBy = isLoss ? slotOf(of) : undefined;
    } else name.present.add(registration);
  }
}

const slotOf = ({ host, agent }: { readonly host: string; readonly agent: string }): string =>
  `${host}\n${agent}`;

const endOf = (to: AuditEvent['to']): RunEnd | undefined =>
  to === 'expired' || to === 'gone' || to === 'left' || to === 'superseded' ? to : undefined;
