import type { Slot } from '../domain/identity/names.ts';

/** A connection of an agent's process that has closed, as the server says it. */
export interface Disconnect {
  /** Not the run: a connection keeps its name over all the runs of its process. */
  readonly slot: Slot;
  /**
   * `closed-by-client`: its own side closed it, as a dying process does, and one that leaves.
   * `other`: the server gave it up, or it broke; whoever it was may be on its way back.
   */
  readonly how: 'closed-by-client' | 'other';
  /** In the server's words; empty where it said none. */
  readonly reason: string;
}

/**
 * The server's word on connections that close: a reason to look, never a proof.
 *
 * Whoever connects chooses its own name, a name does not tell the namespace, and the process may have
 * connected again before it is said. Nothing is promised either: what closes while the watcher itself
 * is away goes unsaid, and a server that dies says nothing of its clients.
 */
export interface DisconnectEvents {
  /**
   * Calls back with each departure, once, until the signal or until this connection is closed; then it
   * resolves. It never throws: a server that tells us nothing of its connections says nothing.
   */
  watch(said: (departure: Disconnect) => void, signal: AbortSignal): Promise<void>;
}
