import type { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import {
  eventSubject as eventSubjectOf,
  recordSubject,
} from '../../../src/adapters/memory/server/subjects.ts';
import { systemHash } from '../../../src/adapters/system/hash.ts';
import { AuditEvent, type StateValue } from '../../../src/domain/events/event-schema.ts';
import { chainSubject, eventSubject } from '../../../src/domain/events/event-subjects.ts';
import type { RunRef } from '../../../src/domain/identity/names.ts';
import {
  agentKey,
  brakeKey,
  drainKey,
  holdKey,
  instanceKey,
  leaseKey,
  policyKey,
} from '../../../src/domain/identity/registry-keys.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { type Chain, checkStep } from './chain-step.ts';

/**
 * Reads the audit while it is written, and keeps whatever is wrong with it: by itself, against the
 * machines, against the leases at that very moment, and in the end against the registry.
 */
export class AuditWatch {
  readonly faults: string[] = [];
  readonly events: AuditEvent[] = [];
  /** The longest delay of an answer: a lease acquired meanwhile did not exist when it was read. */
  underWay: Millis = 0;
  readonly #world: MemoryServer;
  readonly #chains = new Map<string, Chain>();
  /** The chains of the runs of each slot. */
  readonly #runs = new Map<string, readonly string[]>();
  readonly #subjects = new Set<string>();
  readonly #texts: string[] = [];
  /** Hashes of final events, and the chain that continues from each. */
  readonly #ends = new Map<string, string | undefined>();
  /** By key, the final event of a chain that its successor writes in the batch of its takeover. */
  readonly #handedOver = new Map<string, { readonly hash: string; readonly actor: string }>();
  /** Keys that another tool wrote: their records need no event. */
  readonly #tampered = new Set<string>();
  readonly #vanished = new Set<string>();
  readonly #ttl: Millis;
  #seen = 0;

  constructor(world: MemoryServer, ttl: Millis) {
    this.#world = world;
    this.#ttl = ttl;
  }

  /** From now on this key needs no event. */
  tampered(key: string): void {
    this.look();
    this.#tampered.add(key);
    for (const { of, over } of this.#chains.values()) {
      if (of.entity === 'run' && !over && agentKey(of) === key) this.#vanished.add(of.run);
    }
  }

  /** Another tool wrote a key: not every record has an event. */
  get isTampered(): boolean {
    return this.#tampered.size > 0;
  }

  /** The types of the events of one entity, in order: `started`, `suspected`, … */
  story(of: { readonly run?: string; readonly name?: string; readonly entity?: string }): string[] {
    return this.events
      .filter((event) => of.run === undefined || event.of.run === of.run)
      .filter((event) => of.entity === undefined || event.of.entity === of.entity)
      .filter((event) => of.name === undefined || nameOf(event) === of.name)
      .map(({ event }) => event.type);
  }

  /** Reads new events before the audit has copied them: the moment of the write counts. */
  look(): void {
    const { registry } = this.#world;
    // The stream lost its tail.
    if (registry.lastSeq < this.#seen) this.#seen = registry.lastSeq;
    if (registry.lastSeq === this.#seen) return;
    for (const { subject, text } of registry.after(this.#seen, isEvent)) {
      this.#take(subject.slice(eventSubjectOf('').length), text ?? '');
    }
    this.#seen = registry.lastSeq;
  }

  /** Compares the registry with the ends of all chains, and returns all faults so far. */
  verdict(): readonly string[] {
    this.look();
    const faults = [...this.faults, ...this.#miscopied()];
    for (const [name, chain] of this.#chains) {
      const key = keyOf(chain.of);
      if (key === undefined || this.#tampered.has(key)) continue;
      const current = this.#recordAt(key);
      const mine = current?.['run'] === chain.of.run;
      if (chain.over && mine) faults.push(`${name} is over, and its record stands`);
      if (!chain.over && !mine) faults.push(`${name} is not over, and its record is gone`);
      if (chain.over || !mine || !current) continue;
      const { hash, ...rest } = current;
      if (hash !== chain.hash || rest['n'] !== chain.last.n) {
        faults.push(`${name}: its record holds ${rest['n']}, the chain ends with ${chain.last.n}`);
      }
      if (JSON.stringify(rest) !== JSON.stringify(chain.last.record)) {
        faults.push(`${name}#${chain.last.n}: the record is not as the event says`);
      }
    }
    return [...faults, ...this.#unexplained()];
  }

  /** The audit has every event once, in the order in which they were written (G8). */
  #miscopied(): string[] {
    const copied = this.#world.audit.from(0).map(({ text }) => text);
    const same =
      copied.length === this.#texts.length && copied.every((text, n) => text === this.#texts[n]);
    return same ? [] : [`${this.#texts.length} events were written, ${copied.length} copied`];
  }

  #recordAt(key: string): Record<string, unknown> | undefined {
    const text = this.#world.registry.last(recordSubject(key))?.text;
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** Records without a chain. */
  #unexplained(): string[] {
    const explained = new Set([...this.#chains.values()].map(({ of }) => keyOf(of)));
    return this.#world.registry
      .after(0, (subject) => subject.startsWith(recordSubject('')))
      .filter(({ text }) => text !== undefined)
      .map(({ subject }) => subject.slice(recordSubject('').length))
      .filter((key) => !explained.has(key) && !this.#tampered.has(key))
      .map((key) => `nobody wrote ${key}`);
  }

  #take(subject: string, text: string): void {
    const event = AuditEvent.parse(JSON.parse(text));
    const name = chainName(event.of);
    const fault = (what: string) => this.faults.push(`${name}#${event.n}: ${what}`);
    if (this.#subjects.has(subject)) fault('its subject was used before');
    if (eventSubject(event.of, event.n) !== subject) fault(`stands under ${subject}`);
    this.#subjects.add(subject);
    this.#texts.push(text);
    this.events.push(event);
    const before = this.#chains.get(name);
    const key = keyOf(event.of);
    const explained = key === undefined || !this.#tampered.has(key);
    if (explained) this.#checkLink(event, before, fault);
    const taken = checkStep(event, before, explained ? fault : () => {});
    if (explained) this.#checkRight(event, fault);
    const hash = systemHash(text);
    const over = taken?.done ?? false;
    if (over) this.#ends.set(hash, undefined);
    if (key !== undefined) this.#handOver(key, event, hash, fault);
    if (event.of.entity === 'run' && before === undefined && key !== undefined)
      this.#runs.set(key, [...(this.#runs.get(key) ?? []), name]);
    this.#chains.set(name, {
      of: event.of,
      last: event,
      hash,
      context: taken?.context ?? {},
      over,
    });
  }

  /** `n` has no gap; `prev` is the hash of the event before, or of the last one of the ended chain. */
  #checkLink(event: AuditEvent, before: Chain | undefined, fault: (what: string) => void): void {
    const n = (before?.last.n ?? 0) + 1 + (event.lost ?? 0);
    if (event.n !== n) fault(`follows ${before?.last.n ?? 'nothing'}`);
    if (before) {
      if (event.prev !== before.hash) fault('prev is not the hash of the event before');
      return;
    }
    if (event.prev === null) return;
    const follower = this.#ends.get(event.prev);
    if (!this.#ends.has(event.prev)) fault('goes on from no chain’s end');
    else if (follower !== undefined) fault(`goes on from where ${follower} did`);
    this.#ends.set(event.prev, chainName(event.of));
  }

  /** A successor continues from the final event that it wrote itself. */
  #handOver(key: string, event: AuditEvent, hash: string, fault: (what: string) => void): void {
    const { type } = event.event;
    const ended = this.#handedOver.get(key);
    this.#handedOver.delete(key);
    if (ended?.actor === event.actor.run && event.from === null && event.prev !== ended.hash) {
      fault('does not go on from the chain that it took over');
    }
    const taken =
      type === 'adopted' ||
      type === 'superseded' ||
      (type === 'removed' && event.of.entity === 'run');
    if (taken) this.#handedOver.set(key, { hash, actor: event.actor.run });
  }

  /** G1, G3, G6: whether this actor was permitted to write this at that moment. */
  #checkRight(event: AuditEvent, fault: (what: string) => void): void {
    const { of, actor } = event;
    if (of.entity === 'session' || of.entity === 'collector') return;
    if (isOver(this.#runState(actor)) && !this.#vanished.has(actor.run)) {
      fault(`its actor ${actor.run} is over (G3)`);
    }
    if (of.entity === 'instance') {
      const ends = event.event.type === 'removed' || event.event.type === 'adopted';
      if (!ends || actor.run === of.run || this.#vanished.has(of.run)) return;
      if (!isOver(this.#runState(of)))
        fault(`${event.event.type} by another, its owner lives (G1)`);
      return;
    }
    this.#checkRunRight(event, fault);
  }

  #checkRunRight(event: AuditEvent, fault: (what: string) => void): void {
    const { of, actor } = event;
    if (of.entity !== 'run') return;
    const own = actor.run === of.run;
    const byOwner = ['started', 'confirmed', 'announced', 'regranted', 'withdrawn', 'left'];
    const byOther = ['suspected', 'expired', 'superseded', 'removed'];
    if (byOwner.includes(event.event.type) && !own) fault('done by another');
    if (byOther.includes(event.event.type) && own) fault('done by the run itself');
    if (event.event.type === 'expired' && this.#leaseStands(of)) fault('its lease stands (G6)');
    if (event.event.type !== 'started') return;
    for (const name of this.#runs.get(agentKey(of)) ?? []) {
      const { of: other, over } = this.#chains.get(name) ?? { of, over: true };
      if (over || other.run === of.run || this.#vanished.has(other.run)) continue;
      fault(`${other.run} holds the slot (G10)`);
    }
  }

  #leaseStands(of: RunRef): boolean {
    const lease = this.#world.leases.last(leaseKey(of));
    if (lease?.text === undefined) return false;
    const writtenFor = this.#world.clock.monotonic() - lease.writtenAt;
    // A lease that is not renewed for two ttls is claimed by nobody, also if the server keeps it.
    // Clocks may run at slightly different rates.
    return writtenFor >= this.underWay && writtenFor < 2 * this.#ttl * 0.999 - 1;
  }

  #runState({ host, agent, run }: AuditEvent['actor']): StateValue | undefined {
    return this.#chains.get(chainName({ entity: 'run', host, agent, run }))?.last.to;
  }
}

const isEvent = (subject: string): boolean => subject.startsWith(eventSubjectOf(''));

const isOver = (state: StateValue | undefined): boolean => typeof state === 'string';

const chainName = (of: AuditEvent['of']): string => chainSubject(of);

const nameOf = ({ of }: AuditEvent): string | undefined =>
  of.entity === 'instance' ? `${of.service}/${of.id}` : undefined;

function keyOf(of: AuditEvent['of']): string | undefined {
  if (of.entity === 'run') return agentKey(of);
  if (of.entity === 'hold') return holdKey(of.host, of.agent);
  if (of.entity === 'drain') return drainKey(of.target);
  if (of.entity === 'brake') return brakeKey(of.zone);
  if (of.entity === 'policy') return policyKey;
  return of.entity === 'instance' ? instanceKey(of) : undefined;
}
