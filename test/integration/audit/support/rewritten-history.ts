import { Buffer } from 'node:buffer';
import { headers } from '@nats-io/transport-node';
import { systemHash } from '../../../../src/adapters/system/hash.ts';
import { systemSignatures } from '../../../../src/adapters/system/signatures.ts';
import { AuditEvent } from '../../../../src/domain/events/event-schema.ts';
import { sealEvent } from '../../../../src/domain/events/hash-chain.ts';
import type { Signer } from '../../../../src/domain/events/signature.ts';
import { until } from '../../harness/until.ts';
import type { Opened } from '../../nats/support/open-store.ts';

/** `kept`: the old signatures; `none`: no keys and signatures; `invented`: a new key for each run. */
export type Signing = 'kept' | 'none' | 'invented';

interface Message {
  readonly seq: number;
  readonly subject: string;
  readonly text: string;
  readonly operation: string | undefined;
}

/**
 * Makes the registry and the audit anew, with the same sequences and with hashes that fit: what somebody can do
 * who has all permissions on the streams. `change` rewrites the text of each event.
 */
export async function writeAnew(
  opened: Opened,
  change: (text: string) => string,
  signing: Signing,
): Promise<void> {
  const { jsm, names, store } = opened;
  const streams = [names.registry.stream, names.auditStream];
  const [registry, audit] = await Promise.all(streams.map((name) => jsm.streams.info(name)));
  if (!registry || !audit) throw new Error('the namespace has both streams');
  const messages = new Map<number, Message>();
  for (const message of await everything(opened, names.registry.stream)) {
    messages.set(message.seq, message);
  }
  for await (const { origin, subject, text } of store.audit.read(0)) {
    const at = { seq: origin, subject: names.eventPrefix + subject };
    messages.set(origin, { ...at, text, operation: undefined });
  }
  const rewritten = rewrite(messages, names.eventPrefix, change, signing);
  for (const name of streams) await jsm.streams.delete(name);
  await jsm.streams.add(registry.config);
  // A stream begins where its configuration says, also if that message was overwritten since.
  const first = registry.config.first_seq ?? registry.state.first_seq;
  for (let seq = first; seq <= registry.state.last_seq; seq += 1) {
    await put(opened, seq, rewritten.get(seq));
  }
  await jsm.streams.add(audit.config);
  await until('the audit is as long as before', async () => {
    const { state } = await jsm.streams.info(names.auditStream);
    return state.last_seq === audit.state.last_seq;
  });
}

async function everything({ jsm }: Opened, stream: string): Promise<readonly Message[]> {
  const { state } = await jsm.streams.info(stream);
  const found: Message[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await jsm.streams.getMessage(stream, { seq }).catch(() => null);
    if (!message) continue;
    const operation = message.header.get('KV-Operation');
    const text = new TextDecoder().decode(message.data);
    found.push({ seq, subject: message.subject, text, operation: operation || undefined });
  }
  return found;
}

/** In the order of the revisions: an event knows only hashes of earlier ones, a record those of its batch. */
function rewrite(
  messages: ReadonlyMap<number, Message>,
  eventPrefix: string,
  change: (text: string) => string,
  signing: Signing,
): ReadonlyMap<number, Message> {
  const hashes = new Map<string, string>();
  const signers = new Map<string, Signer>();
  const signerOf = (event: AuditEvent) => {
    const { run } = event.actor;
    const signer = signers.get(run) ?? systemSignatures.signerFor(run);
    signers.set(run, signer);
    return signer;
  };
  const rehashed = (text: string) =>
    text.replaceAll(/[0-9a-f]{64}/g, (hash) => hashes.get(hash) ?? hash);
  const result = new Map<number, Message>();
  const inOrder = [...messages.values()].toSorted((a, b) => a.seq - b.seq);
  const isEvent = ({ subject }: Message) => subject.startsWith(eventPrefix);
  for (const message of inOrder.filter(isEvent)) {
    const changed = change(rehashed(message.text));
    const text = signing === 'kept' ? changed : signedAnew(changed, signing, signerOf);
    hashes.set(systemHash(message.text), systemHash(text));
    result.set(message.seq, { ...message, text, subject: change(message.subject) });
  }
  for (const message of inOrder.filter((one) => !isEvent(one))) {
    result.set(message.seq, { ...message, text: change(rehashed(message.text)) });
  }
  return result;
}

function signedAnew(
  text: string,
  signing: Signing,
  signerOf: (event: AuditEvent) => Signer,
): string {
  const { key: _, sig: __, ...event } = AuditEvent.parse(JSON.parse(text));
  return sealEvent(event, signing === 'none' ? undefined : signerOf(event)).text;
}

/** A sequence that is empty now gets a message that nobody reads. */
async function put({ raw, names }: Opened, seq: number, message: Message | undefined) {
  const header = headers();
  if (message?.operation !== undefined) header.set('KV-Operation', message.operation);
  const subject = message?.subject ?? `${names.fencePrefix}filler`;
  const reply = await raw.request(subject, Buffer.from(message?.text ?? ''), {
    headers: header,
    timeout: 5000,
  });
  const stored = reply.json<{ seq?: number }>();
  if (stored.seq !== seq) throw new Error(`${subject} is at ${JSON.stringify(stored)}, not ${seq}`);
}
