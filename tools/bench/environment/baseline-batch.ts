import { headers, type NatsConnection, nuid } from '@nats-io/transport-node';

/** A message as the bare client stores it; its subject must be new. */
export interface BareMessage {
  readonly subject: string;
  readonly body: string;
}

/** The server accepts this many messages per batch. */
const perBatch = 1000;
/** Too many open batches: the server takes 50 per stream. */
const tooManyOpen = 10_210;

/** Stores messages in as few atomic batches as the server permits, one after the other. */
export async function storeBare(
  bare: NatsConnection,
  messages: readonly BareMessage[],
): Promise<void> {
  for (let from = 0; from < messages.length; from += perBatch) {
    while (!(await storeBatch(bare, messages.slice(from, from + perBatch)))) {
      // Sent again at once: another batch ends within milliseconds.
    }
  }
}

/** False if too many batches were open. */
async function storeBatch(
  bare: NatsConnection,
  messages: readonly BareMessage[],
): Promise<boolean> {
  const id = nuid.next();
  for (const [at, { subject, body }] of messages.entries()) {
    const own = headers();
    own.set('Nats-Expected-Last-Subject-Sequence', '0');
    own.set('Nats-Batch-Id', id);
    own.set('Nats-Batch-Sequence', `${at + 1}`);
    if (at < messages.length - 1) {
      bare.publish(subject, body, { headers: own });
      continue;
    }
    own.set('Nats-Batch-Commit', '1');
    const reply = await bare.request(subject, body, { headers: own, timeout: 10_000 });
    const { error } = reply.json<{ error?: { err_code: number; description: string } }>();
    if (error?.err_code === tooManyOpen) return false;
    if (error !== undefined) throw new Error(`${subject}: ${error.description}`);
  }
  return true;
}
