import type { Msg } from '@nats-io/transport-node';
import type { DisconnectEvents } from '../../../ports/disconnects.ts';
import { runOfConnection } from '../connection/connection-name.ts';
import { jsonOf } from '../connection/message.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import type { ClosedConnection } from './closed-connections.ts';
import { pollClosedConnections } from './poll-closed.ts';

/**
 * The server's disconnect advisories; `*` is the account. We receive them only if our account imports
 * them (docs/how-to/detect-killed-processes.md).
 */
export const advisorySubject = '$SYS.ACCOUNT.*.DISCONNECT';

/**
 * The server's reason after it has read the end of the client's stream (nats-server, `ClosedState`): the
 * process closed its socket or died. If a process dies with unread input, its kernel resets the
 * connection instead, and the reason is `Read Error`, as after a network failure.
 */
const endOfStream = 'Client Closed';

/** The fields of an advisory that we read; any client may have published it. */
type Advisory = {
  readonly server?: { readonly id?: unknown } | null;
  readonly client?: { readonly id?: unknown; readonly name?: unknown } | null;
  readonly reason?: unknown;
} | null;

type Report = (closed: Partial<ClosedConnection>) => void;

/**
 * Reports closed connections from the server's advisories, where our account imports them, and always
 * from its connection lists too. The lists are half a second slower; a connection that an advisory has
 * reported is not reported again.
 */
export function natsDisconnects(connection: SupervisedConnection): DisconnectEvents {
  return {
    async watch(onDisconnect, signal) {
      const reported = new ReportedConnections();
      const report: Report = (closed) => {
        const { name = '', reason = '' } = closed;
        const run = runOfConnection(name);
        if (run === undefined || !reported.add(closed)) return;
        const slot = { host: run.host, agent: run.agent };
        onDisconnect({ slot, how: reason === endOfStream ? 'closed-by-client' : 'other', reason });
      };
      await Promise.all([
        followAdvisories(connection, report, signal),
        pollClosedConnections(connection, report, signal),
      ]);
    },
  };
}

/** A server remembers as many closed connections. */
const capacity = 10_000;

/** The connections that were reported. One without server or number always counts as new. */
class ReportedConnections {
  readonly #connections = new Set<string>();

  add({ server, cid }: Partial<ClosedConnection>): boolean {
    if (server === undefined || cid === undefined) return true;
    const connection = `${server} ${cid}`;
    if (this.#connections.has(connection)) return false;
    this.#connections.add(connection);
    for (const oldest of this.#connections) {
      if (this.#connections.size <= capacity) break;
      this.#connections.delete(oldest);
    }
    return true;
  }
}

async function followAdvisories(
  connection: SupervisedConnection,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !connection.client.isClosed()) {
    const end = await subscribeAdvisories(connection, report, signal);
    // The next server, or this one after a restart, may permit it.
    if (end !== 'refused' || !(await connection.reconnected(signal))) return;
  }
}

/** Subscribes until the signal aborts, the connection is closed, or the server refuses the subscription. */
async function subscribeAdvisories(
  { client }: SupervisedConnection,
  report: Report,
  signal: AbortSignal,
): Promise<'refused' | 'ended'> {
  const subscription = client.subscribe(advisorySubject, {
    callback: (error, msg) => {
      if (error === null) report(readAdvisory(msg));
    },
  });
  const stop = () => subscription.unsubscribe();
  signal.addEventListener('abort', stop);
  const refusal = await subscription.closed;
  signal.removeEventListener('abort', stop);
  return refusal instanceof Error ? 'refused' : 'ended';
}

/** The fields that have the expected type (G12). */
function readAdvisory(msg: Msg): Partial<ClosedConnection> {
  const { server, client, reason } = (jsonOf(msg) as Advisory | undefined) ?? {};
  return {
    ...(typeof server?.id === 'string' && { server: server.id }),
    ...(typeof client?.id === 'number' && { cid: client.id }),
    ...(typeof client?.name === 'string' && { name: client.name }),
    ...(typeof reason === 'string' && { reason }),
  };
}
