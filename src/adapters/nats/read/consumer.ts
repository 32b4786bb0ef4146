import type { ConsumerInfo } from '@nats-io/jetstream';
import { createInbox } from '@nats-io/transport-node';
import { type Millis, type Revision, seconds } from '../../../domain/time.ts';
import { askApi, expectOk } from '../connection/jetstream-api.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';

export interface ConsumerSpec {
  readonly stream: string;
  /** Whole subjects; none: all of the stream. */
  readonly filters: readonly string[];
  /** The first sequence to deliver; 0: whatever the stream still has. */
  readonly from: Revision;
  /** How long nothing comes before the server says so; a second unless said otherwise. */
  readonly heartbeat?: Millis;
  /** How long its creation, and a question about it, may take. */
  readonly within: Millis;
  readonly signal?: AbortSignal | undefined;
}

/** What the consumer says of itself; not where it is, the server counts matches only there. */
export interface Progress {
  /** The server that holds it; undefined where there is no cluster. */
  readonly server: string | undefined;
  readonly deliveries: number;
  readonly pending: number;
}

const nanos = (duration: Millis): number => duration * 1_000_000;

/**
 * Makes an ephemeral push consumer: unacknowledged, in memory, on one server.
 *
 * Push, because its heartbeats say how far the stream has been searched; unacknowledged, because the
 * reader keeps its own cursor; on one server, because a new one is cheaper than a replicated one.
 * @throws {Fault} `store-unavailable`, `store-refused`, `store-misconfigured` (no such stream)
 */
export async function createConsumer(
  link: SupervisedConnection,
  name: string,
  deliverTo: string,
  spec: ConsumerSpec,
): Promise<void> {
  const { stream, filters, from, within, signal, heartbeat = seconds(1) } = spec;
  const [only] = filters;
  const single = filters.length === 1 && only !== undefined;
  // One filter goes into the subject, where a permission can hold us to it.
  const what = `CONSUMER.CREATE.${stream}.${name}${single ? `.${only}` : ''}`;
  const filter = single ? { filter_subject: only } : { filter_subjects: filters };
  const config = {
    name,
    deliver_subject: deliverTo,
    ack_policy: 'none',
    // With one message per subject, all that there is is the last of each.
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
  expectOk(what, await askApi(link, what, { stream_name: stream, config }, { within, signal }));
}

/** @throws {Fault} `store-unavailable` */
export async function progressOf(
  link: SupervisedConnection,
  name: string,
  { stream, within, signal }: ConsumerSpec,
): Promise<Progress> {
  const what = `CONSUMER.INFO.${stream}.${name}`;
  const answer = await askApi<ConsumerInfo>(link, what, {}, { within, signal });
  const { cluster, delivered, num_pending } = expectOk(what, answer);
  return { server: cluster?.leader, deliveries: delivered.consumer_seq, pending: num_pending };
}

/** Where this is not allowed, or not heard, the server drops it 30 s after our interest is gone. */
export function dropConsumer(
  link: SupervisedConnection,
  name: string,
  { stream }: ConsumerSpec,
): void {
  link.publish(`$JS.API.CONSUMER.DELETE.${stream}.${name}`, '');
}

/** A subject that nobody else knows, under the prefix that we connected with. */
export function newInbox({ connection }: SupervisedConnection): string {
  // The client's type does not say that it has its options.
  const { options } = connection as unknown as { options: { inboxPrefix?: string } };
  return createInbox(options.inboxPrefix);
}
