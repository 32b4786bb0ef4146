import type { Slot } from '../domain/identity/names.ts';

/** A closed connection of an agent's process, as the server reported it. */
export interface Disconnect {
  /** Not the run: a connection keeps its name for all runs of its process. */
  readonly slot: Slot;
  /**
   * `closed-by-client`: the client closed it, as a process does when it exits. `other`: the server
   * dropped it or the network failed; the client may be reconnecting.
   */
  readonly how: 'closed-by-client' | 'other';
  /** The server's reason text; empty if it gave none. */
  readonly reason: string;
}

/**
 * Disconnect notifications from the server. A hint to check the run, not evidence that it is dead.
 *
 * A client chooses its own connection name, the name does not contain the namespace, and the process may
 * have reconnected before the notification arrives. Delivery is not guaranteed: connections that close
 * while the watcher is disconnected are not reported, nor are the clients of a server that dies.
 */
export interface DisconnectEvents {
  /**
   * Calls `onDisconnect` once for each closed connection. Resolves when `signal` aborts or this
   * connection closes. Never throws: a server that sends no notifications is only silent.
   */
  watch(onDisconnect: (disconnect: Disconnect) => void, signal: AbortSignal): Promise<void>;
}
