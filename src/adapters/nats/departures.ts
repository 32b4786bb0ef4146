import type { Msg } from '@nats-io/transport-node';
import type { Departure, Departures } from '../../ports/departures.ts';
import { runOfConnection } from './connection-name.ts';
import type { Link } from './link.ts';

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
  readonly client?: { readonly name?: unknown } | null;
  readonly reason?: unknown;
} | null;

export function natsDepartures(link: Link): Departures {
  return {
    async watch(said, signal) {
      while (!signal.aborted && !link.connection.isClosed()) {
        const end = await listen(link, said, signal);
        // The server to which we connect next, or this one restarted, may grant it.
        if (end !== 'refused' || !(await link.reconnected(signal))) return;
      }
    },
  };
}

/** Listens until the signal, until the connection is closed, or until the server will not have it. */
async function listen(
  { connection }: Link,
  said: (departure: Departure) => void,
  signal: AbortSignal,
): Promise<'refused' | 'ended'> {
  const subscription = connection.subscribe(advisorySubject, {
    callback: (error, msg) => {
      const departure = error === null ? readAdvisory(msg) : undefined;
      if (departure) said(departure);
    },
  });
  const stop = () => subscription.unsubscribe();
  signal.addEventListener('abort', stop);
  const refusal = await subscription.closed;
  signal.removeEventListener('abort', stop);
  return refusal instanceof Error ? 'refused' : 'ended';
}

/** undefined: no agent's process, or nothing that we understand (G12). */
function readAdvisory(msg: Msg): Departure | undefined {
  const advisory = json(msg);
  const name = advisory?.client?.name;
  const run = typeof name === 'string' ? runOfConnection(name) : undefined;
  if (run === undefined) return undefined;
  const reason = typeof advisory?.reason === 'string' ? advisory.reason : '';
  return {
    slot: { host: run.host, agent: run.agent },
    how: reason === endOfStream ? 'closed-by-client' : 'other',
    reason,
  };
}

function json(msg: Msg): Advisory {
  try {
    return msg.json<Advisory>();
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}
