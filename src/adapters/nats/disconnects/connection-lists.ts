import type { Msg, Subscription } from '@nats-io/transport-node';
import type { Millis } from '../../../domain/time.ts';
import { sleep } from '../connection/backoff.ts';
import { newInbox } from '../connection/inbox.ts';
import { jsonOf } from '../connection/message.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';

/** Each server replies with the connections of our account, if we may publish to this subject. */
export const listSubject = '$SYS.REQ.ACCOUNT.PING.CONNZ';

/** Time limit for the replies of the servers. */
const repliesWithin: Millis = 250;
/** After so many queries without a reply, a server is no longer waited for. */
const maxMissedReplies = 4;

export interface ListQuery {
  readonly state: 'open' | 'closed';
  readonly limit: number;
}

interface ListedConnection {
  /** Number of the connection; increases on its server. */
  readonly cid: number;
  /** The name that the client chose, or empty. */
  readonly name: string;
  /** The server's reason for the close. */
  readonly reason: string;
  /** Time of the close on the server's clock; NaN if unknown. */
  readonly stop: number;
}

/** The reply of one server. */
export interface ConnectionList {
  readonly server: string;
  /** Time of the reply on the server's clock. */
  readonly now: number;
  /** Number of connections; the list may contain fewer. */
  readonly total: number;
  /** Newest first, by time of opening or closing. */
  readonly connections: readonly ListedConnection[];
}

/** Queries all servers for their connections, one query at a time. */
export class ConnzClient implements Disposable {
  readonly #connection: SupervisedConnection;
  readonly #signal: AbortSignal;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  /** The number of the query that each server answered last. */
  readonly #lastReplies = new Map<string, number>();
  #query = 0;
  #onList: (list: ConnectionList) => void = () => {};

  constructor(connection: SupervisedConnection, signal: AbortSignal) {
    this.#connection = connection;
    this.#signal = signal;
    this.#inbox = newInbox(connection);
    this.#subscription = connection.client.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => {
        if (error === null) this.#onReply(msg);
      },
    });
  }

  /**
   * Sends a query and waits until all servers that answered recent queries have replied. A server that
   * replies late is missing from the result until it has answered once.
   */
  async fetch(query: ListQuery): Promise<readonly ConnectionList[]> {
    if (!this.#connection.up) return [];
    this.#query += 1;
    const lists = new Map<string, ConnectionList>();
    const complete = new AbortController();
    const pending = this.#expectedServers();
    this.#onList = (list) => {
      lists.set(list.server, list);
      pending.delete(list.server);
      if (pending.size === 0 && this.#query > 1) complete.abort();
    };
    const reply = `${this.#inbox}.${this.#query}`;
    this.#connection.client.publish(listSubject, optionsOf(query), { reply });
    await sleep(repliesWithin, AbortSignal.any([this.#signal, complete.signal]));
    return [...lists.values()];
  }

  [Symbol.dispose](): void {
    if (!this.#connection.client.isClosed()) this.#subscription.unsubscribe();
  }

  #expectedServers(): Set<string> {
    for (const [server, answered] of this.#lastReplies) {
      if (this.#query - answered > maxMissedReplies) this.#lastReplies.delete(server);
    }
    return new Set(this.#lastReplies.keys());
  }

  #onReply(msg: Msg): void {
    const list = readList(msg);
    const query = Number(msg.subject.slice(this.#inbox.length + 1));
    if (list === undefined || !(query <= this.#query)) return;
    this.#lastReplies.set(list.server, query);
    if (query === this.#query) this.#onList(list);
  }
}

/** The request body (nats-server, `ConnzOptions`). */
const optionsOf = ({ state, limit }: ListQuery): string =>
  JSON.stringify(
    state === 'open' ? { state: 0, sort: 'uptime', limit } : { state: 1, sort: 'stop', limit },
  );

/** The fields of a reply that we read; any client may have sent it. */
type Answer = {
  readonly data?: {
    readonly server_id?: unknown;
    readonly now?: unknown;
    readonly total?: unknown;
    readonly connections?: unknown;
  } | null;
} | null;

/** undefined if the reply has an unknown form (G12). */
function readList(msg: Msg): ConnectionList | undefined {
  const data = (jsonOf(msg) as Answer | undefined)?.data;
  const { server_id: server, now, total, connections } = data ?? {};
  if (typeof server !== 'string' || typeof total !== 'number') return undefined;
  return {
    server,
    now: instant(now),
    total,
    connections: Array.isArray(connections) ? connections.flatMap(readConnection) : [],
  };
}

function readConnection(value: unknown): ListedConnection[] {
  const { cid, name, reason, stop } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof cid !== 'number') return [];
  return [{ cid, name: text(name), reason: text(reason), stop: instant(stop) }];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const instant = (value: unknown): number => Date.parse(text(value));
