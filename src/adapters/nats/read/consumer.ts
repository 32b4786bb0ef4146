import type { ConsumerInfo } from '@nats-io/jetstream';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import { askApi, expectOk } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';

export interface ConsumerSpec {
  readonly stream: string;
  /** Complete subjects; empty: the whole stream. */
  readonly filters: readonly string[];
  /** The first sequence to deliver; 0: the first one that the stream still has. */
  readonly from: Revision;
  /** Idle time after which the server sends a heartbeat; one second by default. */
  readonly heartbeat?: Millis;
  /** Time limit for its creation and for each request about it. */
  readonly within: Millis;
  readonly signal?: AbortSignal | undefined;
}

/** A consumer's state. It has no stream position: the server counts only matching messages. */
export interface ConsumerState {
  /** The server that hosts the consumer; undefined without a cluster. */
  readonly server: string | undefined;
  readonly deliveries: number;
  readonly pending: number;
}

const nanos = (duration: Millis): number => duration * 1_000_000;

/**
 * Creates an ephemeral push consumer without acknowledgements, in memory, on one server.
 *
 * Push, because its heartbeats report how far the stream has been searched. Unacknowledged, because the
 * reader keeps its own cursor. On one server, because a new consumer is cheaper than a replicated one.
 * @throws {Fault} `store-unavailable`, `store-refused`, `store-misconfigured` (no such stream)
 */
export async function createConsumer(
  connection: SupervisedConnection,
  name: string,
  deliverTo: string,
  spec: ConsumerSpec,
): Promise<void> {
  const { stream, filters, from, within, signal, heartbeat = seconds(1) } = spec;
  const [only] = filters;
  const single = filters.length === 1 && only !== undefined;
  // A single filter is part of the subject, so that a permission can restrict it.
  const what = `CONSUMER.CREATE.${stream}.${name}${single ? `.${only}` : ''}`;
  const filter = single ? { filter_subject: only } : { filter_subjects: filters };
  const config = {
    name,
    deliver_subject: deliverTo,
    ack_policy: 'none',
    // `all` is the last message of each subject where a stream keeps one per subject.
    ...(from > 0
      ? { deliver_policy: 'by_start_sequence', opt_start_seq: from }
      : { deliver_policy: 'all' }),
    ...(filters.length > 0 ? filter : {}),
    flow_control: true,
    idle_heartbeat: nanos(heartbeat),
    inactive_threshold: nanos(seconds(30)),
    mem_storage: true,
    num_replicas: 1,
  };
  expectOk(
    what,
    await askApi(connection, what, { stream_name: stream, config }, { within, signal }),
  );
}

/**
 * Undefined: the server does not have the consumer any more. It ends with its server, and 30 s after our connection broke.
 * @throws {Fault} `store-unavailable`
 */
export async function progressOf(
  connection: SupervisedConnection,
  name: string,
  { stream, within, signal }: ConsumerSpec,
): Promise<ConsumerState | undefined> {
  const what = `CONSUMER.INFO.${stream}.${name}`;
  const answer = await askApi<ConsumerInfo>(connection, what, {}, { within, signal });
  if ('error' in answer && answer.error.err_code === code.consumerNotFound) return undefined;
  const { cluster, delivered, num_pending } = expectOk(what, answer);
  return { server: cluster?.leader, deliveries: delivered.consumer_seq, pending: num_pending };
}

/** If this is not permitted or gets lost, the server deletes the consumer 30 s after the subscription ended. */
export function dropConsumer(
  connection: SupervisedConnection,
  name: string,
  { stream }: ConsumerSpec,
): void {
  connection.publish(`$JS.API.CONSUMER.DELETE.${stream}.${name}`, '');
}
