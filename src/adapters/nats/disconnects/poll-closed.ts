import type { Millis } from '../../../domain/time.ts';
import { sleep } from '../connection/backoff.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import {
  type ClosedConnection,
  ClosedConnectionDiff,
  maxOpen,
  OpenConnectionDiff,
} from './closed-connections.ts';
import { ConnzClient, listSubject } from './connection-lists.ts';

const pollInterval: Millis = 500;
/** Limits of the list of closed connections: the next one if all are new. The server keeps 10 000. */
const listLimits = [1, 100, 10_000];
/** The account of a server without configured accounts, for which it lists no closed connections. */
const globalAccount = '$G';

type Report = (closed: ClosedConnection) => void;

/**
 * Polls the servers twice a second for connections that have closed, until the signal aborts or this
 * connection is closed. If the query is not permitted, it tries again only after a reconnect.
 *
 * Without it a killed process is noticed after 4.1 s instead of 0.2 or 1.3 s on a server that grants no
 * advisories (docs/adr/0005-collecting-at-fleet-scale.md, 9).
 */
export async function pollClosedConnections(
  connection: SupervisedConnection,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !connection.client.isClosed()) {
    const end = await pollWhileConnected(connection, report, signal);
    if (end === 'lost' && connection.up) continue;
    if (!(await connection.reconnected(signal))) return;
  }
}

/** Connections that close while this client is disconnected are not reported: each of its connections starts with a new list. */
async function pollWhileConnected(
  connection: SupervisedConnection,
  report: Report,
  signal: AbortSignal,
): Promise<'refused' | 'lost'> {
  const lost = new AbortController();
  const unsubscribe = connection.onDisconnect(() => lost.abort());
  const end = AbortSignal.any([signal, lost.signal]);
  using lists = new ConnzClient(connection, end);
  const poll = accountOf(connection) === globalAccount ? openPoller(lists) : closedPoller(lists);
  while (connection.up && !end.aborted) {
    const began = performance.now();
    for (const closed of await poll()) report(closed);
    if (connection.refused(listSubject)) break;
    await sleep(pollInterval - (performance.now() - began), end);
  }
  unsubscribe();
  return connection.refused(listSubject) ? 'refused' : 'lost';
}

/** Our account. The client's type does not declare this field of the server's INFO. */
function accountOf({ client }: SupervisedConnection): unknown {
  return (client.info as { remote_account?: unknown } | undefined)?.remote_account;
}

function closedPoller(lists: ConnzClient): () => Promise<readonly ClosedConnection[]> {
  const closed = new ClosedConnectionDiff();
  return async () => {
    const found: ClosedConnection[] = [];
    for (const limit of listLimits) {
      const taken = (await lists.fetch({ state: 'closed', limit })).map((list) =>
        closed.take(list),
      );
      found.push(...taken.flatMap(({ news }) => news));
      if (!taken.some(({ more }) => more)) break;
    }
    return found;
  };
}

/** Fetches the complete lists, 0.4 kB per connection, only after a change. */
function openPoller(lists: ConnzClient): () => Promise<readonly ClosedConnection[]> {
  const open = new OpenConnectionDiff();
  return async () => {
    if (!open.hasChanged(await lists.fetch({ state: 'open', limit: 1 }))) return [];
    return open.compare(await lists.fetch({ state: 'open', limit: maxOpen }));
  };
}
