import type { Msg } from '@nats-io/transport-node';
import type { DisconnectEvents } from '../../../ports/disconnects.ts';
import { runOfConnection } from '../connection/connection-name.ts';
import { jsonOf } from '../connection/message.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import type { ClosedConnection } from './closed-connections.ts';
import { pollClosedConnections } from './poll-closed.ts';

/**
 * Where the server says that a connection has closed, each of its accounts under its own name. It
 * reaches us only where our account imports it (docs/operations.md).
 */
export const advisorySubject = '$SYS.ACCOUNT.*.DISCONNECT';

/**
 * What the server says when it has read the end of what its client sent (nats-server, `ClosedState`):
 * the process closed its socket, or died. Not of one that died before it had read all it was sent: its
 * kernel resets the connection, which is a `Read Error` like that of any broken line.
 */
const endOfStream = 'Client Closed';

/** Whatever somebody published there, as far as we look at it. */
type Advisory = {
  readonly server?: { readonly id?: unknown } | null;
  readonly client?: { readonly id?: unknown; readonly name?: unknown } | null;
  readonly reason?: unknown;
} | null;

type Tell = (closed: Partial<ClosedConnection>) => void;

/**
 * Hears the server's advisories where they are granted, and looks at its lists everywhere: they tell
 * half a second later, and of what an advisory has told already they tell nothing.
 */
export function natsDisconnects(link: SupervisedConnection): DisconnectEvents {
  return {
    async watch(said, signal) {
      const told = new Told();
      const tell: Tell = (closed) => {
        const { name = '', reason = '' } = closed;
        const run = runOfConnection(name);
        if (run === undefined || !told.add(closed)) return;
        const slot = { host: run.host, agent: run.agent };
        said({ slot, how: reason === endOfStream ? 'closed-by-client' : 'other', reason });
      };
      await Promise.all([hear(link, tell, signal), pollClosedConnections(link, tell, signal)]);
    },
  };
}

/** As many closed connections as a server remembers. */
const remembered = 10_000;

/** The connections that were told; whose number is not known is always new. */
class Told {
  readonly #connections = new Set<string>();

  add({ server, cid }: Partial<ClosedConnection>): boolean {
    if (server === undefined || cid === undefined) return true;
    const connection = `${server} ${cid}`;
    if (this.#connections.has(connection)) return false;
    this.#connections.add(connection);
    for (const oldest of this.#connections) {
      if (this.#connections.size <= remembered) break;
      this.#connections.delete(oldest);
    }
    return true;
  }
}

async function hear(link: SupervisedConnection, tell: Tell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !link.connection.isClosed()) {
    const end = await listen(link, tell, signal);
    // The server to which we connect next, or this one restarted, may grant it.
    if (end !== 'refused' || !(await link.reconnected(signal))) return;
  }
}

/** Listens until the signal, until the connection is closed, or until the server will not have it. */
async function listen(
  { connection }: SupervisedConnection,
  tell: Tell,
  signal: AbortSignal,
): Promise<'refused' | 'ended'> {
  const subscription = connection.subscribe(advisorySubject, {
    callback: (error, msg) => {
      if (error === null) tell(readAdvisory(msg));
    },
  });
  const stop = () => subscription.unsubscribe();
  signal.addEventListener('abort', stop);
  const refusal = await subscription.closed;
  signal.removeEventListener('abort', stop);
  return refusal instanceof Error ? 'refused' : 'ended';
}

/** As much of it as we understand (G12). */
function readAdvisory(msg: Msg): Partial<ClosedConnection> {
  const { server, client, reason } = (jsonOf(msg) as Advisory | undefined) ?? {};
  return {
    ...(typeof server?.id === 'string' && { server: server.id }),
    ...(typeof client?.id === 'number' && { cid: client.id }),
    ...(typeof client?.name === 'string' && { name: client.name }),
    ...(typeof reason === 'string' && { reason }),
  };
}
