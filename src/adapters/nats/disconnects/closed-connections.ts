import type { Millis } from '../../../domain/time.ts';
import type { ConnectionList } from './connection-lists.ts';

/** A connection that has closed, as far as a server tells. */
export interface ClosedConnection {
  readonly server: string;
  readonly cid: number;
  readonly name: string;
  /** In the server's words; empty: it is only gone. */
  readonly reason: string;
}

/** What closed is listed within so long. */
const listedWithin: Millis = 2000;

/**
 * What is new in the servers' lists of closed connections. What had closed before a server was first
 * heard is not; what has closed lately is said again and again.
 */
export class ClosedConnectionDiff {
  /** From when on a connection that closed is news: by server, on its clock. */
  readonly #since = new Map<string, number>();

  /** `more`: the list holds nothing but news, and ends before the news may end. */
  take(list: ConnectionList): { news: readonly ClosedConnection[]; more: boolean } {
    const { server, now, total, connections } = list;
    const since = this.#since.get(server);
    if (since === undefined) {
      if (Number.isFinite(now)) this.#since.set(server, now);
      return { news: [], more: false };
    }
    const news = connections.filter(({ stop }) => stop >= since);
    const more = news.length === connections.length && connections.length < total;
    if (!more && Number.isFinite(now)) this.#since.set(server, Math.max(since, now - listedWithin));
    return { news: news.map(({ cid, name, reason }) => ({ server, cid, name, reason })), more };
  }
}

/** Of a server with more open connections nothing is told: to list them all twice a second is too much. */
export const mostOpen = 1024;
/** A server that was not heard for so many looks is forgotten, with what it said. */
const forgetAfter = 120;

interface Open {
  readonly name: string;
  /** In which comparison it was first seen. */
  readonly since: number;
}

interface Held {
  readonly total: number;
  readonly newest: number | undefined;
  readonly open: ReadonlyMap<number, Open>;
  readonly look: number;
}

/**
 * Which connections are gone from the servers' lists of open ones, each compared with what the same
 * server said before: one that says nothing has lost nobody. A connection whose client is back under
 * its name, on whichever server, is not gone.
 */
export class OpenConnectionDiff {
  readonly #held = new Map<string, Held>();
  #looks = 0;
  #comparisons = 0;

  /** Whether one of the servers, by its newest connection and their number, has other ones than before. */
  changed(lists: readonly ConnectionList[]): boolean {
    this.#looks += 1;
    const changed = lists.filter((list) => this.#hasChanged(list));
    for (const [server, { look }] of this.#held) {
      if (this.#looks - look > forgetAfter) this.#held.delete(server);
    }
    return changed.length > 0;
  }

  /** Those that are gone, by lists of up to {@link mostOpen} connections. */
  compare(lists: readonly ConnectionList[]): readonly ClosedConnection[] {
    this.#comparisons += 1;
    const gone = lists.flatMap((list) => this.#goneFrom(list));
    return gone
      .filter((connection) => !this.#isBack(connection))
      .map(({ server, cid, name }) => ({ server, cid, name, reason: '' }));
  }

  #hasChanged({ server, total, connections: [newest] }: ConnectionList): boolean {
    const held = this.#held.get(server);
    if (total > mostOpen) {
      this.#held.delete(server);
      return false;
    }
    if (held === undefined) return true;
    this.#held.set(server, { ...held, look: this.#looks });
    return held.total !== total || held.newest !== newest?.cid;
  }

  #goneFrom({ server, total, connections }: ConnectionList) {
    const before = this.#held.get(server)?.open ?? new Map<number, Open>();
    if (connections.length < total) {
      this.#held.delete(server);
      return [];
    }
    const open = new Map<number, Open>(
      connections.map(({ cid, name }) => {
        return [cid, { name, since: before.get(cid)?.since ?? this.#comparisons }];
      }),
    );
    // One that has only just connected has not said its name yet: it is looked at once more.
    const unnamed = connections.some(({ cid, name }) => name === '' && !before.has(cid));
    const newest = unnamed ? undefined : connections[0]?.cid;
    this.#held.set(server, { total, newest, open, look: this.#looks });
    const gone = [...before].filter(([cid]) => !open.has(cid));
    return gone.map(([cid, connection]) => ({ server, cid, ...connection }));
  }

  #isBack({ server, cid, name, since }: Open & { server: string; cid: number }): boolean {
    for (const [at, { open }] of this.#held) {
      for (const [other, connection] of open) {
        if (connection.name !== name) continue;
        if (connection.since > since || (at === server && other > cid)) return true;
      }
    }
    return false;
  }
}
