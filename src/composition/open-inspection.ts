import { connectNats } from '../adapters/nats/connection/connect.ts';
import { checkServer } from '../adapters/nats/connection/server-check.ts';
import { subjectNamesOf } from '../adapters/nats/connection/subject-names.ts';
import { SupervisedConnection } from '../adapters/nats/connection/supervised-connection.ts';
import { advisorySubject } from '../adapters/nats/disconnects/disconnects.ts';
import { inspectStreams, streamInfo } from '../adapters/nats/streams/ensure-streams.ts';
import type { Millis } from '../domain/time.ts';
import type { Access } from './access.ts';

/**
 * Connects to the server to examine it and its streams. Creates and alters nothing.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function openInspection(
  access: Access,
  { signal, within }: { readonly signal: AbortSignal; readonly within: Millis },
) {
  const connect = (name: string) => connectNats({ ...access, name, connectWithin: within, signal });
  const connection = new SupervisedConnection(await connect('rollcall doctor'));
  const names = subjectNamesOf(access.namespace);
  return {
    names,
    connection: connection.client,
    /** Subject of the server's notices about closed connections. */
    advisories: advisorySubject,
    /** Opens another connection, for checks that need two. */
    connect,
    /** @throws {Fault} `server-too-old`, `store-misconfigured` */
    checkServer: () => checkServer(connection, within),
    findings: () => inspectStreams(connection, { names, replicas: access.replicas ?? 1, within }),
    stream: (stream: string) => streamInfo(connection, stream, within),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

export type Inspection = Awaited<ReturnType<typeof openInspection>>;
