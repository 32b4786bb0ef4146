import type { Msg, MsgHdrs, Subscription } from '@nats-io/transport-node';
import type { Millis, Revision } from '../../../domain/time.ts';
import { newInbox } from '../connection/inbox.ts';
import { type DeliveryPosition, parseDeliveryPosition } from '../connection/message.ts';
import { randomId } from '../connection/random-id.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import {
  type ConsumerSpec,
  type ConsumerState,
  createConsumer,
  dropConsumer,
  progressOf,
} from './consumer.ts';

export interface Delivered extends DeliveryPosition {
  readonly msg: Msg;
}

export type ConsumerItem =
  /** The messages in the queue, in stream order. */
  | { readonly kind: 'messages'; readonly messages: readonly Delivered[] }
  /** A heartbeat: the server has delivered all matching messages that it knew up to this sequence. */
  | { readonly kind: 'idle'; readonly position: Revision }
  /** The end: messages may have been lost. Open another consumer behind the last message. */
  | { readonly kind: 'dead'; readonly why: string };

/**
 * Ticks without a message after which a consumer is dead. They are counted by our own event loop: a
 * stalled process receives nothing either, and the server is not to blame for that.
 */
const tick: Millis = 500;
const deadAfterTicks = 5;

/**
 * When we conclude that answers to flow control requests get lost: so many heartbeats have repeated an
 * answered request since our server had the answer, and it has had it for so many ticks. A busy server takes hundreds
 * of milliseconds. Heartbeats that it sent earlier do not count: a slow reader receives many of them behind the messages.
 */
const maxRepeatedRequests = 3;
const answerLostAfterTicks = 3;

/**
 * One JetStream consumer that ends as soon as a message may have been lost.
 *
 * The client's watchers received nothing for 60 to 88 s, or for ever, after the server of their
 * consumer had died, and did not detect messages lost with a broken connection (measured, B5, B6).
 * This one gets a heartbeat every second and counts deliveries. It ends after 2.5 s of silence, at a
 * gap in the deliveries, and when the connection breaks.
 */
export class SupervisedConsumer implements AsyncDisposable {
  readonly #connection: SupervisedConnection;
  readonly #spec: ConsumerSpec;
  readonly #name = `rollcall_${randomId()}`;
  readonly #subscription: Subscription;
  readonly #cleanups: (() => void)[] = [];
  #queue: Delivered[] = [];
  #idlePosition: Revision | undefined;
  #deathReason: string | undefined;
  #wake: (() => void) | undefined;
  #received = 0;
  #silentTicks = 0;
  /** Reply subject of the flow control request that is not yet answered, or ''. */
  #flowRequest = '';
  #answeredRequest = '';
  /** Whether our server has the answer. */
  #hasAnswer = false;
  /** Since it has it. The answer is repeated with each heartbeat that repeats the request. */
  #ticksSinceAnswer = 0;
  #repeatedRequests = 0;

