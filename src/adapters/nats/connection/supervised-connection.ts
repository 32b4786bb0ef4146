import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import { isClientError, requestRefusal } from './client-errors.ts';
import { closeNats } from './connect.ts';
import { subjectInDomain } from './js-domain.ts';

/**
 * So long the event loop may stand still without losing the answer to a request. Not longer: what an older answer says may have
 * changed.
 */
const standstill: Millis = seconds(2);

/** The outcome of a request. */
export type Reply =
  | { readonly kind: 'received'; readonly msg: Msg }
  /** The request has not been delivered and never will be. */
  | { readonly kind: 'not-sent'; readonly why: string }
  /** The request may have been delivered, or may still be delivered. */
  | { readonly kind: 'timed-out'; readonly why: string };

export interface RequestOptions {
  readonly within: Millis;
  readonly headers?: MsgHdrs;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
  /** Sends it only over the connection with this number (see `generation`). */
  readonly generation?: number | undefined;
  /** Publishes messages directly before the request, in the same flush: the rest of a batch. */
  readonly sendBefore?: () => void;
}

/**
 * A connection that knows whether it is up.
 *
 * The client buffers messages while it reconnects and sends them later, after the caller has given up.
 * A request in flight when the connection breaks waits for its whole timeout (measured). This class
 * publishes nothing unless the connection is up, and ends all waiting requests when it breaks.
 */
export class SupervisedConnection implements AsyncDisposable {
  readonly client: NatsConnection;
  /** The JetStream domain that all requests go to; undefined: that of the server. */
  readonly jsDomain: string | undefined;
  /**
   * `own-keys`: this user may read only single subjects, and has neither consumers nor the state of a
   * stream. That is all that an agent needs.
   */
  reads: 'everything' | 'own-keys' = 'everything';
  #up = true;
  #generation = 0;
  readonly #onDown = new Set<(why: string) => void>();
  readonly #onUp = new Set<() => void>();
  readonly #onChange = new Set<(isUp: boolean) => void>();
  readonly #refusedSubjects = new Set<string>();
  #loginRefusal: string | undefined;

  constructor(client: NatsConnection, jsDomain?: string) {
    this.client = client;
    this.jsDomain = jsDomain;
    void this.#followStatus();
  }

  get up(): boolean {
    return this.#up && !this.client.isClosed();
  }

  /** Why the server refused the login at the last attempt to connect; undefined while connected. */
  get loginRefusal(): string | undefined {
    return this.up ? undefined : this.#loginRefusal;
  }

  /** The subject of the first publish that the current server refused; undefined: none. */
  get refusedSubject(): string | undefined {
    return this.#refusedSubjects.values().next().value;
  }

  /** Counts reconnects: a server that was away may have come back with an older store. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls `lost` once, when the connection breaks or is closed. Returns a function that unsubscribes. */
  onDisconnect(lost: (why: string) => void): () => void {
    this.#onDown.add(lost);
    return () => this.#onDown.delete(lost);
  }

  /** Calls `changed` each time when the connection breaks or is closed, and when it is up again. Returns a function that unsubscribes. */
  onChange(changed: (isUp: boolean) => void): () => void {
    this.#onChange.add(changed);
    return () => this.#onChange.delete(changed);
  }

  /** Waits until the connection is up; false if it is closed or not up after `within`. */
  async connected(within: Millis, signal?: AbortSignal): Promise<boolean> {
    if (this.up || this.client.isClosed() || signal?.aborted || within <= 0) return this.up;
    await this.#waitUntilUp(signal, within);
    return this.up;
  }

  /** Waits for the next reconnect; false if the signal aborts or the connection is closed. */
  async reconnected(signal: AbortSignal): Promise<boolean> {
    if (!this.client.isClosed() && !signal.aborted) await this.#waitUntilUp(signal);
    return this.up && !signal.aborted;
  }

  /**
   * Sends a request. If the connection is down, waits for it first.
   * @throws {Fault} `store-refused` if publishing is not permitted or the message is too large
   */
  request(subject: string, text: string, options: RequestOptions): Promise<Reply> {
    const address = subjectInDomain(subject, this.jsDomain);
    return this.up ? this.#send(address, text, options) : this.#sendLater(address, text, options);
  }

