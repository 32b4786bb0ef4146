import type { ConsumerInfo } from '@nats-io/jetstream';
import {
  createInbox,
  type Msg,
  type MsgHdrs,
  nuid,
  type Subscription,
} from '@nats-io/transport-node';
import { type Millis, type Revision, seconds } from '../../domain/time.ts';
import { askApi, expectOk } from './api.ts';
import type { Link } from './link.ts';
import { type Place, placeOf } from './message.ts';

export interface TapSpec {
  readonly stream: string;
  /** Whole subjects; none: all of the stream. */
  readonly filters: readonly string[];
  /** The first sequence to deliver; 0: whatever the stream still has. */
  readonly from: Revision;
  /** How long nothing comes before the server says so; a second unless said otherwise. */
  readonly heartbeat?: Millis;
  /** How long its creation, and a question about it, may take. */
  readonly within: Millis;
}

export interface Delivered extends Place {
  readonly msg: Msg;
}

export type Tapped =
  /** What has queued up, in the order of the stream. */
  | { readonly kind: 'messages'; readonly messages: readonly Delivered[] }
  /** The server is there, and has delivered all that it knew up to this sequence. */
  | { readonly kind: 'idle'; readonly position: Revision }
  /** No more will come: something may have been lost. Open another one behind the last message. */
  | { readonly kind: 'dead'; readonly why: string };

/** What the consumer says of itself; not where it is, the server counts matches only there. */
export interface Progress {
  /** The server that holds it; undefined where there is no cluster. */
  readonly server: string | undefined;
  readonly deliveries: number;
  readonly pending: number;
}

const nanos = (duration: Millis): number => duration * 1_000_000;

/** Ticks without a word after which a tap is dead. Ticks of our own loop: a stalled process hears nothing, and that is not the server's silence. */
const tick: Millis = 500;
const deadAfterTicks = 5;

/**
 * One consumer of our own, watched: it lives until the first doubt.
 *
 * The client's watchers were blind for 60 to 88 s, or for ever, when the server that held their
 * consumer died, and did not notice what was in flight when a connection broke (measured, B5, B6).
 * This one hears a heartbeat every second, counts deliveries, and dies of 2.5 s of silence, a gap, a
 * broken connection. A push consumer, because its heartbeats say how far the stream has been searched.
 */
export class Tap implements AsyncDisposable {
  readonly #link: Link;
  readonly #spec: TapSpec;
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

  static async open(link: Link, spec: TapSpec, signal?: AbortSignal): Promise<Tap> {
    const tap = new Tap(link, spec, signal);
    try {
      await tap.#create();
    } catch (cause) {
      tap.#close();
      throw cause;
    }
    return tap;
  }

  private constructor(link: Link, spec: TapSpec, signal: AbortSignal | undefined) {
    this.#link = link;
    this.#spec = spec;
    const inbox = createInbox(inboxPrefixOf(link));
    this.#subscription = link.connection.subscribe(inbox, {
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
      link.onLoss((why) => this.#die(why)),
      () => clearInterval(timer),
      () => signal?.removeEventListener('abort', stop),
    );
  }

  /** Waits for the next thing to say; whatever is queued comes first. */
  async next(): Promise<Tapped> {
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
  async progress(): Promise<Progress> {
    const what = `CONSUMER.INFO.${this.#spec.stream}.${this.#name}`;
    const answer = await askApi<ConsumerInfo>(this.#link, what, {}, { within: this.#spec.within });
    const { cluster, delivered, num_pending } = expectOk(what, answer);
    return {
      server: cluster?.leader,
      deliveries: delivered.consumer_seq,
      pending: num_pending,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
  }

  async #create(): Promise<void> {
    const { stream, filters, from, within, heartbeat = seconds(1) } = this.#spec;
    const [only] = filters;
    const single = filters.length === 1 && only !== undefined;
    // One filter goes into the subject, where a permission can hold us to it.
    const what = `CONSUMER.CREATE.${stream}.${this.#name}${single ? `.${only}` : ''}`;
    const config = {
      name: this.#name,
      deliver_subject: this.#subscription.getSubject(),
      ack_policy: 'none',
      // With one message per subject all there is, is the last of each. `last_per_subject` would also
      // wait for a heartbeat at each one that was overwritten on the way (nats-server 2.15).
      ...(from > 0
        ? { deliver_policy: 'by_start_sequence', opt_start_seq: from }
        : { deliver_policy: 'all' }),
      ...(single
        ? { filter_subject: only }
        : filters.length > 1
          ? { filter_subjects: filters }
          : {}),
      flow_control: true,
      idle_heartbeat: nanos(heartbeat),
      inactive_threshold: nanos(seconds(30)),
      mem_storage: true,
      num_replicas: 1,
    };
    const answer = await askApi(this.#link, what, { stream_name: stream, config }, { within });
    expectOk(what, answer);
    this.#quiet = 0;
  }

  #take(msg: Msg): void {
    this.#quiet = 0;
    const status = msg.headers;
    if (msg.reply?.startsWith('$JS.ACK.')) this.#deliver(msg, placeOf(msg.reply));
    else if (status !== undefined && status.code !== 0) this.#heed(status, msg.reply ?? '');
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
      this.#brake = brake;
      if (this.#wake !== undefined) this.#release();
    } else {
      this.#idleAt = Number(status.get('Nats-Last-Stream'));
      this.#wakeUp();
    }
  }

  #deliver(msg: Msg, place: Place): void {
    if (place.delivery !== this.#received + 1) {
      this.#die(`delivery ${place.delivery} came after ${this.#received}`);
    }
    this.#received = place.delivery;
    this.#idleAt = undefined;
    if (this.#death === undefined) this.#queue.push({ msg, ...place });
    this.#wakeUp();
  }

  #release(): void {
    if (this.#brake === '') return;
    this.#link.tell(this.#brake, '');
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
    // Where this is not allowed or not heard, the server drops it 30 s after our interest is gone.
    this.#link.tell(`$JS.API.CONSUMER.DELETE.${this.#spec.stream}.${this.#name}`, '');
  }
}

/** What the client was told when it connected; its type does not say that it has it. */
const inboxPrefixOf = (link: Link): string =>
  (link.connection as unknown as { options: { inboxPrefix?: string } }).options.inboxPrefix ??
  '_INBOX';
