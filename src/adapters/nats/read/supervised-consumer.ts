import { type Msg, type MsgHdrs, nuid, type Subscription } from '@nats-io/transport-node';
import type { Millis, Revision } from '../../../domain/time.ts';
import { type DeliveryPosition, placeOf } from '../connection/message.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import {
  type ConsumerSpec,
  createConsumer,
  dropConsumer,
  newInbox,
  type Progress,
  progressOf,
} from './consumer.ts';

export interface Delivered extends DeliveryPosition {
  readonly msg: Msg;
}

export type ConsumerItem =
  /** What has queued up, in the order of the stream. */
  | { readonly kind: 'messages'; readonly messages: readonly Delivered[] }
  /** The server is there, and has delivered all that it knew up to this sequence. */
  | { readonly kind: 'idle'; readonly position: Revision }
  /** No more will come: something may have been lost. Open another one behind the last message. */
  | { readonly kind: 'dead'; readonly why: string };

/**
 * Ticks without a word after which a tap is dead. Ticks of our own loop: a stalled process hears
 * nothing either, and that is not the server's silence.
 */
const tick: Millis = 500;
const deadAfterTicks = 5;

/** Heartbeats that ask again for an answer that we gave: it does not arrive. */
const deafAfter = 3;

/**
 * One consumer of our own, watched: it lives until the first doubt.
 *
 * The client's watchers were blind for 60 to 88 s, or for ever, when the server that held their
 * consumer died, and did not notice what was in flight when a connection broke (measured, B5, B6).
 * This one hears a heartbeat every second, counts deliveries, and dies of 2.5 s of silence, a gap, a
 * broken connection.
 */
export class SupervisedConsumer implements AsyncDisposable {
  readonly #link: SupervisedConnection;
  readonly #spec: ConsumerSpec;
  readonly #name = `rollcall_${nuid.next()}`;
  readonly #subscription: Subscription;
  readonly #offs: (() => void)[] = [];
  #queue: Delivered[] = [];
  #idleAt: Revision | undefined;
  #death: string | undefined;
  #wake: (() => void) | undefined;
  #received = 0;
  #quiet = 0;
  /** The subject of the flow control request that waits for us, or ''. */
  #brake = '';
  #released = '';
  #asksAgain = 0;

  static async open(link: SupervisedConnection, spec: ConsumerSpec): Promise<SupervisedConsumer> {
    const tap = new SupervisedConsumer(link, spec);
    try {
      await createConsumer(link, tap.#name, tap.#subscription.getSubject(), spec);
      tap.#quiet = 0;
    } catch (cause) {
      tap.#close();
      throw cause;
    }
    return tap;
  }

  private constructor(link: SupervisedConnection, spec: ConsumerSpec) {
    const { signal } = spec;
    this.#link = link;
    this.#spec = spec;
    this.#subscription = link.connection.subscribe(newInbox(link), {
      callback: (error, msg) => (error === null ? this.#take(msg) : this.#die(error.message)),
    });
    const timer = setInterval(() => {
      this.#quiet += 1;
      if (this.#quiet >= deadAfterTicks) this.#die('the server has not been heard for 2.5 s');
    }, tick);
    const stop = () => this.#die('stopped');
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    this.#offs.push(
      link.onDisconnect((why) => this.#die(why)),
      () => clearInterval(timer),
      () => signal?.removeEventListener('abort', stop),
    );
  }

  /** Waits for the next thing to say; whatever is queued comes first. */
  async next(): Promise<ConsumerItem> {
    // Only whoever comes back for more lets more come: a slow reader slows the server down.
    this.#release();
    for (;;) {
      if (this.#queue.length > 0) {
        const messages = this.#queue;
        this.#queue = [];
        return { kind: 'messages', messages };
      }
      if (this.#death !== undefined) return { kind: 'dead', why: this.#death };
      if (this.#idleAt !== undefined) {
        const position = this.#idleAt;
        this.#idleAt = undefined;
        return { kind: 'idle', position };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** @throws {Fault} `store-unavailable` */
  progress(): Promise<Progress> {
    return progressOf(this.#link, this.#name, this.#spec);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  #take(msg: Msg): void {
    this.#quiet = 0;
    if (msg.reply?.startsWith('$JS.ACK.')) {
      this.#deliver(msg, placeOf(msg.reply));
      return;
    }
    // Not before: the client parses headers when they are asked for, which is most of taking a message.
    const status = msg.headers;
    if (status !== undefined && status.code !== 0) this.#heed(status, msg.reply ?? '');
  }

  /** A flow control request, a heartbeat, or the end. */
  #heed(status: MsgHdrs, reply: string): void {
    const sent = status.get('Nats-Last-Consumer');
    // A heartbeat while the server waits for our answer to its request names the request again.
    const brake = reply || status.get('Nats-Consumer-Stalled');
    if (status.code !== 100) this.#die(`${status.code} ${status.description}`);
    else if (reply === '' && Number(sent) !== this.#received) {
      this.#die(`${sent} were sent, ${this.#received} came`);
    } else if (brake !== '') {
      this.#stop(brake);
    } else {
      this.#idleAt = Number(status.get('Nats-Last-Stream'));
      this.#wakeUp();
    }
  }

  #deliver(msg: Msg, place: DeliveryPosition): void {
    if (place.delivery !== this.#received + 1) {
      this.#die(`delivery ${place.delivery} came after ${this.#received}`);
    }
    this.#received = place.delivery;
    this.#idleAt = undefined;
    if (this.#death === undefined) this.#queue.push({ msg, ...place });
    this.#wakeUp();
  }

  /** The server sends no more until it is answered. */
  #stop(brake: string): void {
    this.#asksAgain = brake === this.#released ? this.#asksAgain + 1 : 0;
    if (this.#asksAgain >= deafAfter) {
      this.#die('answers to flow control do not arrive: may we publish to $JS.FC.> ?');
      return;
    }
    this.#brake = brake;
    if (this.#wake !== undefined) this.#release();
  }

  #release(): void {
    if (this.#brake === '') return;
    this.#link.publish(this.#brake, '');
    this.#released = this.#brake;
    this.#brake = '';
  }

  #die(why: string): void {
    this.#death ??= why;
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #close(): void {
    this.#die('closed');
    for (const off of this.#offs.splice(0)) off();
    if (this.#link.connection.isClosed()) return;
    this.#subscription.unsubscribe();
    dropConsumer(this.#link, this.#name, this.#spec);
  }
}