  async #sendLater(subject: string, text: string, options: RequestOptions): Promise<Reply> {
    const { within, signal } = options;
    const until = performance.now() + within;
    if (!(await this.connected(within, signal)) || signal?.aborted) {
      return { kind: 'not-sent', why: signal?.aborted ? 'stopped' : 'not connected' };
    }
    const left = Math.max(1, until - performance.now());
    return this.#send(subject, text, { ...options, within: left });
  }

  /** Uses few promises: every heartbeat of a fleet passes through here. */
  #send(subject: string, text: string, options: RequestOptions) {
    const { within, headers, sendBefore, signal, generation = this.#generation } = options;
    return new Promise<Reply>((resolve, reject) => {
      if (signal?.aborted) return resolve({ kind: 'not-sent', why: 'stopped' });
      if (generation !== this.#generation) {
        return resolve({ kind: 'not-sent', why: 'the connection was opened again' });
      }
      const lost = (why: string) => {
        settle();
        resolve({ kind: 'timed-out', why });
      };
      const stop = () => lost('stopped');
      // A loop that stood still runs its timers before it reads its sockets, where the answer may be.
      const timer = setTimeout(() => setImmediate(lost, 'no answer in time'), within);
      this.#onDown.add(lost);
      signal?.addEventListener('abort', stop);
      const settle = () => {
        clearTimeout(timer);
        this.#onDown.delete(lost);
        signal?.removeEventListener('abort', stop);
      };
      sendBefore?.();
      // The client drops an answer that is there when its own timer fires.
      const timeout = Math.max(0, within) + standstill;
      const options = headers ? { timeout, headers } : { timeout };
      this.client.request(subject, bytesOf(text), options).then(
        (msg) => {
          settle();
          resolve({ kind: 'received', msg });
        },
        (cause: unknown) => {
          settle();
          try {
            resolve(replyOfError(subject, cause));
          } catch (fault) {
            reject(fault);
          }
        },
      );
    });
  }

  /** Publishes without waiting for a reply; false if the connection is down and nothing was sent. */
  publish(subject: string, text: string, headers?: MsgHdrs): boolean {
    if (!this.up) return false;
    const address = subjectInDomain(subject, this.jsDomain);
    this.client.publish(address, bytesOf(text), headers ? { headers } : {});
    return true;
  }

  /** Whether the current server has recently refused a publish to this subject. */
  refused(subject: string): boolean {
    return this.#refusedSubjects.has(subjectInDomain(subject, this.jsDomain));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeNats(this.client);
    this.#markDown('the connection was closed');
  }

  async #followStatus(): Promise<void> {
    for await (const status of this.client.status()) {
      if (status.type === 'disconnect') this.#markDown('the connection broke');
      else if (status.type === 'close') this.#markDown('the connection was closed');
      else if (status.type === 'reconnect') {
        this.#up = true;
        this.#loginRefusal = undefined;
        this.#generation += 1;
        // Another server, or this one after a restart, may allow it.
        this.#refusedSubjects.clear();
        for (const resume of [...this.#onUp]) resume();
        for (const changed of this.#onChange) changed(true);
      } else if (status.type === 'error') this.#recordRefusal(status.error);
    }
  }

  /** Resolves when the connection is up or closed, when the signal aborts, or after `within`. */
  #waitUntilUp(signal: AbortSignal | undefined, within?: Millis): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#onUp.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = within === undefined ? undefined : setTimeout(done, within);
      this.#onUp.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  #markDown(why: string): void {
    const wasUp = this.#up;
    this.#up = false;
    const listeners = [...this.#onDown];
    this.#onDown.clear();
    for (const lost of listeners) lost(why);
    if (wasUp) for (const changed of this.#onChange) changed(false);
    // A closed connection never comes up again: end the waits for it.
    if (this.client.isClosed()) for (const resume of [...this.#onUp]) resume();
  }

  #recordRefusal(error: Error): void {
    if (isClientError(error, 'AuthorizationError', 'UserAuthenticationExpiredError')) {
      this.#loginRefusal = error.message;
    }
    if (!isClientError(error, 'PermissionViolationError')) return;
    if (error.operation !== 'publish') return;
    // Only recent ones matter: a batch checks directly after its refusal.
    if (this.#refusedSubjects.size >= 1000) this.#refusedSubjects.clear();
    this.#refusedSubjects.add(error.subject);
  }
}

/** From the pool of small buffers: the client would make one of its own for each text. */
const bytesOf = (text: string): Uint8Array => Buffer.from(text);

function replyOfError(subject: string, cause: unknown): Reply {
  if (isClientError(cause, 'TimeoutError')) return { kind: 'timed-out', why: 'no answer in time' };
  if (isClientError(cause, 'DrainingConnectionError', 'ClosedConnectionError')) {
    return { kind: 'not-sent', why: 'the connection is closed' };
  }
  if (isClientError(cause, 'InvalidArgumentError')) {
    throw new Fault('store-refused', `${subject}: ${cause.message}`, { cause });
  }
  if (isClientError(cause, 'RequestError')) {
    if (cause.isNoResponders()) return { kind: 'not-sent', why: `no responders on ${subject}` };
    const refusal = requestRefusal(subject, cause);
    if (refusal !== undefined) throw refusal;
    return { kind: 'timed-out', why: cause.message };
  }
  throw cause;
}
