import { createInbox, type Msg, type NatsConnection, nuid } from '@nats-io/transport-node';

export interface BareWatch {
  readonly stream: string;
  readonly filter: string;
  /** The first sequence; 0: all messages. */
  readonly from: number;
}

/** A consumer of the bare client, for floors. The server removes it when the connection closes. */
export async function watchBare(
  bare: NatsConnection,
  { stream, filter, from }: BareWatch,
  take: (msg: Msg) => void,
): Promise<void> {
  const inbox = createInbox();
  bare.subscribe(inbox, { callback: (_, msg) => take(msg) });
  const name = nuid.next();
  const config = {
    name,
    deliver_subject: inbox,
    filter_subject: filter,
    ack_policy: 'none',
    mem_storage: true,
    num_replicas: 1,
    ...(from > 0
      ? { deliver_policy: 'by_start_sequence', opt_start_seq: from }
      : { deliver_policy: 'all' }),
  };
  const reply = await bare.request(
    `$JS.API.CONSUMER.CREATE.${stream}.${name}.${filter}`,
    JSON.stringify({ stream_name: stream, config }),
    { timeout: 10_000 },
  );
  const { error } = reply.json<{ error?: { description: string } }>();
  if (error !== undefined)
    throw new Error(`the consumer of the bare client failed: ${error.description}`);
}

/**
 * Rejects when the connection is lost, and otherwise stays open. The server cuts off a client that reads too slowly, because a
 * consumer of the bare client has no flow control; then nothing more arrives.
 */
export async function lossOf(bare: NatsConnection): Promise<never> {
  for await (const { type } of bare.status()) {
    if (type === 'disconnect') throw new BareClientLost('the server cut the bare client off');
  }
  return new Promise(() => {});
}

/** The bare client lost its connection in the middle of a measurement. */
export class BareClientLost extends Error {}
