import type { NatsConnection } from '@nats-io/transport-node';

/** The last sequence of a stream: how many messages it has had. */
export async function lastSequenceOf(bare: NatsConnection, stream: string): Promise<number> {
  const reply = await bare.request(`$JS.API.STREAM.INFO.${stream}`, '', { timeout: 10_000 });
  return reply.json<{ state: { last_seq: number } }>().state.last_seq;
}
