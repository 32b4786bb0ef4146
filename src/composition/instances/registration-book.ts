import type { InstanceName, RegisteredInstance } from '../../adapters/local-api/registrar.ts';
import { type Health, sameHealth, unchecked } from '../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../domain/records/health-check.ts';
import {
  type ActiveReading,
  type ActiveTime,
  readActive,
} from '../../domain/registrations/active-time.ts';
import {
  adopt,
  check,
  healthAt,
  type Registration,
  removalAt,
} from '../../domain/registrations/registration.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { InstanceSource, InstanceSources } from './instance-sources.ts';
import type { SavedRegistration } from './registration-file.ts';
import { HealthChecks } from './running-checks.ts';

/** How often deadlines are checked. */
const tickEvery: Millis = 250;

/** A longer step between two readings of the clock means that the agent itself was stopped. */
const longestStep: Millis = seconds(1);

/** One registration with its check. */
export interface Entry {
  registration: Registration;
  check: HealthCheck | undefined;
  /** The health that the agent was given last; undefined: it does not have the instance. */
  shown: Health | undefined;
  /** Resolves when it is removed or registered again. */
  over: PromiseWithResolvers<void>;
}

/** `onChange`: what is to be saved has changed; it resolves when it was saved. */
export interface BookPorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly onChange: () => Promise<void>;
}

/**
 * The registrations of the local API, and their deadlines: a program that shows no life any more is
 * failing, then deregistered.
 */
export class RegistrationBook {
  readonly #sources: InstanceSources;
  readonly #source: InstanceSource;
  readonly #ports: BookPorts;
  readonly #entries = new Map<string, Entry>();
  readonly #checks: HealthChecks;
  #time: ActiveReading;

  constructor(sources: InstanceSources, ports: BookPorts) {
    this.#sources = sources;
    this.#source = sources.of('api');
    this.#ports = ports;
    this.#time = { monotonic: ports.clock.monotonic(), active: 0 };
    this.#checks = new HealthChecks({ reportCheck: (name, health) => this.#onCheck(name, health) });
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What is saved for a restart. */
  get saved(): readonly SavedRegistration[] {
    return [...this.#entries.values()].map(({ registration, check: how }) => ({
      spec: registration.spec,
      reported: registration.reported,
      ...(registration.ttl !== undefined && { ttl: registration.ttl }),
      ...(registration.removeAfter !== undefined && { removeAfter: registration.removeAfter }),
      ...(how && { check: how }),
    }));
  }

  /** Takes over what an earlier process saved. Nothing of it is registered before `confirm`. */
  load(saved: readonly SavedRegistration[]): void {
    for (const { reported, check: how, spec, ttl, removeAfter } of saved) {
      if (reported.state === 'draining' || this.#source.owns(spec)) continue;
      const terms = { spec, ttl, removeAfter };
      const checked = how?.initial === 'failing' ? unchecked : serving;
      const registration = adopt(terms, { reported, checked, shown: reported }, this.now());
      this.#entries.set(keyOf(spec), entryOf(registration, how));
    }
  }

  /**
   * Compares what was loaded with what the registry has of this agent. What the registry has keeps its
   * health there until its program shows up. What it has no longer was removed, and is not registered again.
   */
  confirm(healthIn: (name: InstanceName) => Health | undefined): void {
    for (const [key, entry] of this.#entries) {
      const { registration } = entry;
      if (!registration.awaited) continue;
      const shown = healthIn(registration.spec);
      if (shown === undefined || shown.state === 'draining' || !this.#isFree(registration.spec)) {
        this.#entries.delete(key);
        continue;
      }
      const { reported, checked } = registration;
      this.set(entry, adopt(registration, { reported, checked, shown }, this.now()));
    }
    this.runChecks();
  }

  /** Enforces the deadlines until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#ports.clock.sleep(tickEvery, signal);
      this.#tick();
    }
    this.#checks.stop();
  }

  list(): readonly RegisteredInstance[] {
    const now = this.now();
    return [...this.#entries.values()].map(({ registration }) => ({
      ...registration,
      health: healthAt(registration, now),
    }));
  }

  /** Adds a registration, in the place of one with its name. */
  add(entry: Entry): void {
    this.#entries.set(keyOf(entry.registration.spec), entry);
  }

  /** The registration of a name, unless another source has taken the name. */
  find(name: InstanceName): Entry | undefined {
    const entry = this.#entries.get(keyOf(name));
    if (entry?.shown && !this.#source.owns(name)) return undefined;
    return entry;
  }

  /** Keeps the registration, and reports its health to the agent if it changed. */
  set(entry: Entry, registration: Registration, isChanged = false): void {
    const health = healthAt(registration, this.now());
    entry.registration = registration;
    if (!entry.shown || isChanged) this.#source.put(registration.spec, health);
    else if (sameHealth(entry.shown, health)) return;
    else this.#source.report(registration.spec, health);
    entry.shown = health;
  }

  /** Deregisters it. */
  remove(entry: Entry): void {
    const { spec } = entry.registration;
    this.#entries.delete(keyOf(spec));
    this.#source.drop(spec);
    entry.over.resolve();
    if (entry.check) this.runChecks();
  }

  #tick(): void {
    const now = this.now();
    let isChanged = false;
    for (const [key, entry] of this.#entries) {
      const { registration, shown } = entry;
      const { service, id } = registration.spec;
      if (!shown) continue; // loaded, and not confirmed yet
      if (!this.#source.owns(registration.spec)) {
        this.#entries.delete(key);
        entry.over.resolve();
        this.#ports.log.warn('api-instance-taken', { service, id });
        isChanged = true;
      } else if (removalAt(registration) <= now) {
        this.remove(entry);
        this.#ports.log.info('api-instance-removed', { service, id, health: shown });
        isChanged = true;
      } else {
        this.set(entry, registration);
      }
    }
    if (isChanged) void this.#ports.onChange();
  }

  #onCheck(name: Pick<InstanceName, 'service' | 'id'>, result: Health): void {
    const entry = this.find(name);
    if (entry) this.set(entry, check(entry.registration, result));
  }

  /** Starts and ends health checks, after one of them was added, changed or removed. */
  runChecks(): void {
    const shown = [...this.#entries.values()].filter((entry) => entry.shown);
    this.#checks.replace(
      shown.map(({ registration: { spec }, check: how }) => ({ spec, check: how })),
    );
  }

  #isFree(name: InstanceName): boolean {
    const owner = this.#sources.ownerOf(name);
    return owner === undefined || owner === 'api';
  }

  /** The active time now. */
  now(): ActiveTime {
    this.#time = readActive(this.#time, this.#ports.clock.monotonic(), longestStep);
    return this.#time.active;
  }
}

export const serving: Health = { state: 'serving' };

const keyOf = ({ service, id }: InstanceName): string => JSON.stringify([service, id]);

/** A registration that the agent does not have yet. */
export const entryOf = (registration: Registration, how: HealthCheck | undefined): Entry => ({
  registration,
  check: how,
  shown: undefined,
  over: Promise.withResolvers(),
});
