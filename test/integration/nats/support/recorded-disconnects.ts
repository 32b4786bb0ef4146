import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { closeNats, connectNats } from '../../../../src/adapters/nats/connection/connect.ts';
import { SupervisedConnection } from '../../../../src/adapters/nats/connection/supervised-connection.ts';
import { natsDisconnects } from '../../../../src/adapters/nats/disconnects/disconnects.ts';
import { AgentName, HostId, RunId, type RunRef } from '../../../../src/domain/identity/names.ts';
import type { Disconnect } from '../../../../src/ports/disconnects.ts';

export type User = 'agent' | 'collector';

export const runOf = (host: string): RunRef => ({
  host: HostId.parse(host),
  agent: AgentName.parse('a'),
  run: RunId.parse('run12345'),
});

export const login = (user: User | undefined) =>
  user ? { credentials: { user, pass: user } } : {};

/** Records disconnects on a separate connection, and the errors of its client. */
export async function watchOn(server: string, user?: User) {
  const supervised = new SupervisedConnection(
    await connectNats({ servers: [server], name: 'watcher', ...login(user) }),
  );
  const clientErrors: Error[] = [];
  void (async () => {
    for await (const status of supervised.client.status()) {
      if (status.type === 'error') clientErrors.push(status.error);
    }
  })();
  const recorded: Disconnect[] = [];
  const stop = new AbortController();
  const ended = natsDisconnects(supervised).watch(
    (disconnect) => void recorded.push(disconnect),
    stop.signal,
  );
  await supervised.client.flush();
  return {
    supervised,
    recorded,
    clientErrors,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
      await supervised[Symbol.asyncDispose]();
    },
  };
}

export type Watcher = Awaited<ReturnType<typeof watchOn>>;

export async function closeOne(server: string, name: string, user?: User): Promise<void> {
  await closeNats(await connectNats({ servers: [server], name, ...login(user) }));
}

/** A raw connection without a client, for behaviour that no client has. */
export async function socketOf(port: number, name: string, user?: User) {
  const socket = connectSocket(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'data');
  const connect = { verbose: false, name, ...(user && { user, pass: user }) };
  socket.write(`CONNECT ${JSON.stringify(connect)}\r\nPING\r\n`);
  const [answer] = await once(socket, 'data');
  return { socket, answer: String(answer) };
}
