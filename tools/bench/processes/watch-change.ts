import type { NatsConnection } from '@nats-io/transport-node';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { type Millis, minutes } from '../../../src/domain/time.ts';
import { openDirectory, type StoreOptions } from '../../../src/index.ts';
import { type Access, connectBare } from '../environment/access.ts';
import { watchBare } from '../environment/baseline-watch.ts';
import { EtcdClient } from '../environment/etcd-client.ts';
import type { Jobs } from './job.ts';

/** The service whose instances are added one by one, and where a process says that it watches. */
export const addedService = 'added';
export const watchingSubject = 'bench.watching';
/** Time from one addition to the next. */
export const everyRound: Millis = 200;

/** Where etcd has the added instances; the rest of a key is the id. */
export const etcdPrefix = `registry/${addedService}/`;

/** The time of all processes of this machine, in milliseconds. */
export const commonTime = (): number => performance.timeOrigin + performance.now();

type Seen = (id: string, watcher: number) => void;

/** Many watchers in one process, each with its own connection: when each saw each added instance. */
export async function watchChange(
  access: Access,
  { watchers, kind, rounds, etcd = '' }: Jobs['watch-change']['task'],
): Promise<Jobs['watch-change']['answer']> {
  const times = Array.from({ length: rounds }, () => new Map<number, number>());
  const all = Promise.withResolvers<void>();
  let left = watchers * rounds;
  const seen: Seen = (id, watcher) => {
    const round = id.startsWith(`${kind}-`) ? times[Number(id.slice(kind.length + 1))] : undefined;
    if (!round || round.has(watcher)) return;
    round.set(watcher, commonTime());
    left -= 1;
    if (left === 0) all.resolve();
  };
  const open = { directory: openOne, bare: openBare, etcd: openEtcd(etcd) }[kind];
  const closing = [];
  for (let watcher = 0; watcher < watchers; watcher += 1)
    closing.push(await open(access, seen, watcher));
  const bare = await connectBare(access);
  bare.publish(watchingSubject);
  const limit = setTimeout(
    () => {
      const missing = `${left} of ${watchers * rounds} additions`;
      all.reject(new Error(`watchers (${kind}) did not see ${missing} within a minute`));
    },
    minutes(1) + rounds * everyRound,
  );
  await all.promise.finally(() => clearTimeout(limit));
  await bare.close();
  for (const close of closing) await close();
  return times.map((round) => [...round.values()]);
}

async function openOne(access: Access, seen: Seen, watcher: number): Promise<() => Promise<void>> {
  const { servers, namespace, credentials, tls } = access;
  const directory = await openDirectory({
    servers,
    namespace,
    connectWithin: 30_000,
    ...(credentials && { credentials: credentials as NonNullable<StoreOptions['credentials']> }),
    ...(tls && { tls: tls as NonNullable<StoreOptions['tls']> }),
  });
  directory.onChange((changes) => {
    for (const { now } of changes) if (now?.service === addedService) seen(now.id, watcher);
  });
  return () => directory.close();
}

const openEtcd = (address: string) => async (_: Access, seen: Seen, watcher: number) => {
  const client = new EtcdClient(address);
  await client.watch(etcdPrefix, (key) => seen(key.slice(etcdPrefix.length), watcher));
  return async () => client.close();
};

async function openBare(access: Access, seen: Seen, watcher: number): Promise<() => Promise<void>> {
  const bare: NatsConnection = await connectBare(access);
  const { registry } = subjectNamesOf(access.namespace);
  const key = new RegExp(`\\.${addedService}\\.([^.]+)$`);
  await watchBare(
    bare,
    { stream: registry.stream, filter: `${registry.prefix}>`, from: 0 },
    (msg) => {
      const [, id] = key.exec(msg.subject) ?? [];
      if (id !== undefined) seen(id, watcher);
    },
  );
  return () => bare.close();
}
