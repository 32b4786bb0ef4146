import type { Msg, Subscription } from '@nats-io/transport-node';
import type { Millis } from '../../../domain/time.ts';
import { sleep } from '../connection/backoff.ts';
import { jsonOf } from '../connection/message.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { newInbox } from '../read/consumer.ts';

/** Where each server is asked for the connections of one's own account: whoever may publish, may ask. */
export const listSubject = '$SYS.REQ.ACCOUNT.PING.CONNZ';

/** How long the servers that answered lately are waited for. */
const answersWithin: Millis = 250;
/** One that leaves so many questions in a row without an answer is waited for no longer. */
const patience = 4;

export interface ListQuestion {
  readonly state: 'open' | 'closed';
  readonly limit: number;
}

interface ListedConnection {
  /** Counts up, on its server. */
  readonly cid: number;
  /** As its client chose it; empty where it chose none. */
  readonly name: string;
  /** Why it closed, in the server's words. */
  readonly reason: string;
  /** When it closed, on the server's clock; NaN where that is not said. */
  readonly stop: number;
}

/** One server's answer. */
export interface ConnectionList {
  readonly server: string;
  /** When it was made, on the server's clock. */
  readonly now: number;
  /** How many connections there are; those listed may be fewer. */
  readonly total: number;
  /** Newest first: opened last, or closed last. */
  readonly connections: readonly ListedConnection[];
}

/** Asks all servers at once for their connections, one question after the other. */
export class ConnzClient implements Disposable {
  readonly #link: SupervisedConnection;
  readonly #signal: AbortSignal;
  readonly #inbox: string;
  readonly #answers: Subscription;
  /** Which question each server answered last. */
  readonly #heard = new Map<string, number>();
  #asked = 0;
  #take: (list: ConnectionList) => void = () => {};

  constructor(link: SupervisedConnection, signal: AbortSignal) {
    this.#link = link;
    this.#signal = signal;
    this.#inbox = newInbox(link);
    this.#answers = link.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, msg) => {
        if (error === null) this.#hear(msg);
      },
    });
  }

  /**
   * What the servers answer, as soon as all have that answered lately. One that is missing has said
   * nothing; the answers of a server that is always late are missed only until it is known.
   */
  async ask(question: ListQuestion): Promise<readonly ConnectionList[]> {
    if (!this.#link.up) return [];
    this.#asked += 1;
    const lists = new Map<string, ConnectionList>();
    const complete = new AbortController();
    const waitedFor = this.#awaited();
    this.#take = (list) => {
      lists.set(list.server, list);
      waitedFor.delete(list.server);
      if (waitedFor.size === 0 && this.#asked > 1) complete.abort();
    };
    const reply = `${this.#inbox}.${this.#asked}`;
    this.#link.connection.publish(listSubject, optionsOf(question), { reply });
    await sleep(answersWithin, AbortSignal.any([this.#signal, complete.signal]));
    return [...lists.values()];
  }

  [Symbol.dispose](): void {
    if (!this.#link.connection.isClosed()) this.#answers.unsubscribe();
  }

  #awaited(): Set<string> {
    for (const [server, answered] of this.#heard) {
      if (this.#asked - answered > patience) this.#heard.delete(server);
    }
    return new Set(this.#heard.keys());
  }

  #hear(msg: Msg): void {
    const list = readList(msg);
    const question = Number(msg.subject.slice(this.#inbox.length + 1));
    if (list === undefined || !(question <= this.#asked)) return;
    this.#heard.set(list.server, question);
    if (question === this.#asked) this.#take(list);
  }
}

/** In the words of the server (nats-server, `ConnzOptions`). */
const optionsOf = ({ state, limit }: ListQuestion): string =>
  JSON.stringify(
    state === 'open' ? { state: 0, sort: 'uptime', limit } : { state: 1, sort: 'stop', limit },
  );

/** Whatever somebody answered, as far as we look at it. */
type Answer = {
  readonly data?: {
    readonly server_id?: unknown;
    readonly now?: unknown;
    readonly total?: unknown;
    readonly connections?: unknown;
  } | null;
} | null;

/** undefined: nothing that we understand (G12). */
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

function readConnection(said: unknown): ListedConnection[] {
  const { cid, name, reason, stop } = (said ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof cid !== 'number') return [];
  return [{ cid, name: text(name), reason: text(reason), stop: instant(stop) }];
}

const text = (said: unknown): string => (typeof said === 'string' ? said : '');

const instant = (said: unknown): number => Date.parse(text(said));
