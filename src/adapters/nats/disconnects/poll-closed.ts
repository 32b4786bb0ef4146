import type { Millis } from '../../../domain/time.ts';
import { sleep } from '../connection/backoff.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import {
  type ClosedConnection,
  ClosedConnectionDiff,
  mostOpen,
  OpenConnectionDiff,
} from './closed-connections.ts';
import { ConnzClient, listSubject } from './connection-lists.ts';

const lookEvery: Millis = 500;
/** How many closed connections are listed, as long as all of them are new; the server keeps 10 000. */
const pages = [1, 100, 10_000];
/** Of the account of a server that has none configured it lists no connection that closed. */
const globalAccount = '$G';

type Tell = (closed: ClosedConnection) => void;

/**
 * Looks for connections that have closed since, twice a second, until the signal or until this
 * connection is closed. Where we may not ask, it asks again only after a reconnect.
 */
export async function pollClosedConnections(
  link: SupervisedConnection,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && !link.connection.isClosed()) {
    const end = await lookWhileConnected(link, tell, signal);
    if (end === 'lost' && link.up) continue;
    if (!(await link.reconnected(signal))) return;
  }
}

/** What closes while we are away goes unsaid: each connection of ours begins anew. */
async function lookWhileConnected(
  link: SupervisedConnection,
  tell: Tell,
  signal: AbortSignal,
): Promise<'refused' | 'lost'> {
  const lost = new AbortController();
  const unheard = link.onDisconnect(() => lost.abort());
  const end = AbortSignal.any([signal, lost.signal]);
  using lists = new ConnzClient(link, end);
  const look = accountOf(link) === globalAccount ? lookAtOpen(lists) : lookAtClosed(lists);
  while (link.up && !end.aborted) {
    const began = performance.now();
    for (const closed of await look()) tell(closed);
    if (link.refused(listSubject)) break;
    await sleep(lookEvery - (performance.now() - began), end);
  }
  unheard();
  return link.refused(listSubject) ? 'refused' : 'lost';
}

/** The account that we are in; the client's type does not say that the server tells. */
function accountOf({ connection }: SupervisedConnection): unknown {
  return (connection.info as { remote_account?: unknown } | undefined)?.remote_account;
}

function lookAtClosed(lists: ConnzClient): () => Promise<readonly ClosedConnection[]> {
  const closed = new ClosedConnectionDiff();
  return async () => {
    const told: ClosedConnection[] = [];
    for (const limit of pages) {
      const taken = (await lists.ask({ state: 'closed', limit })).map((list) => closed.take(list));
      told.push(...taken.flatMap(({ news }) => news));
      if (!taken.some(({ more }) => more)) break;
    }
    return told;
  };
}

/** The whole lists, 0.4 kB for each connection, are asked for only when there is something new. */
function lookAtOpen(lists: ConnzClient): () => Promise<readonly ClosedConnection[]> {
  const open = new OpenConnectionDiff();
  return async () => {
    if (!open.changed(await lists.ask({ state: 'open', limit: 1 }))) return [];
    return open.compare(await lists.ask({ state: 'open', limit: mostOpen }));
  };
}
