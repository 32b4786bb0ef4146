import { z } from 'zod';
import { layoutChart } from '../adapters/chart-rendering/elk-layout.ts';
import { pngOf } from '../adapters/chart-rendering/png.ts';
import { cacheDir } from '../adapters/embedded/binary/cache-dir.ts';
import { locateNatsServer } from '../adapters/embedded/binary/locate.ts';
import { type NatsServer, startNatsServer } from '../adapters/embedded/start.ts';
import { isRegular, writeFileAtomic } from '../adapters/files/atomic-write.ts';
import { readConfigFile } from '../adapters/files/config-file.ts';
import { historyFile } from '../adapters/files/history-file.ts';
import { historyLine } from '../adapters/files/history-line.ts';
import {
  type ListedInstance,
  listedSchema,
  readInstances,
  withDefaultId,
} from '../adapters/files/instances-file.ts';
import { readFolder } from '../adapters/files/read-folder.ts';
import { readOptionalText, readText } from '../adapters/files/read-text.ts';
import { watchFile } from '../adapters/files/watch-file.ts';
import { processRegistry } from '../adapters/metrics/process-metrics.ts';
import { prometheusMeters } from '../adapters/metrics/prometheus.ts';
import { type ListenAt, serveMetrics } from '../adapters/metrics/scrape-endpoint.ts';
import { connectNats } from '../adapters/nats/connection/connect.ts';
import { connectionName } from '../adapters/nats/connection/connection-name.ts';
import { checkServer } from '../adapters/nats/connection/server-check.ts';
import { subjectNamesOf } from '../adapters/nats/connection/subject-names.ts';
import { SupervisedConnection } from '../adapters/nats/connection/supervised-connection.ts';
import { advisorySubject } from '../adapters/nats/disconnects/disconnects.ts';
import { type NatsStore, openNatsStore } from '../adapters/nats/store.ts';
import { inspectStreams, streamInfo } from '../adapters/nats/streams/ensure-streams.ts';
import { spawnChild } from '../adapters/system/child-process.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemEntropy } from '../adapters/system/entropy.ts';
import { systemHash } from '../adapters/system/hash.ts';
import { checkHealth } from '../adapters/system/health/health-check.ts';
import { findHostId } from '../adapters/system/host-id.ts';
import { systemLog } from '../adapters/system/log.ts';
import { systemProcesses, thisProcess } from '../adapters/system/processes.ts';
import { Fault } from '../domain/fault.ts';
import type { RunRef, Slot } from '../domain/identity/names.ts';
import type { HealthCheck } from '../domain/records/health-check.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Log } from '../ports/log.ts';
import type { Ports } from '../ports/ports.ts';
import type { Access } from './access.ts';
import { Duration, DurationOrMillis } from './duration.ts';

/** This machine as adapters see it: what the commands use beside the store. */
export const systemAdapters = {
  clock: systemClock,
  entropy: systemEntropy,
  findHostId,
  hash: systemHash,
  readConfigFile,
  startChild: spawnChild,
  thisProcess,
};

export interface OpenStoreOptions {
  /** How the connection is called: by the run whose it is, or what it is for. */
  readonly as: RunRef | string;
  readonly signal: AbortSignal;
  /** Until the store must have answered; a call on it may take as long. */
  readonly within: Millis;
  /** Whether a namespace that is not there is made. */
  readonly create: boolean;
}

/**
 * The store, opened once.
 * @throws {Fault} `store-unavailable` and what else `openNatsStore` says
 */
export async function openStore(
  access: Access,
  { as, signal, within, create }: OpenStoreOptions,
): Promise<NatsStore> {
  const late = AbortSignal.timeout(within);
  try {
    return await openNatsStore({
      ...access,
      create,
      name: typeof as === 'string' ? `rollcall ${as}` : connectionName(as),
      connectWithin: within,
      answerWithin: Math.max(within, seconds(2)),
      signal: AbortSignal.any([signal, late]),
    });
  } catch (cause) {
    if (!late.aborted || signal.aborted || !(cause instanceof Fault)) throw cause;
    throw new Fault(
      'store-unavailable',
      `no NATS server answers at ${access.servers.join(', ')} within ${within / 1000} s`,
      { cause, hint: cause.hint ?? 'is the address right, and is nothing in between?' },
    );
  }
}

