import { errors, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import { closeNats } from './connect.ts';

/** What became of a message that asked for an answer. */
export type Reply =
  | { readonly kind: 'received'; readonly msg: Msg }
  /** It reached nobody, and never will. */
  | { readonly kind: 'not-sent'; readonly why: string }
  /** It may have arrived, or may still arrive. */
  | { readonly kind: 'timed-out'; readonly why: string };

export interface RequestOptions {
  readonly within: Millis;
  readonly headers?: MsgHdrs;
  /** Stops waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Sent right before it, in the same flush: the rest of a batch. */
  readonly first?: () => void;
}

/**
 * A connection that knows whether it is up.
 *
 * The client buffers what is published while it reconnects and sends what it can later, after the
 * caller has given up; a request in flight when the connection breaks waits for its whole timeout
 * (measured, nats.md §9). Here nothing is published unless the connection is up, and whoever waits
 * for an answer hears at once that it broke.
 */
export class SupervisedConnection implements AsyncDisposable {
  readonly connection: NatsConnection;
  #up = true;
  readonly #losses = new Set<(why: string) => void>();
  readonly #returns = new Set<() => void>();
  readonly #refused = new Set<string>();

  constructor(connection: NatsConnection) {
    this.connection = connection;
    void this.#follow();
  }

  get up(): boolean {
    return this.#up && !this.connection.isClosed();
  }

  /** Calls `lost` once, when the connection breaks or is closed; returns how to stop listening. */
  onDisconnect(lost: (why: string) => void): () => void {
    this.#losses.add(lost);
    return () => this.#losses.delete(lost);
  }

  /** Resolves once the connection is up; false when it was closed, or is not up `within`. */
  async connected(within: Millis, signal?: AbortSignal): Promise<boolean> {
    if (this.up || this.connection.isClosed() || signal?.aborted || within <= 0) return this.up;
    await this.#back(signal, within);
    return this.up;
  }

  /** Resolves once the connection has broken and is up again; false at the signal, or when closed. */
  async reconnected(signal: AbortSignal): Promise<boolean> {
    if (!this.connection.isClosed() && !signal.aborted) await this.#back(signal);
    return this.up && !signal.aborted;
  }

  /**
   * Asks, waiting for the connection first when it is down.
   * @throws {Fault} `store-refused` where we may not publish there, or the message is too large
   */
  request(subject: string, text: string, question: RequestOptions): Promise<Reply> {
    return this.up ? this.#send(subject, text, question) : this.#sendLater(subject, text, question);
  }

  async #sendLater(subject: string, text: string, question: RequestOptions): Promise<Reply> {
    const { within, signal } = question;
    const until = performance.now() + within;
    if (!(await this.connected(within, signal)) || signal?.aborted) {
      return { kind: 'not-sent', why: signal?.aborted ? 'stopped' : 'not connected' };
    }
    const left = Math.max(1, until - performance.now());
    return this.#send(subject, text, { ...question, within: left });
  }

  /** With as few promises as it takes: every heartbeat of a fleet comes through here. */
  #send(subject: string, text: string, { within, headers, first, signal }: RequestOptions) {
    return new Promise<Reply>((resolve, reject) => {
      if (signal?.aborted) return resolve({ kind: 'not-sent', why: 'stopped' });
      const lost = (why: string) => resolve({ kind: 'timed-out', why });
      const stop = () => lost('stopped');
      this.#losses.add(lost);
      signal?.addEventListener('abort', stop);
      const settle = () => {
        this.#losses.delete(lost);
        signal?.removeEventListener('abort', stop);
      };
      first?.();
      // Less than a millisecond is no timeout to the client, but an argument it refuses.
      const timeout = Math.max(1, within);
      const options = headers ? { timeout, headers } : { timeout };
      this.connection.request(subject, text, options).then(
        (msg) => {
          settle();
          resolve({ kind: 'received', msg });
        },
        (cause: unknown) => {
          settle();
          try {
            resolve(notHeard(subject, cause));
          } catch (fault) {
            reject(fault);
          }
        },
      );
    });
  }

  /** Publishes without an answer; false when the connection is down and it was not sent. */
  publish(subject: string, text: string, headers?: MsgHdrs): boolean {
    if (!this.up) return false;
    this.connection.publish(subject, text, headers ? { headers } : {});
    return true;
  }

  /** Whether the server that we are connected to has refused a publish to this subject, lately. */
  refused(subject: string): boolean {
    return this.#refused.has(subject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeNats(this.connection);
    this.#lose('the connection was closed');
  }

  async #follow(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.#lose('the connection broke');
      else if (status.type === 'close') this.#lose('the connection was closed');
      else if (status.type === 'reconnect') {
        this.#up = true;
        // Another server, or this one restarted, may allow it.
        this.#refused.clear();
        for (const back of [...this.#returns]) back();
      } else if (status.type === 'error') this.#note(status.error);
    }
  }

  /** Resolves when it is up again, when it was closed, at the signal, or after `within`. */
  #back(signal: AbortSignal | undefined, within?: Millis): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#returns.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = within === undefined ? undefined : setTimeout(done, within);
      this.#returns.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  #lose(why: string): void {
    this.#up = false;
    const losses = [...this.#losses];
    this.#losses.clear();
    for (const lost of losses) lost(why);
    // Whoever waits for a closed connection waits no longer.
    if (this.connection.isClosed()) for (const back of [...this.#returns]) back();
  }

  #note(error: Error): void {
    if (!(error instanceof errors.PermissionViolationError)) return;
    if (error.operation !== 'publish') return;
    // Only the last few matter: a batch looks right after it was refused.
    if (this.#refused.size >= 1000) this.#refused.clear();
    this.#refused.add(error.subject);
  }
}

function notHeard(subject: string, cause: unknown): Reply {
  if (cause instanceof errors.TimeoutError) return { kind: 'timed-out', why: 'no answer in time' };
  if (
    cause instanceof errors.DrainingConnectionError ||
    cause instanceof errors.ClosedConnectionError
  ) {
    return { kind: 'not-sent', why: 'the connection is closed' };
  }
  if (cause instanceof errors.InvalidArgumentError) {
    throw new Fault('store-refused', `${subject}: ${cause.message}`, { cause });
  }
  if (cause instanceof errors.RequestError) {
    if (cause.isNoResponders()) return { kind: 'not-sent', why: `nobody serves ${subject}` };
    if (cause.cause instanceof errors.PermissionViolationError) {
      throw new Fault('store-refused', `this connection may not publish to ${subject}`, {
        cause,
        hint: 'docs/operations.md lists what each role must be allowed to do',
      });
    }
    return { kind: 'timed-out', why: cause.message };
  }
  throw cause;
}
