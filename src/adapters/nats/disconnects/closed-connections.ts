import type { Millis } from '../../../domain/time.ts';
import type { ConnectionList } from './connection-lists.ts';

/** A closed connection, as a server lists it. */
export interface ClosedConnection {
  readonly server: string;
  readonly cid: number;
  readonly name: string;
  /** The server's text; empty if the connection only disappeared from the list. */
  readonly reason: string;
}

/** A closed connection appears in the list within this time. */
const maxListingDelay: Millis = 2000;

/**
 * Finds new entries in the servers' lists of closed connections. Connections that closed before the
 * first list of their server are not reported; recent ones may be reported repeatedly.
 */
export class ClosedConnectionDiff {
  /** Connections that closed at this time or later are new; by server, on its clock. */
  readonly #newFrom = new Map<string, number>();

  /** `more`: all listed connections are new and the list is cut off, so there may be more new ones. */
  take(list: ConnectionList): { news: readonly ClosedConnection[]; more: boolean } {
    const { server, now, total, connections } = list;
    const newFrom = this.#newFrom.get(server);
    if (newFrom === undefined) {
      if (Number.isFinite(now)) this.#newFrom.set(server, now);
      return { news: [], more: false };
    }
    const news = connections.filter(({ stop }) => stop >= newFrom);
    const more = news.length === connections.length && connections.length < total;
    if (!more && Number.isFinite(now)) {
      this.#newFrom.set(server, Math.max(newFrom, now - maxListingDelay));
    }
    return { news: news.map(({ cid, name, reason }) => ({ server, cid, name, reason })), more };
  }
}

/** Servers with more open connections are skipped: listing all of them twice a second costs too much. */
export const maxOpen = 1024;
/** The state of a server is dropped after so many polls without a reply. */
const forgetAfter = 120;

interface OpenConnection {
  readonly name: string;
  /** Number of the comparison in which it was first listed. */
  readonly firstSeen: number;
}

interface ServerState {
  readonly total: number;
  readonly newest: number | undefined;
  readonly open: ReadonlyMap<number, OpenConnection>;
  readonly lastPoll: number;
}

/**
 * Finds connections that have disappeared from the servers' lists of open ones. Each list is compared
 * with the previous one of the same server; a server that does not reply has lost no connection. A
 * connection whose client is connected again under its name, to any server, is not reported.
 */
export class OpenConnectionDiff {
  readonly #servers = new Map<string, ServerState>();
  #polls = 0;
  #comparisons = 0;

  /** Whether the newest connection or the number of connections of any server has changed. */
  hasChanged(lists: readonly ConnectionList[]): boolean {
    this.#polls += 1;
    const changed = lists.filter((list) => this.#isChanged(list));
    for (const [server, { lastPoll }] of this.#servers) {
      if (this.#polls - lastPoll > forgetAfter) this.#servers.delete(server);
    }
    return changed.length > 0;
  }

  /** The connections that have disappeared, by lists of up to {@link maxOpen} connections. */
  compare(lists: readonly ConnectionList[]): readonly ClosedConnection[] {
    this.#comparisons += 1;
    const missing = lists.flatMap((list) => this.#missingFrom(list));
    return missing
      .filter((connection) => !this.#isReconnected(connection))
      .map(({ server, cid, name }) => ({ server, cid, name, reason: '' }));
  }

  #isChanged({ server, total, connections: [newest] }: ConnectionList): boolean {
    const previous = this.#servers.get(server);
    if (total > maxOpen) {
      this.#servers.delete(server);
      return false;
    }
    if (previous === undefined) return true;
    this.#servers.set(server, { ...previous, lastPoll: this.#polls });
    return previous.total !== total || previous.newest !== newest?.cid;
  }

  #missingFrom({ server, total, connections }: ConnectionList) {
    const previous = this.#servers.get(server)?.open ?? new Map<number, OpenConnection>();
    if (connections.length < total) {
      this.#servers.delete(server);
      return [];
    }
    const open = new Map<number, OpenConnection>(
      connections.map(({ cid, name }) => {
        return [cid, { name, firstSeen: previous.get(cid)?.firstSeen ?? this.#comparisons }];
      }),
    );
    // A new connection may not have sent its name yet: list the connections once more.
    const unnamed = connections.some(({ cid, name }) => name === '' && !previous.has(cid));
    const newest = unnamed ? undefined : connections[0]?.cid;
    this.#servers.set(server, { total, newest, open, lastPoll: this.#polls });
    const missing = [...previous].filter(([cid]) => !open.has(cid));
    return missing.map(([cid, connection]) => ({ server, cid, ...connection }));
  }

  #isReconnected(missing: OpenConnection & { server: string; cid: number }): boolean {
    for (const [server, { open }] of this.#servers) {
      for (const [cid, { name, firstSeen }] of open) {
        if (name !== missing.name) continue;
        if (firstSeen > missing.firstSeen) return true;
        if (server === missing.server && cid > missing.cid) return true;
      }
    }
    return false;
  }
}
