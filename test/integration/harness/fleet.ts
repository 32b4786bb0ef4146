import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { type ConnectOptions, connectNats } from '../../../src/adapters/nats/connection/connect.ts';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { type NatsStore, openNatsStore } from '../../../src/adapters/nats/store.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { allAgents, allInstances } from '../../../src/domain/identity/registry-keys.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import type { DirectoryChange } from '../../../src/runtime/directory/row-changes.ts';
import { faultsOf, type HistoryEvent, readHistory } from '../../fixtures/history/chains.ts';
import type { GatedOptions } from '../fixtures/gated.ts';
import { type RollcallProcess, rollcall, startScript } from './processes.ts';
import { until } from './until.ts';

export interface Spec {
  readonly service: string;
  readonly id: string;
  readonly port?: number;
  readonly address?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The logins of the processes of a fleet at a server that needs them. */
export interface FleetLogins {
  /** Of the test itself: it may read everything, and create the streams. */
  readonly own: Pick<ConnectOptions, 'credentials' | 'inboxPrefix'>;
  /** The login folder for a command line. */
  of(args: readonly string[]): string;
}

export const timing = { ttl: 2000, grace: 1000 };

/**
 * The time from the kill of a run to the removal of its last record: ttl, grace, delays of the test machine,
 * and, if three runs die at the same time, the brake, which allows one expiry in 10 s.
 */
const collectedWithin = 90_000;

/**
 * One namespace on a server with real processes, observed from outside: a consumer’s view with all its
 * notifications, the records of the registry, and the history.
 */
export class TestFleet implements AsyncDisposable {
  readonly url: string;
  readonly namespace: string;
  readonly store: NatsStore;
  readonly directory: Directory;
  /** All changes that the consumer was notified of, in order. */
  readonly told: DirectoryChange[] = [];
  readonly #processes: RollcallProcess[] = [];
  readonly #wire: NatsConnection;
  readonly #folder: string;
  readonly #logins: FleetLogins | undefined;

  private constructor(
    url: string,
    namespace: string,
    store: NatsStore,
    wire: NatsConnection,
    folder: string,
    logins: FleetLogins | undefined,
  ) {
    this.#logins = logins;
    this.#wire = wire;
    this.url = url;
    this.namespace = namespace;
    this.store = store;
    this.#folder = folder;
    this.directory = new Directory(
      {
        ...store,
        clock: systemClock,
        log: { debug() {}, info() {}, warn() {} },
        metrics: noopMetrics,
      },
      { seatsEvery: 500, onChange: (changes) => void this.told.push(...changes) },
    );
  }

  static async open(
    url: string,
    replicas = 1,
    namespace = `t${randomUUID().slice(0, 8)}`,
    logins?: FleetLogins,
  ): Promise<TestFleet> {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-fleet-'));
    const store = await openNatsStore({
      servers: [url],
      namespace: Namespace.parse(namespace),
      name: 'test',
      replicas,
      ...logins?.own,
    });
    const wire = await connectNats({ servers: [url], name: 'wire', ...logins?.own });
    const fleet = new TestFleet(url, namespace, store, wire, folder, logins);
    await fleet.directory.ready;
    return fleet;
  }

  /** Starts `rollcall agent` with these instances in its file. */
  async agent(
    host: string,
    name: string,
    instances: readonly Spec[],
    more: readonly string[] = [],
  ): Promise<RollcallProcess> {
    const file = await this.instancesFile(instances);
    const identity = ['--host', host, '--name', name, '--instances', file];
    const times = ['--ttl', `${timing.ttl / 1000}s`, '--grace', `${timing.grace / 1000}s`];
    return this.start(['agent', ...identity, ...times, ...more]);
  }

  /** An agent that serves: the process and its run. */
  async serving(
    host: string,
    name: string,
    instances: readonly Spec[],
    more: readonly string[] = [],
  ) {
    const process = await this.agent(host, name, instances, more);
    const { run } = await process.ready;
    return { process, run };
  }

