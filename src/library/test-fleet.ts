import { z } from 'zod';
import { MemoryFleet, type MemoryProcess } from '../composition/memory-fleet.ts';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { Fault } from '../domain/fault.ts';
import type { RunId } from '../domain/identity/names.ts';
import type { AgentRecord } from '../domain/records/schemas.ts';
import { seconds } from '../domain/time.ts';
import type { Log } from '../ports/log.ts';
import { noopMetrics } from '../ports/metrics.ts';
import { Collector } from '../runtime/collector/collector.ts';
import type { AgentOptions, RunningAgent } from './agent-types.ts';
import type { DirectoryOptions, OpenDirectory } from './directory-types.ts';
import type { Machine } from './machine.ts';
import { type Duration, type LeaseOptions, readLease, readOption, readSlot } from './options.ts';
import { runAgent } from './run-agent.ts';
import type { StartPlace } from './start-gate.ts';
import { viewDirectory } from './view-directory.ts';

/** Options of `startTestFleet`. */
export interface TestFleetOptions extends LeaseOptions {
  /** How many collectors run, on the hosts `collector-1`, `collector-2` and so on; default 1. */
  readonly collectors?: number;
  /** Time at which the clock starts, in milliseconds since 1970; default 2026-01-01T00:00Z. */
  readonly startAt?: number;
  /** Seed of the random numbers, such as those of `pick`; default 1. The same seed gives the same choices. */
  readonly seed?: number;
}

/**
 * A fleet in memory under a virtual clock. Agents, collectors and directories are the real ones; the store, the
 * network and the time are those of the test. Time passes only in `advance`.
 *
 * All functions can be taken from the object: `const { startAgent, openDirectory } = fleet`.
 */
export interface TestFleet extends AsyncDisposable {
  /**
   * As `startAgent` of `rollcall`. `host` is any name, by default `host-1`. What names a server or a namespace is not
   * used. Health checks do not run: an instance with a check keeps its initial health (`failing` by default) until
   * `RunningAgent.report`. An agent collects only with `collect: true`.
   */
  startAgent(options: AgentOptions): Promise<RunningAgent>;
  /** As `openDirectory` of `rollcall`. It runs on the host `consumer`. What names a server or a namespace is not used. */
  openDirectory(options?: DirectoryOptions): Promise<OpenDirectory>;
  /**
   * Lets time pass: everything that is due in it happens in order, without waiting. Resolves when all of that is done.
   * Something that waits for time, such as `stop` of an agent with `drain`, ends only while the clock is advanced.
   */
  advance(duration: Duration): Promise<void>;
  /** Time on the clock, in milliseconds since 1970. */
  readonly now: number;
  /** Kills all processes of a host, as SIGKILL does: the server sees their connections close. They cannot stop any more. */
  kill(host: string): Promise<void>;
  /** Takes the network of a host away: its processes live, and nothing reaches them. */
  disconnect(host: string): Promise<void>;
  /** Gives the network back. */
  reconnect(host: string): Promise<void>;
  /** Ends all processes. */
  close(): Promise<void>;
}

const Seed = z.number().int().min(0).default(1);
const Count = z.number().int().min(0).max(100).default(1);
const StartAt = z.number().int().min(0).optional();
const Options = z.strictObject({
  collectors: z.unknown(),
  startAt: z.unknown(),
  seed: z.unknown(),
  ttl: z.unknown(),
  grace: z.unknown(),
});
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {} };

/**
 * Starts a fleet in memory for tests. It needs no server, and a minute of its time takes a fraction of a second.
 *
 * `ttl` and `grace` are those of the collectors; agents have their own.
 * @throws {Fault} `bad-setting`
 * @example
 * ```ts
 * import { strictEqual } from 'node:assert';
 * import { startTestFleet } from 'rollcall/testing';
 *
 * await using fleet = await startTestFleet();
 * await fleet.startAgent({ host: 'a', name: 'shop', instances: [{ service: 'web', port: 8080 }] });
 * const directory = await fleet.openDirectory();
 * strictEqual(directory.pick('web')?.state, 'live');
 *
 * await fleet.kill('a');
 * await fleet.advance('15s');
 * strictEqual(directory.pick('web')?.state, 'dubious');
 *
 * await fleet.advance('1m');
 * strictEqual(directory.instances('web').length, 0);
 * ```
 */
