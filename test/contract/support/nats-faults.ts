import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { copyStream, restoreStream } from '../../../src/adapters/nats/backup/stream-copy.ts';
import type { SubjectNames } from '../../../src/adapters/nats/connection/subject-names.ts';
import { SupervisedConnection } from '../../../src/adapters/nats/connection/supervised-connection.ts';
import type { TestServer } from '../../integration/harness/nats-server.ts';
import { until } from '../../integration/harness/until.ts';
import type { LosableStream, StoreCopy } from './store-under-test.ts';

const within = 10_000;

/** A request to JetStream that must succeed. */
async function jetStream(tool: NatsConnection, what: string, body: object = {}): Promise<Answer> {
  const options = { timeout: within };
  const reply = await tool.request(`$JS.API.${what}`, JSON.stringify(body), options);
  const answer = reply.json<Answer>();
  if (answer.error !== undefined) throw new Error(`${what}: ${answer.error.description}`);
  return answer;
}

interface Answer {
  readonly error?: { readonly description: string };
  readonly config?: object;
  readonly state?: { readonly last_seq: number };
  readonly consumers?: readonly string[] | null;
}

const nameOf = (names: SubjectNames, stream: LosableStream): string =>
  stream === 'audit' ? names.auditStream : names.registry.stream;

/** A copy of a stream, and its restore while the servers run: the stream is deleted and created from the copy. */
export async function copyByServer(
  tool: NatsConnection,
  names: SubjectNames,
  kind: LosableStream,
): Promise<StoreCopy> {
  const stream = nameOf(names, kind);
  const connection = new SupervisedConnection(tool);
  const pieces: Uint8Array[] = [];
  const head = await copyStream(connection, stream, within, async (piece) => {
    pieces.push(piece);
  });
  return {
    async restore() {
      const { state: before } = await jetStream(tool, `STREAM.INFO.${names.auditStream}`);
      // Agents that run may create it again in between.
      do await jetStream(tool, `STREAM.DELETE.${stream}`);
      while (!(await restoreStream(connection, head, within, each(pieces))));
      await untilThere(tool, stream);
      if (kind === 'audit') return;
      await until('the audit copied the outbox again', async () => {
        const { state: now } = await jetStream(tool, `STREAM.INFO.${names.auditStream}`);
        return (now?.last_seq ?? 0) > (before?.last_seq ?? 0);
      });
    },
  };
}

/** A copy of a stream's directory, and its restore while the server is down. */
export async function copyDirectory(
  tool: NatsConnection,
  server: TestServer,
  stream: string,
): Promise<StoreCopy> {
  const directory = join(server.storeDir, 'jetstream/APP/streams', stream);
  const copy = join(server.storeDir, `copy-of-${stream}`);
  await server.stop();
  await cp(directory, copy, { recursive: true });
  await server.restart();
  return {
    async restore() {
      await server.stop();
      await rm(directory, { recursive: true });
      await cp(copy, directory, { recursive: true });
      await server.restart();
      await untilThere(tool, stream);
    },
  };
}

/** The servers are connected again, and the stream has a leader. */
const untilThere = (tool: NatsConnection, stream: string) =>
  until(`${stream} has a leader`, async () => {
    const options = { timeout: 500 };
    const reply = await tool
      .request(`$JS.API.STREAM.INFO.${stream}`, '', options)
      .catch(() => undefined);
    if (reply === undefined) return false;
    const { cluster } = reply.json<{ cluster?: { leader?: string } }>();
    return cluster === undefined || cluster.leader !== undefined;
  });

async function* each<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

export const deleteStream = async (
  tool: NatsConnection,
  names: SubjectNames,
  stream: LosableStream,
): Promise<void> => void (await jetStream(tool, `STREAM.DELETE.${nameOf(names, stream)}`));

/** Deletes the consumers of the registry and lets it have only one, which is not a watch. */
export async function refuseWatches(
  tool: NatsConnection,
  { registry: { stream } }: SubjectNames,
): Promise<AsyncDisposable> {
  const { config } = await jetStream(tool, `STREAM.INFO.${stream}`);
  const { consumers } = await jetStream(tool, `CONSUMER.NAMES.${stream}`);
  const only = { durable_name: 'only', ack_policy: 'none' };
  await jetStream(tool, `CONSUMER.CREATE.${stream}.only`, { stream_name: stream, config: only });
  await jetStream(tool, `STREAM.UPDATE.${stream}`, { ...config, max_consumers: 1 });
  for (const name of consumers ?? []) await jetStream(tool, `CONSUMER.DELETE.${stream}.${name}`);
  return {
    async [Symbol.asyncDispose]() {
      await jetStream(tool, `STREAM.UPDATE.${stream}`, { ...config, max_consumers: -1 });
      await jetStream(tool, `CONSUMER.DELETE.${stream}.only`);
    },
  };
}
