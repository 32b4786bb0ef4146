import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListenAddress } from '../adapters/http-server/listen.ts';
import { serveApi } from '../adapters/local-api/serve-api.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { Namespace, RunRef } from '../domain/identity/names.ts';
import { instanceKey, instancesOfAgentFilter } from '../domain/identity/registry-keys.ts';
import { encodeSubjectToken } from '../domain/identity/subject-token.ts';
import type { Health } from '../domain/records/desired-instances.ts';
import { readInstance } from '../domain/records/stored-record.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Ports } from '../ports/ports.ts';
import { retryUntilAvailable } from '../runtime/support/retry.ts';
import type { InstanceSources } from './instances/instance-sources.ts';
import { RegistrationBook } from './instances/registration-book.ts';
import { RegistrationFile, readRegistrations } from './instances/registration-file.ts';
import { RegistrationKeeper } from './instances/registration-keeper.ts';
import { openEndpoint, type PatientEvents } from './open-endpoint.ts';
import { DurationOrMillis } from './time/duration.ts';

export interface LocalApiOptions {
  readonly me: RunRef;
  readonly namespace: Namespace;
  readonly address: ListenAddress;
  readonly token: string | undefined;
  /** Directory of the file with the registrations, which is read after a restart. */
  readonly stateDir: string;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly events: PatientEvents;
}

/** The local API of an agent. It listens at once, also before the store answers. */
export interface LocalApi extends AsyncDisposable {
  /** Undefined while its address cannot be opened. */
  readonly url: string | undefined;
  readonly keeper: RegistrationKeeper;
  /** Finds out what the registry still has of the registrations of an earlier process. */
  confirm(ports: Ports, signal: AbortSignal): Promise<void>;
}

/** Opens the local API. An address that cannot be opened is tried again. */
export async function openLocalApi(
  { me, namespace, address, token, stateDir, log, metrics, events }: LocalApiOptions,
  sources: InstanceSources,
): Promise<LocalApi> {
  const name = `api-${namespace}-${encodeSubjectToken(me.agent)}.json`;
  const path = join(stateDir, name);
  // A file that cannot be written is reported when it is written.
  await mkdir(stateDir, { recursive: true, mode: 0o700 }).catch(() => {});
  const saved = await readRegistrations(path);
  if (saved.why !== undefined) log.warn('api-state-unreadable', { file: path, why: saved.why });
  const file = new RegistrationFile(
    path,
    () => book.saved,
    (cause) => log.warn('api-state-unwritten', { file: path, why: String(cause) }),
  );
  const onChange = () => file.save();
  const ports = { clock: systemClock, log, onChange };
  const book = new RegistrationBook(sources, ports);
  const keeper = new RegistrationKeeper(me, book, sources, ports);
  book.load(saved.registrations);
  const door = { address, token, log, metrics, registrar: keeper, duration: DurationOrMillis };
  const server = await openEndpoint('api', () => serveApi(door), metrics, events);
  const stop = new AbortController();
  const running = book.run(stop.signal);
  return {
    get url() {
      return server.url;
    },
    keeper,
    async confirm(ports, signal) {
      const known = book.saved.map(({ spec }) => instanceKey({ ...me, ...spec }));
      const read = () => ports.registry.list([instancesOfAgentFilter(me)], 0, known);
      const entries = (await retryUntilAvailable(ports, signal, read)) ?? [];
      const records = new Map(entries.map((entry) => [entry.key, entry]));
      book.confirm((instance) => {
        const entry = records.get(instanceKey({ ...me, ...instance }));
        return entry && healthIn(readInstance(entry));
      });
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      stop.abort();
      await running;
      await file.save();
    },
  };
}

function healthIn(read: ReturnType<typeof readInstance>): Health | undefined {
  if (read.kind !== 'stored') return undefined;
  const { state, detail = '' } = read.record;
  return state === 'failing' ? { state, detail } : { state };
}