  /**
   * An agent that serves and must not be affected. Its lease is long: with the lease of the others, a busy
   * machine may delay its renewals, and a suspicion that it refutes changes its record.
   */
  bystander(host: string, name: string, instances: readonly Spec[]) {
    return this.serving(host, name, instances, ['--ttl', '30s', '--grace', '60s']);
  }

  async collector(name = 'collector'): Promise<RollcallProcess> {
    const times = ['--ttl', `${timing.ttl / 1000}s`, '--grace', `${timing.grace / 1000}s`];
    const process = this.start(['collector', '--host', 'watch', '--name', name, ...times]);
    await process.ready;
    return process;
  }

  /** The state directory of its processes. */
  get stateHome(): string {
    return join(this.#folder, 'state');
  }

  /** Runs `rollcall …` in this fleet's namespace with JSON output. */
  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): RollcallProcess {
    const login = this.#logins?.of(args);
    const where =
      login === undefined
        ? ['--servers', this.url, '--namespace', this.namespace]
        : ['--login', login];
    const own = { XDG_STATE_HOME: this.stateHome, ...env };
    const process = rollcall([...args, ...where, '--json'], own);
    this.#processes.push(process);
    return process;
  }

  /** A process that stops at a chosen write. */
  gated(
    options: Omit<GatedOptions, 'servers' | 'namespace' | 'ttl' | 'grace'> & {
      ttl?: number;
      grace?: number;
    },
    url = this.url,
  ) {
    const script = fileURLToPath(new URL('../fixtures/gated.ts', import.meta.url));
    const all = { servers: url, namespace: this.namespace, ...timing, ...options };
    const process = startScript(script, [JSON.stringify(all)]);
    this.#processes.push(process);
    return process;
  }

  async instancesFile(instances: readonly Spec[]): Promise<string> {
    const file = join(this.#folder, `${randomUUID()}.json`);
    await writeFile(file, JSON.stringify({ instances }));
    return file;
  }

  row(service: string, id: string): InstanceRow | undefined {
    return this.directory.instances(service).find((row) => row.id === id);
  }

  /** All existing records by key, with their revisions. */
  async records(): Promise<ReadonlyMap<string, KeyValueEntry>> {
    const entries = await this.store.registry.list([allAgents, allInstances], 0);
    return new Map(entries.filter(({ text }) => text !== undefined).map((e) => [e.key, e]));
  }

  /** The keys of the existing records. */
  async keys(): Promise<readonly string[]> {
    return [...(await this.records()).keys()].sort();
  }

  /** Waits until exactly these records exist. */
  async standing(...keys: readonly string[]): Promise<void> {
    const wanted = [...keys].sort().join('\n');
    let found = '';
    await until(
      `only these stand:\n${wanted}`,
      async () => {
        found = (await this.keys()).join('\n');
        return found === wanted;
      },
      collectedWithin,
    ).catch((error: Error) => {
      throw new Error(`${error.message}\nfound:\n${found}`);
    });
  }

  /** The history, once the audit has all events written until now; its chains are complete. */
  async history(): Promise<readonly HistoryEvent[]> {
    const { registry, eventPrefix } = subjectNamesOf(Namespace.parse(this.namespace));
    const manager = await jetstreamManager(this.#wire);
    const last = await manager.streams.getMessage(registry.stream, {
      last_by_subj: `${eventPrefix}>`,
    });
    const stored: StoredEvent[] = [];
    await until('the audit has the last event', async () => {
      stored.splice(0);
      for await (const event of this.store.audit.read(0)) stored.push(event);
      return (stored.at(-1)?.origin ?? 0) >= (last?.seq ?? 0);
    });
    const history = readHistory(stored);
    const faults = faultsOf(history);
    if (faults.length > 0) throw new Error(`the history is not whole:\n${faults.join('\n')}`);
    return history;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process[Symbol.asyncDispose]()));
    await this.directory[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
    await this.#wire.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 20 });
  }
}
