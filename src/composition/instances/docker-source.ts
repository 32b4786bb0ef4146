import { Container, ContainerList } from '../../adapters/docker/container.ts';
import {
  type ContainerInstance,
  healthOf,
  instancesOf,
  shortId,
} from '../../adapters/docker/container-instances.ts';
import { isLabelled } from '../../adapters/docker/container-labels.ts';
import { type Engine, EngineAway, type EngineEvent } from '../../adapters/docker/engine.ts';
import { stopSignalOf } from '../../adapters/docker/stop-signal.ts';
import { type Health, unchecked } from '../../domain/records/desired-instances.ts';
import { type Millis, type MonotonicTime, seconds } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import { DurationOrMillis } from '../time/duration.ts';
import { Complaints } from './complaints.ts';
import {
  type DockerSourceOptions,
  type DockerSourcePorts,
  type Known,
  knownOf,
  tooMany,
} from './docker-source-options.ts';
import type { InstanceSource } from './instance-sources.ts';
import { HealthChecks } from './running-checks.ts';
import { ShownInstances, type WantedInstance } from './shown-instances.ts';

/** Events only make it faster: everything is listed this often. */
const listEvery: Millis = seconds(30);

/** Events of one burst are handled together. */
const burst: Millis = 20;

/** Time until the engine is asked again after a failure. */
const tryAgainAfter: Millis = seconds(1);

/** How long a container that was sent its stop signal counts as stopping, if it does not end. */
const stoppingFor: Millis = seconds(120);

const concurrentRequests = 8;

/**
 * Labelled containers of this host as instances of the agent. Lists decide and events only hurry, so a
 * missed event leaves nothing wrong for long. While the engine does not answer, everything stays as it is.
 */
export class DockerSource {
  readonly #engine: Engine;
  readonly #options: DockerSourceOptions;
  readonly #clock: Clock;
  readonly #ports: Pick<DockerSourcePorts, 'log' | 'metrics'>;
  readonly #isGone: (pid: number) => boolean;
  readonly #checks: HealthChecks;
  #known = new Map<string, Known>();
  readonly #stopping = new Map<string, MonotonicTime>();
  readonly #changed = new Set<string>();
  readonly #shown: ShownInstances;
  readonly #checked = new Map<string, Health>();
  readonly #complaints: Complaints;
  #wake = Promise.withResolvers<void>();
  #isAway = false;
  #isListed = false;

