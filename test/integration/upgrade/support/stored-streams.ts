import { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { connect, type NatsConnection, headers as newHeaders } from '@nats-io/transport-node';
import { z } from 'zod';
import { until } from '../../harness/until.ts';

/** A line of a recording: a stream, then its messages. */
const Line = z.union([
  z.object({ stream: z.string(), config: z.looseObject({ name: z.string() }), last: z.number() }),
  z.object({
    stream: z.string(),
    seq: z.number(),
    subject: z.string(),
    headers: z.record(z.string(), z.string()),
    text: z.string(),
  }),
]);
type StoredMessage = Extract<z.infer<typeof Line>, { seq: number }>;

/** The namespace in the recordings. */
export const recordedNamespace = 'old';
const registry = `KV_rollcall_${recordedNamespace}_registry`;
const audit = `ROLLCALL_${recordedNamespace}_audit`;
const [eventPrefix, auditPrefix] = ['event', 'audit'].map(
  (part) => `rollcall.${recordedNamespace}.${part}.`,
) as [string, string];

/** What a message must keep: the rest are conditions of its write. */
const kept = ['KV-Operation', 'Nats-TTL'];

/**
 * Makes the streams of a recording on a server: with their configurations, and with each message of registry
 * and keyframes at its sequence, byte for byte. The audit copies its events from the registry again, so the
 * times at which it stored them are new. A recording is made by reading each message of the four streams. Leases are left out: the processes of the recording are gone.
 */
export async function restoreStreams(url: string, recording: string): Promise<void> {
  const path = fileURLToPath(
    new URL(`../../../fixtures/older-store/${recording}`, import.meta.url),
  );
  const lines = gunzipSync(await readFile(path))
    .toString()
    .trimEnd()
    .split('\n');
  const all = lines.map((line) => Line.parse(JSON.parse(line)));
  const nc = await connect({ servers: url });
  try {
    const jsm = await jetstreamManager(nc);
    const streams = all.filter((line) => 'config' in line);
    const messages = all.filter((line) => 'seq' in line);
    for (const { config, stream, last } of streams.filter(({ stream }) => stream !== audit)) {
      await jsm.streams.add(config as Partial<StreamConfig> & { name: string });
      if (stream.endsWith('_leases')) continue;
      const own = stream === registry ? [...messages, ...messages.flatMap(outboxEvent)] : messages;
      const first = Number(config['first_seq'] ?? 1);
      await fill(
        nc,
        own.filter((one) => one.stream === stream),
        first,
        last,
      );
    }
    const { config, last = 0 } = streams.find(({ stream }) => stream === audit) ?? {};
    if (!config) throw new Error('the recording has an audit');
    await jsm.streams.add(config as Partial<StreamConfig> & { name: string });
    await until('the audit has all events', async () => {
      const { state } = await jsm.streams.info(audit);
      return state.last_seq === last;
    });
  } finally {
    await nc.close();
  }
}

/** An event as the registry had it, before the outbox was trimmed. */
function outboxEvent({ stream, subject, headers, text }: StoredMessage): readonly StoredMessage[] {
  const [, seq] = headers['Nats-Stream-Source']?.split(' ') ?? [];
  if (stream !== audit || seq === undefined) return [];
  const own = eventPrefix + subject.slice(auditPrefix.length);
  return [{ stream: registry, seq: Number(seq), subject: own, headers: {}, text }];
}

/** A sequence without a message gets one that nobody reads. */
async function fill(
  nc: NatsConnection,
  messages: readonly StoredMessage[],
  first: number,
  last: number,
) {
  const bySeq = new Map(messages.map((one) => [one.seq, one]));
  for (let seq = first; seq <= last; seq += 1) {
    const {
      subject = `rollcall.${recordedNamespace}.fence.filler`,
      text = '',
      headers = {},
    } = bySeq.get(seq) ?? {};
    const header = newHeaders();
    for (const [name, value] of Object.entries(headers)) {
      if (kept.includes(name)) header.set(name, value);
    }
    const reply = await nc.request(subject, Buffer.from(text), { headers: header, timeout: 5000 });
    const stored = reply.json<{ seq?: number }>();
    if (stored.seq !== seq)
      throw new Error(`${subject} is at ${JSON.stringify(stored)}, not ${seq}`);
  }
}