  static async open(
    connection: SupervisedConnection,
    spec: ConsumerSpec,
  ): Promise<SupervisedConsumer> {
    const consumer = new SupervisedConsumer(connection, spec);
    try {
      await createConsumer(connection, consumer.#name, consumer.#subscription.getSubject(), spec);
      consumer.#silentTicks = 0;
    } catch (cause) {
      consumer.#close();
      throw cause;
    }
    return consumer;
  }

  private constructor(connection: SupervisedConnection, spec: ConsumerSpec) {
    const { signal } = spec;
    this.#connection = connection;
    this.#spec = spec;
    this.#subscription = connection.client.subscribe(newInbox(connection), {
      callback: (error, msg) => (error === null ? this.#onMessage(msg) : this.#die(error.message)),
    });
    const timer = setInterval(() => {
      this.#silentTicks += 1;
      this.#ticksSinceAnswer += 1;
      if (this.#silentTicks >= deadAfterTicks) this.#die('the server sent nothing for 2.5 s');
    }, tick);
    const stop = () => this.#die('stopped');
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    this.#cleanups.push(
      connection.onDisconnect((why) => this.#die(why)),
      () => clearInterval(timer),
      () => signal?.removeEventListener('abort', stop),
    );
  }

  /** Waits for the next item. Queued messages come first. */
  async next(): Promise<ConsumerItem> {
    // Answered only here, so that a slow reader slows the server down.
    this.#answerFlowRequest();
    for (;;) {
      if (this.#queue.length > 0) {
        const messages = this.#queue;
        this.#queue = [];
        return { kind: 'messages', messages };
      }
      if (this.#deathReason !== undefined) return { kind: 'dead', why: this.#deathReason };
      if (this.#idlePosition !== undefined) {
        const position = this.#idlePosition;
        this.#idlePosition = undefined;
        return { kind: 'idle', position };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /**
   * Undefined: the server does not have this consumer any more, and `next` ends.
   * @throws {Fault} `store-unavailable`
   */
  async progress(): Promise<ConsumerState | undefined> {
    const state = await progressOf(this.#connection, this.#name, this.#spec);
    if (state === undefined) this.#die('the server has no such consumer any more');
    return state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  #onMessage(msg: Msg): void {
    this.#silentTicks = 0;
    if (msg.reply?.startsWith('$JS.ACK.')) {
      this.#deliver(msg, parseDeliveryPosition(msg.reply));
      return;
    }
    // Not before: the client parses headers on first access, which is most of the cost of a message.
    const status = msg.headers;
    if (status !== undefined && status.code !== 0) this.#onStatus(status, msg.reply ?? '');
  }

  /** Handles a flow control request, a heartbeat or an error status. */
  #onStatus(status: MsgHdrs, reply: string): void {
    const sent = status.get('Nats-Last-Consumer');
    // While the server waits for our answer, its heartbeats repeat the flow control request.
    const flowRequest = reply || status.get('Nats-Consumer-Stalled');
    if (status.code !== 100) this.#die(`${status.code} ${status.description}`);
    else if (reply === '' && Number(sent) !== this.#received) {
      this.#die(`the server sent ${sent} messages, ${this.#received} arrived`);
    } else if (flowRequest !== '') {
      this.#onFlowRequest(flowRequest);
    } else {
      this.#idlePosition = Number(status.get('Nats-Last-Stream'));
      this.#wakeUp();
    }
  }

  #deliver(msg: Msg, position: DeliveryPosition): void {
    if (position.delivery !== this.#received + 1) {
      this.#die(`delivery ${position.delivery} arrived after ${this.#received}`);
    }
    this.#received = position.delivery;
    this.#idlePosition = undefined;
    const { seq, delivery, storedAt, pending } = position;
    if (this.#deathReason === undefined)
      this.#queue.push({ msg, seq, delivery, storedAt, pending });
    this.#wakeUp();
  }

  /** The server sends no more messages until the request is answered. */
  #onFlowRequest(subject: string): void {
    if (subject === this.#answeredRequest && this.#hasAnswer) this.#repeatedRequests += 1;
    const isOld = this.#ticksSinceAnswer >= answerLostAfterTicks;
    if (this.#repeatedRequests >= maxRepeatedRequests && isOld) {
      this.#die(
        'the server does not receive answers to flow control requests: allow publishing to $JS.FC.>',
      );
      return;
    }
    this.#flowRequest = subject;
    if (this.#wake !== undefined) this.#answerFlowRequest();
  }

  #answerFlowRequest(): void {
    if (this.#flowRequest === '') return;
    this.#connection.publish(this.#flowRequest, '');
    if (this.#flowRequest !== this.#answeredRequest) void this.#awaitArrival(this.#flowRequest);
    this.#flowRequest = '';
  }

  /** A ping behind the answer: its pong comes behind everything that the server sent before it had the answer. */
  async #awaitArrival(answered: string): Promise<void> {
    this.#answeredRequest = answered;
    this.#hasAnswer = false;
    this.#repeatedRequests = 0;
    try {
      await this.#connection.client.flush();
    } catch {
      return; // The connection broke, which ends this consumer.
    }
    if (this.#answeredRequest !== answered) return;
    this.#hasAnswer = true;
    this.#ticksSinceAnswer = 0;
  }

  #die(why: string): void {
    this.#deathReason ??= why;
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #close(): void {
    this.#die('closed');
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    if (this.#connection.client.isClosed()) return;
    this.#subscription.unsubscribe();
    dropConsumer(this.#connection, this.#name, this.#spec);
  }
}
