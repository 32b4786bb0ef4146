import { randomBytes } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { type Names, namesOf } from '../adapters/nats/connection/subject-names.ts';
import { Namespace } from '../domain/identity/names.ts';
import type { Ports } from '../ports/ports.ts';
import {
  type Access,
  connectBare,
  dropStreams,
  openStore,
  portsOf,
  type ServerAccess,
} from './access.ts';
import type { JobName, Jobs } from './processes/job.ts';
import { startWorker, type Worker, type WorkerOptions } from './processes/worker.ts';
import type { Environment } from './server.ts';

/** What one row works with: a namespace of its own, and processes that end with the row. */
export interface Stage {
  readonly access: Access;
  readonly names: Names;
  readonly ports: Ports;
  readonly bare: NatsConnection;
  readonly quick: boolean;
  readonly env: Environment;
  /** Aborted when the bench is to stop: whatever waits, rejects. */
  readonly signal: AbortSignal;
  /** Says what is going on now. */
  say(what: string): void;
  start<N extends JobName>(
    name: N,
    task: Jobs[N]['task'],
    options?: WorkerOptions,
  ): Promise<Worker<N>>;
}

export type StageOptions = Pick<Stage, 'quick' | 'env' | 'signal' | 'say'>;

/** Opens a fresh namespace on the server; what is left of it goes with the stage. */
export async function openStage(
  server: ServerAccess,
  options: StageOptions,
): Promise<Stage & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const namespace = Namespace.parse(`bench-${randomBytes(6).toString('hex')}`);
  const access = { ...server, namespace };
  const bare = await connectBare(server);
  opened.defer(() => bare.close());
  const store = opened.use(await openStore(access, 'stage'));
  opened.defer(() => dropStreams(bare, namespace));
  const workers = opened.use(new AsyncDisposableStack());
  const kept = opened.move();
  return {
    ...options,
    access,
    names: namesOf(namespace),
    ports: portsOf(store),
    bare,
    start: async (name, task, more) =>
      workers.use(await startWorker({ name, access, task }, options.signal, more)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
