import { headers, type NatsConnection } from '@nats-io/transport-node';
import type { Millis } from '../domain/time.ts';
import { watchBare } from './bare-watch.ts';
import type { Stage } from './stage.ts';

/**
 * As many conditional deletes by the bare client, all at once, seen by a bare watcher: no events, no
 * batches, nobody who judges. In the same stream, so that it is the same store on the same disk.
 */
export async function deleteBare(name: string, count: number, stage: Stage): Promise<Millis> {
  const { bare, names } = stage;
  const { stream, prefix } = names.registry;
  const subjects = Array.from({ length: count }, (_, n) => `${prefix}bare.${name}.${n}`);
  const body = 'x'.repeat(400);
  const stored = await Promise.all(subjects.map((subject) => put(bare, subject, body)));
  let seen = 0;
  const all = Promise.withResolvers<void>();
  const from = Math.max(...stored) + 1;
  await watchBare(bare, { stream, filter: `${prefix}bare.${name}.*`, from }, () => {
    seen += 1;
    if (seen === count) all.resolve();
  });
  const began = performance.now();
  const deletes = subjects.map((subject, n) =>
    put(bare, subject, '', [
      ['KV-Operation', 'PURGE'],
      ['Nats-TTL', '60s'],
      ['Nats-Expected-Last-Subject-Sequence', `${stored[n]}`],
    ]),
  );
  await Promise.all([all.promise, ...deletes]);
  return performance.now() - began;
}

async function put(
  bare: NatsConnection,
  subject: string,
  body: string,
  own: readonly (readonly [string, string])[] = [],
): Promise<number> {
  const hdrs = headers();
  for (const [header, value] of own) hdrs.set(header, value);
  const reply = await bare.request(subject, body, { headers: hdrs, timeout: 10_000 });
  const { seq, error } = reply.json<{ seq: number; error?: { description: string } }>();
  if (error !== undefined) throw new Error(`${subject}: ${error.description}`);
  return seq;
}