  constructor(
    engine: Engine,
    source: InstanceSource,
    options: DockerSourceOptions,
    { clock, isGone, ...ports }: DockerSourcePorts,
  ) {
    this.#engine = engine;
    this.#shown = new ShownInstances(source);
    this.#options = options;
    this.#complaints = new Complaints(options.onComplaint);
    this.#clock = clock;
    this.#ports = ports;
    this.#isGone = isGone;
    this.#checks = new HealthChecks({
      reportCheck: ({ service, id }, result) => {
        this.#checked.set(nameOf({ service, id }), result);
        this.#show();
      },
    });
  }

  /** Lists once, before the agent starts. False: the engine does not answer. */
  async begin(signal: AbortSignal): Promise<boolean> {
    return this.#attempt(() => this.#list(true, signal));
  }

  /** An instance of an earlier process of this agent: it stays until the engine answers. */
  adopt(spec: ContainerInstance['spec'], health: Health): void {
    this.#shown.add(nameOf(spec), { spec, health });
  }

  /** Follows the engine until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const listening = this.#listen(signal);
    while (!signal.aborted) {
      const isListed = await this.#attempt(() => this.#list(true, signal));
      const due = this.#clock.monotonic() + (isListed ? listEvery : tryAgainAfter);
      while (!signal.aborted && this.#clock.monotonic() < due) {
        const wait = Math.min(due - this.#clock.monotonic(), seconds(1));
        await Promise.race([this.#clock.sleep(wait, signal), this.#wake.promise]);
        this.#show(); // time passes for stopped containers
        if (this.#changed.size === 0 || signal.aborted) continue;
        await this.#clock.sleep(burst, signal);
        if (!(await this.#attempt(() => this.#list(false, signal)))) break;
      }
    }
    this.#checks.stop();
    await listening;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#attempt(() =>
        this.#engine.follow(
          () => this.#hurry(''), // what happened before the stream was open is listed now
          (event) => this.#onEvent(event),
          signal,
        ),
      );
      await this.#clock.sleep(tryAgainAfter, signal);
    }
  }

  #onEvent({ id, action, signal }: EngineEvent): void {
    const known = this.#known.get(id);
    if (action === 'kill' && known && signal === stopSignalOf(known.container)) {
      this.#stopping.set(id, this.#clock.monotonic());
      this.#show();
    }
    if (action === 'start') this.#stopping.delete(id);
    this.#hurry(id);
  }

  #hurry(id: string): void {
    this.#changed.add(id);
    this.#wake.resolve();
  }

  /** Whether the engine answered. A failure changes nothing but the log. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      if (this.#isAway) this.#ports.log.info('docker-answers', {});
      this.#isAway = false;
      this.#ports.metrics?.doorAnswered?.('docker', 'ok');
      return true;
    } catch (cause) {
      if (!(cause instanceof EngineAway)) throw cause;
      if (!this.#isAway) this.#ports.log.warn('docker-away', { why: cause.message });
      this.#isAway = true;
      this.#ports.metrics?.doorAnswered?.('docker', 'away');
      return false;
    }
  }

  /** Reads the list, and each container of it that is new or changed; `all`: every one. */
  async #list(all: boolean, signal: AbortSignal): Promise<void> {
    const changed = new Set(this.#changed);
    this.#changed.clear();
    // A wake that stays resolved without a change would never let `run` wait.
    this.#wake = Promise.withResolvers();
    const answer = ContainerList.safeParse(
      await this.#engine.get('/containers/json?all=1', signal),
    );
    if (!answer.success) throw new EngineAway('the list of containers has an unknown form');
    const labelled = answer.data.filter(({ Labels }) => isLabelled(Labels)).map(({ Id }) => Id);
    const next = new Map<string, Known>();
    const read = labelled.filter(
      (id) => all || changed.has(id) || changed.has('') || !this.#known.has(id),
    );
    for (let from = 0; from < read.length; from += concurrentRequests) {
      const some = read.slice(from, from + concurrentRequests);
      const found = await Promise.all(some.map((id) => this.#inspect(id, signal)));
      for (const [index, known] of found.entries()) if (known) next.set(some[index] ?? '', known);
    }
    for (const id of labelled) {
      const known = this.#known.get(id);
      if (known && !read.includes(id)) next.set(id, known);
    }
    this.#known = next;
    this.#isListed = true;
    for (const id of this.#stopping.keys()) if (!next.has(id)) this.#stopping.delete(id);
    this.#complaints.keep((about) => next.has(about) || about.includes('/'));
    this.#show();
    this.#runChecks();
  }

  /** Undefined: it was removed. A container in an unknown form stays as it was. */
  async #inspect(id: string, signal: AbortSignal): Promise<Known | undefined> {
    const answer = await this.#engine.get(`/containers/${id}/json`, signal);
    if (answer === undefined) return undefined;
    const read = Container.safeParse(answer);
    const before = this.#known.get(id);
    if (!read.success) {
      this.#complaints.set(id, [
        `container ${shortId(id)}: the engine describes it in an unknown form`,
      ]);
      return before;
    }
    const container = read.data;
    const { instances, complaints } = instancesOf(
      container,
      this.#options.address,
      DurationOrMillis,
    );
    this.#complaints.set(
      id,
      complaints.map(
        (text) => `container ${shortId(id)} (${container.Name.replace(/^\//, '')}): ${text}`,
      ),
    );
    const { Pid: pid } = container.State;
    const isVisible = pid > 0 && !this.#isGone(pid);
    return knownOf(container, { instances, isVisible, before, now: this.#clock.monotonic() });
  }

  /** Gives the agent what should be registered now. */
  #show(): void {
    if (!this.#isListed) return;
    const wanted = new Map<string, WantedInstance>();
    for (const [id, known] of this.#known) {
      const health = this.#healthOf(id, known);
      if (health === undefined) continue;
      for (const { spec, check } of known.instances) {
        const name = nameOf(spec);
        const initial = check?.initial === 'failing' ? unchecked : health;
        const checked = check ? (this.#checked.get(name) ?? initial) : health;
        wanted.set(name, { spec, health: health.state === 'serving' ? checked : health });
      }
    }
    for (const name of this.#checked.keys()) if (!wanted.has(name)) this.#checked.delete(name);
    const { taken, excess } = this.#shown.show(wanted);
    for (const { service, id } of taken) {
      this.#complaints.set(`${service}/${id}`, [
        `${service}/${id} is already in the instances file`,
      ]);
    }
    this.#complaints.set('docker/limit', excess > 0 ? [tooMany] : []);
  }

  #healthOf(id: string, { container, stoppedAt, isVisible }: Known): Health | undefined {
    const now = this.#clock.monotonic();
    if (this.#isAway && isVisible && this.#isGone(container.State.Pid)) {
      return { state: 'failing', detail: 'its process ended while the engine did not answer' };
    }
    const since = this.#stopping.get(id);
    const isStopping = since !== undefined && now - since < stoppingFor;
    if (stoppedAt !== undefined && now - stoppedAt >= this.#options.linger) return undefined;
    return healthOf(container, isStopping);
  }

  #runChecks(): void {
    const running = [...this.#known.values()].filter(({ stoppedAt }) => stoppedAt === undefined);
    this.#checks.replace(running.flatMap(({ instances }) => instances));
  }
}

const nameOf = ({ service, id }: { readonly service: string; readonly id: string }): string =>
  JSON.stringify([service, id]);
