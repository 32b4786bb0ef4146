import { Fault } from '../../domain/fault.ts';
import type { Endpoint } from '../../domain/fleet/endpoint.ts';
import { isEarlierWorkKept } from '../../domain/fleet/kept-instances.ts';
import type { PickPolicy } from '../../domain/fleet/pick.ts';
import { type Millis, type MonotonicTime, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ServiceView } from '../../ports/service-view.ts';
import { runCommands } from './admin-socket.ts';
import {
  commandsOf,
  planSlots,
  type Slot,
  type SlotAct,
  type SlotAddress,
  slotKey,
  slotState,
} from './plan-slots.ts';
import { canonical, parseServerState, parseSessions } from './server-state.ts';

/** A backend of HAProxy, and the service whose instances are in it. */
export interface Backend {
  readonly backend: string;
  readonly service: string;
  /** Only servers whose name begins with this; '': all. */
  readonly slots: string;
}

export interface HaproxyOptions {
  readonly socket: string;
  readonly backends: readonly Backend[];
  readonly policy: PickPolicy;
  /** Longest time that the slot of an instance that is gone waits for its last sessions. */
  readonly drain: Millis;
  /** How long servers of an earlier run may stay although no instance of the service has a record (G13). */
  readonly keepLast: Millis;
  /** Writes the state of all servers, for a reload of HAProxy; undefined: no file. */
  readonly saveState: ((text: string) => Promise<void>) | undefined;
}

/** A slot and what it is used for. */
interface ShownSlot {
  readonly backend: string;
  readonly slot: Slot;
  /** `service/id` of the instance at its address; undefined: no record has this address. */
  readonly instance: string | undefined;
}

export interface Look {
  readonly slots: readonly ShownSlot[];
  readonly acts: readonly { readonly backend: string; readonly act: SlotAct }[];
  /** Instances without a slot. */
  readonly missing: readonly { readonly backend: string; readonly at: SlotAddress }[];
  /** Backends that HAProxy does not have, or without a server of the prefix. */
  readonly unknown: readonly string[];
  /** Backends whose servers stay as an earlier run filled them, because nothing is known of the service. */
  readonly kept: readonly string[];
}

type DriverPorts = Pick<Ports, 'clock' | 'log' | 'metrics'>;

/** Changes come in bursts. */
const coalesce: Millis = 20;
const lookEvery: Millis = seconds(1);
/** After the socket was away, HAProxy may have started with empty slots. */
const lookSoonEvery: Millis = 100;
const lookSoonFor: Millis = seconds(2);

/** Keeps the servers of HAProxy as the registry has the instances. */
export class HaproxyDriver {
  readonly #options: HaproxyOptions;
  readonly #view: ServiceView;
  readonly #ports: DriverPorts;
  readonly #drainingSince = new Map<string, MonotonicTime>();
  readonly #began: MonotonicTime;
  #wasAway = false;
  #soonUntil: MonotonicTime = Number.NEGATIVE_INFINITY;
  #reported = '';

  constructor(options: HaproxyOptions, view: ServiceView, ports: DriverPorts) {
    this.#options = options;
    this.#view = view;
    this.#ports = ports;
    this.#began = ports.clock.monotonic();
  }

  /** Looks at each change and every second, until the signal. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    while (!signal.aborted) {
      const changed = new AbortController();
      const services = new Set(this.#options.backends.map(({ service }) => service));
      const stop = this.#view.onChange((names) => {
        if ([...names].some((name) => services.has(name))) changed.abort();
      });
      await this.#lookOnce();
      const wait = clock.monotonic() < this.#soonUntil ? lookSoonEvery : lookEvery;
      await clock.sleep(wait, AbortSignal.any([signal, changed.signal]));
      stop();
      if (changed.signal.aborted) await clock.sleep(coalesce, signal);
    }
  }

  /**
   * Compares HAProxy with the registry; with `apply` it also makes HAProxy so.
   * @throws {Fault} `store-unavailable` if HAProxy does not answer
   */
  async look(apply: boolean): Promise<Look> {
    const { socket, backends } = this.#options;
    const reads = backends.flatMap(({ backend }) => [
      `show servers state ${backend}`,
      `show stat ${backend} 4 -1`,
    ]);
    const text = await runCommands(socket, reads);
    const servers = parseServerState(text);
    const sessions = parseSessions(text);
    const looks = backends.map((one) =>
      this.#lookAt(one, servers.get(one.backend) ?? [], sessions),
    );
    const look: Look = {
      slots: looks.flatMap(({ slots }) => slots),
      acts: looks.flatMap(({ acts }) => acts),
      missing: looks.flatMap(({ missing }) => missing),
      unknown: looks.flatMap(({ slots }, n) =>
        slots.length > 0 ? [] : (backends[n]?.backend ?? []),
      ),
      kept: looks.flatMap(({ isKept }, n) => (isKept ? (backends[n]?.backend ?? []) : [])),
    };
    if (apply && look.acts.length > 0) await this.#apply(look);
    return look;
  }

