import { accountConsumers } from '../../adapters/nats/connection/account-limits.ts';
import { connectNats } from '../../adapters/nats/connection/connect.ts';
import { domainOf, ownDomain, reachedDomains } from '../../adapters/nats/connection/js-domain.ts';
import { checkServer } from '../../adapters/nats/connection/server-check.ts';
import { subjectNamesOf } from '../../adapters/nats/connection/subject-names.ts';
import { SupervisedConnection } from '../../adapters/nats/connection/supervised-connection.ts';
import { rightsOfUser } from '../../adapters/nats/connection/user-rights.ts';
import { advisorySubject } from '../../adapters/nats/disconnects/disconnects.ts';
import { readLosses } from '../../adapters/nats/history/store-losses.ts';
import { hasLimits, limitsOf } from '../../adapters/nats/outbox/retention.ts';
import { SupervisedConsumer } from '../../adapters/nats/read/supervised-consumer.ts';
import { inspectStreams, streamInfo } from '../../adapters/nats/streams/ensure-streams.ts';
import { domainsWith } from '../../adapters/nats/streams/namespace-domain.ts';
import { unknownFormat } from '../../adapters/nats/streams/namespace-format.ts';
import { unfinishedRestore } from '../../adapters/nats/streams/restoring.ts';
import type { Retention } from '../../domain/policy/fleet-policy.ts';
import type { Millis } from '../../domain/time.ts';
import type { Access } from './access.ts';

/** A sequence that no stream reaches, so that a consumer for a test delivers nothing. */
const beyondTheEnd = 2 ** 52;

/**
 * Connects to the server to examine it and its streams. Creates and alters nothing.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function openInspection(
  access: Access,
  { signal, within }: { readonly signal: AbortSignal; readonly within: Millis },
) {
  const connect = (name: string) => connectNats({ ...access, name, connectWithin: within, signal });
  const { jsDomain } = access;
  const connection = new SupervisedConnection(
    await connect('rollcall doctor'),
    jsDomain === ownDomain ? undefined : jsDomain,
  );
  const names = subjectNamesOf(access.namespace);
  return {
    names,
    connection: connection.client,
    /** What this user may do; undefined if it may not ask the server. */
    rights: () => rightsOfUser(connection, within),
    /** Subject of the server's notices about closed connections. */
    advisories: advisorySubject,
    /** Opens another connection, for checks that need two. */
    connect,
    /** @throws {Fault} `server-too-old`, `store-misconfigured` */
    checkServer: () => checkServer(connection, within),
    findings: () => inspectStreams(connection, { names, replicas: access.replicas ?? 1, within }),
    /** Who replaces the streams by a backup, or was interrupted while doing so; undefined if nobody. */
    unfinishedRestore: async () => {
      const streams = [names.registry.stream, names.auditStream];
      const infos = await Promise.all(streams.map((one) => streamInfo(connection, one, within)));
      return unfinishedRestore(infos.flatMap((info) => (info ? [info.config] : [])));
    },
    /** What registry and audit have lost and the history does not tell of. */
    losses: () => readLosses(connection, names, within),
    /** The limits of the audit stream, if there is one, and whether they are exactly the wanted ones. */
    limits: async (wanted: Retention) => {
      const info = await streamInfo(connection, names.auditStream, within);
      return info && { limits: limitsOf(info.config), isWanted: hasLimits(info.config, wanted) };
    },
    stream: (stream: string) => streamInfo(connection, stream, within),
    /** The format of the namespace, if this version does not know it. */
    unknownFormat: async () => {
      const registry = await streamInfo(connection, names.registry.stream, within);
      return registry && unknownFormat(registry.config);
    },
    /** The JetStream domain of the server; empty without a name. */
    ownDomain: domainOf(connection.client),
    /** The JetStream domains that the account reaches; undefined if this user may not ask. */
    domains: () => reachedDomains(connection),
    /** Which of these domains have the namespace. */
    domainsWith: (domains: readonly string[]) => domainsWith(connection, names, domains, within),
    /** The consumers of the account on all streams, and their limit. @throws {Fault} */
    accountConsumers: () => accountConsumers(connection, within),
    /** Makes a consumer as a watch does, and removes it. @throws {Fault} if it is refused */
    watchOnce: async (stream: string, filters: readonly string[]) => {
      await using _ = await SupervisedConsumer.open(connection, {
        stream,
        filters,
        from: beyondTheEnd,
        within,
      });
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

export type Inspection = Awaited<ReturnType<typeof openInspection>>;