/**
 * The server and what stands on it, without opening a store: nothing is created or altered.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function openInspection(
  access: Access,
  { signal, within }: Pick<OpenStoreOptions, 'signal' | 'within'>,
) {
  const connect = (name: string) => connectNats({ ...access, name, connectWithin: within, signal });
  const link = new SupervisedConnection(await connect('rollcall doctor'));
  const names = subjectNamesOf(access.namespace);
  return {
    names,
    connection: link.connection,
    /** Where the server says that a connection has closed. */
    advisories: advisorySubject,
    /** A second connection, for what only another one shows. */
    connect,
    /** @throws {Fault} `server-too-old`, `store-misconfigured` */
    checkServer: () => checkServer(link, within),
    findings: () => inspectStreams(link, { names, replicas: access.replicas ?? 1, within }),
    stream: (stream: string) => streamInfo(link, stream, within),
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  };
}

export type Inspection = Awaited<ReturnType<typeof openInspection>>;

/** All that the core needs. */
export const portsOf = (
  store: NatsStore,
  { log, metrics }: Pick<Ports, 'log' | 'metrics'>,
): Ports => ({
  leases: store.leases,
  registry: store.registry,
  audit: store.audit,
  keyframes: store.keyframes,
  charts: store.charts,
  messaging: store.messaging,
  disconnects: store.disconnects,
  clock: systemClock,
  entropy: systemEntropy,
  processes: systemProcesses(),
  log,
  metrics,
  hash: systemHash,
});

/** The log of a process that nobody looks at: JSON on stderr. */
export const jsonLog = (level: 'debug' | 'info' | 'warn' | 'silent'): Log => systemLog(level);

/**
 * Meters, and a listener that tells them to Prometheus.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function startMetrics(at: ListenAt) {
  const registry = processRegistry();
  const metrics = prometheusMeters(registry, systemClock);
  return { meters: metrics, ...(await serveMetrics(registry, at)) };
}

/** The instances that a file lists for this agent. @throws {Fault} `bad-instances-file` */
export const listInstances = async (file: string, slot: Slot): Promise<readonly ListedInstance[]> =>
  readInstances(await readText(file, 'bad-instances-file'), file, slot, Duration);

export type { ListedInstance };

/** Instances as a program lists them: the same shape, and durations also as milliseconds. */
export const ListedInstances = z.array(listedSchema(DurationOrMillis));

export const withDefaultIds = (listed: z.output<typeof ListedInstances>, slot: Slot) =>
  listed.map((one) => withDefaultId(one, slot));

/** Says when a file may have changed. */
export const watchInstancesFile = (file: string, every: Millis, signal: AbortSignal) =>
  watchFile(file, every, systemClock, signal);

/** Histories in files, and what else the commands keep in files. */
/** What charts are laid out and turned into pixels with. */
export {
  historyFile,
  historyLine,
  isRegular,
  layoutChart as layoutOf,
  pngOf,
  readFolder,
  readOptionalText as readIfThere,
  writeFileAtomic as replaceFile,
};

/** Checks an instance until the signal, and reports what each check amounts to. */
export const runHealthCheck = (
  how: HealthCheck,
  report: Parameters<typeof checkHealth>[1],
  signal: AbortSignal,
): Promise<void> => checkHealth(how, report, systemClock, signal);

/**
 * A nats-server of our own, found or fetched and started.
 * @throws {Fault} `server-not-found`, `server-too-old`, `offline`, `checksum-wrong`, `port-taken`,
 * `server-failed`
 */
export async function startServer(
  where: { readonly storeDir: string; readonly port: number },
  env: Readonly<Record<string, string | undefined>>,
  progress: (message: string) => void,
  signal: AbortSignal,
): Promise<NatsServer> {
  const { path } = await locateNatsServer({
    named: env['ROLLCALL_NATS_SERVER'],
    path: env['PATH'],
    cacheDir: cacheDir(env),
    progress,
    signal,
  });
  return startNatsServer({ binary: path, ...where, signal });
}