export async function startTestFleet(options: TestFleetOptions = {}): Promise<TestFleet> {
  readOption('options', Options.partial(), options);
  const collectors = readOption('collectors', Count, options.collectors);
  const lease = readLease(options);
  const startAt = readOption('startAt', StartAt, options.startAt);
  const fleet = new MemoryFleet(startAt, readOption('seed', Seed, options.seed));
  for (let n = 1; n <= collectors; n += 1) {
    const slot = await readSlot({ host: `collector-${n}` }, 'collector');
    const { ports } = fleet.process(slot.host, { log: silent, metrics: noopMetrics }, slot);
    const self = { ...slot, run: fleet.nextRunId() };
    void new Collector(self, { lease, onTransition: () => {} }, ports).done;
  }
  await fleet.clock.advance(seconds(1));
  const running = (host: string): readonly MemoryProcess[] => {
    const processes = fleet.processesOf(host);
    if (processes.length > 0) return processes;
    throw new Fault('not-found', `no process runs on the host '${host}' of this fleet`);
  };
  return {
    startAgent: async (given) => {
      const machine = new TestMachine(fleet);
      const options = { host: 'host-1', collect: false, ...given, servers: 'memory' };
      return machine.endWithProcess(await runAgent(options, machine));
    },
    openDirectory: async (given) => {
      const machine = new TestMachine(fleet);
      return machine.endWithProcess(await viewDirectory({ ...given, servers: 'memory' }, machine));
    },
    advance: (duration) => fleet.clock.advance(readOption('duration', DurationOrMillis, duration)),
    get now() {
      return fleet.clock.wall();
    },
    async kill(host) {
      for (const process of running(host)) await process.kill();
      await fleet.clock.settle();
    },
    async disconnect(host) {
      running(host);
      fleet.setNetwork(host, false);
      await fleet.clock.settle();
    },
    async reconnect(host) {
      fleet.setNetwork(host, true);
      await fleet.clock.settle();
    },
    close: () => fleet.killAll(),
    [Symbol.asyncDispose]: () => fleet.killAll(),
  };
}

/** The machine of one process of a test fleet. */
class TestMachine implements Machine {
  readonly #fleet: MemoryFleet;
  #process: MemoryProcess | undefined;

  constructor(fleet: MemoryFleet) {
    this.#fleet = fleet;
  }

  async beginStart(): Promise<StartPlace> {
    return { leave: () => {}, whileWaiting: (wait) => wait() };
  }

  readonly open: Machine['open'] = async (options, as) => {
    const { log = silent, metrics = noopMetrics } = options;
    const slot = typeof as === 'string' ? undefined : as;
    const process = this.#fleet.process(slot?.host ?? 'consumer', { log, metrics }, slot);
    this.#process = process;
    const { ports, onConnection } = process;
    return { ports, onConnection, [Symbol.asyncDispose]: () => process.close() };
  };

  readonly slot: Machine['slot'] = readSlot;

  runId(): RunId {
    return this.#fleet.nextRunId();
  }

  process(): AgentRecord['process'] {
    return { boot: 'test', namespace: 'test', pid: this.#fleet.next() };
  }

  address(): string {
    return '127.0.0.1';
  }

  async checks(): Promise<{ replace(): void; stop(): void }> {
    return { replace() {}, stop() {} };
  }

  /** What is stopped after its process was killed has stopped. */
  endWithProcess<T extends RunningAgent | OpenDirectory>(running: T): T {
    const { killed } = this.#process ?? {};
    const gone = new Promise<void>((resolve) =>
      killed?.addEventListener('abort', () => resolve(), { once: true }),
    );
    const { close } = running;
    const end = () => Promise.race([close(), gone]);
    const ended = { value: end, enumerable: true };
    return Object.defineProperties(running, {
      close: ended,
      ...('stop' in running && { stop: ended }),
      [Symbol.asyncDispose]: ended,
    });
  }
}