  async #lookOnce(): Promise<void> {
    const { clock, log, metrics } = this.#ports;
    if (!this.#view.status.isComplete) return;
    try {
      const { missing, unknown, kept } = await this.look(true);
      if (this.#wasAway) log.warn('haproxy-answers-again', { socket: this.#options.socket });
      if (this.#wasAway) this.#soonUntil = clock.monotonic() + lookSoonFor;
      this.#wasAway = false;
      metrics.doorAnswered?.('haproxy', kept.length > 0 ? 'kept' : 'ok');
      const report = JSON.stringify([missing, unknown, kept]);
      if (report !== this.#reported && missing.length > 0) {
        const addresses = missing.map(({ backend, at }) => `${backend} ${at.address}:${at.port}`);
        log.warn('haproxy-slots-missing', { instances: addresses });
      }
      if (report !== this.#reported && unknown.length > 0)
        log.warn('haproxy-backend-unknown', { backends: unknown });
      if (report !== this.#reported && kept.length > 0)
        log.warn('haproxy-kept', { backends: kept });
      this.#reported = report;
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      if (!this.#wasAway) log.warn('haproxy-does-not-answer', { why: cause.message });
      this.#wasAway = true;
      this.#soonUntil = clock.monotonic() + lookSoonFor;
      metrics.doorAnswered?.('haproxy', 'no-answer');
    }
  }

  #lookAt(
    { backend, service, slots: prefix }: Backend,
    all: readonly Slot[],
    sessions: ReadonlyMap<string, number>,
  ) {
    const { clock, metrics } = this.#ports;
    const slots = all.filter(({ name }) => name.startsWith(prefix));
    const usable = addressesOf(this.#view.endpoints('haproxy', service, this.#options.policy));
    const present = this.#view.allEndpoints('haproxy', service).filter(hasIp);
    const now = clock.monotonic();
    for (const slot of slots) {
      const key = `${backend}/${slot.name}`;
      if (slotState(slot) !== 'draining') this.#drainingSince.delete(key);
      else if (!this.#drainingSince.has(key)) this.#drainingSince.set(key, now);
    }
    const isIdle = ({ name }: Slot) =>
      sessions.get(`${backend}/${name}`) === 0 ||
      (this.#drainingSince.get(`${backend}/${name}`) ?? now) + this.#options.drain <= now;
    const plan = planSlots(slots, usable, addressesOf(present), isIdle);
    const isUnknown = this.#isUnknown(service);
    const acts = plan.acts.filter(({ act }) => !(isUnknown && act === 'drain'));
    metrics.doorRows?.('haproxy', service, usable.length - plan.missing.length);
    metrics.slots?.(backend, Map.groupBy(slots, slotState));
    const names = new Map(
      present.map((one) => [slotKey(addressOf(one)), `${one.row.service}/${one.row.id}`]),
    );
    return {
      slots: slots.map((slot) => ({ backend, slot, instance: names.get(slotKey(slot)) })),
      acts: acts.map((act) => ({ backend, act })),
      missing: plan.missing.map((at) => ({ backend, at })),
      isKept: acts.length < plan.acts.length,
    };
  }

  /** Whether nothing is known of the service. Then its servers stay in use for a while. */
  #isUnknown(service: string): boolean {
    const { policy, keepLast } = this.#options;
    const hasSeen = this.#view.version(service) > 0 || policy === 'strict';
    const runningFor = this.#ports.clock.monotonic() - this.#began;
    return isEarlierWorkKept({ hasSeen, runningFor }, keepLast);
  }

  async #apply({ acts }: Look): Promise<void> {
    const { socket, saveState } = this.#options;
    const commands = acts.flatMap(({ backend, act }) => commandsOf(backend, act));
    await runCommands(socket, commands);
    const { log } = this.#ports;
    for (const { backend, act } of acts) log.info('haproxy-slot', { backend, ...act });
    if (!saveState) return;
    const state = await runCommands(socket, ['show servers state']);
    await saveState(`${state.trim()}\n`);
  }
}

/** `set server … addr` takes no names. */
const hasIp = ({ family }: Endpoint): boolean => family !== undefined;

const addressOf = ({ address, port }: Endpoint): SlotAddress => ({
  address: canonical(address),
  port,
});

const addressesOf = (endpoints: readonly Endpoint[]): readonly SlotAddress[] =>
  endpoints.filter(hasIp).map(addressOf);
