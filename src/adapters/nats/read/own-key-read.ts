import { headers, type Msg } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import { code, errorIn } from '../connection/jetstream-errors.ts';
import { jsonOf, type StreamMessage } from '../connection/message.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';

/** No subject ever has this sequence, so a write that expects it is never stored. */
const impossible: Revision = Number.MAX_SAFE_INTEGER;

/**
 * The last message of a subject that this user may write; undefined if there is none. For a user who may
 * only read single subjects: a permission can restrict this request, but not one that names the message in
 * its body.
 *
 * Any replica answers the read, and a replica may lag. So the leader is asked too: it refuses a write that
 * expects an impossible sequence, and its refusal names the last sequence of the subject. An answer with
 * another sequence is read again.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function readOwnKey(
  connection: SupervisedConnection,
  stream: string,
  subject: string,
  within: Millis,
): Promise<StreamMessage | undefined> {
  const until = performance.now() + within;
  let why = 'no time left';
  for (let tries = 0; ; tries += 1) {
    const left = until - performance.now();
    if (left <= 0) throw new Fault('store-unavailable', `${subject} cannot be read: ${why}`);
    const read = await readReplica(connection, stream, subject, left);
    if (typeof read === 'string') why = read;
    else {
      const last = await sequenceAtLeader(
        connection,
        subject,
        Math.max(1, until - performance.now()),
      );
      if (last === (read.message?.seq ?? 0)) return read.message;
      why = typeof last === 'string' ? last : 'the replica that answers lags';
    }
    await sleep(Math.min(backoff(tries, 10, 250), until - performance.now()));
  }
}

/**
 * As {@link readOwnKey}, of a subject to which only the server writes: the answer of a replica counts.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function readCopiedKey(
  connection: SupervisedConnection,
  stream: string,
  subject: string,
  within: Millis,
): Promise<StreamMessage | undefined> {
  const until = performance.now() + within;
  for (let tries = 0; ; tries += 1) {
    const left = Math.max(1, until - performance.now());
    const read = await readReplica(connection, stream, subject, left);
    if (typeof read !== 'string') return read.message;
    if (performance.now() >= until) {
      throw new Fault('store-unavailable', `reading ${subject}: ${read}`);
    }
    await sleep(Math.min(backoff(tries, 10, 250), until - performance.now()));
  }
}

/** The answer of one replica, or why there is none. */
async function readReplica(
  connection: SupervisedConnection,
  stream: string,
  subject: string,
  within: Millis,
): Promise<{ readonly message: StreamMessage | undefined } | string> {
  const what = `$JS.API.DIRECT.GET.${stream}.${subject}`;
  const reply = await connection.request(what, '', { within: Math.max(250, within / 3) });
  if (reply.kind !== 'received') return reply.why;
  const status = reply.msg.headers?.code ?? 0;
  if (status === 404) return { message: undefined };
  if (status !== 0) return `${status} ${reply.msg.headers?.description ?? ''}`;
  const message = messageOf(reply.msg);
  return message === undefined ? 'the reply is not a message of a stream' : { message };
}

/** undefined if the reply has an unknown form: any client may have sent it (G12). */
function messageOf(msg: Msg): StreamMessage | undefined {
  const header = (name: string) => msg.headers?.get(name) || undefined;
  const subject = header('Nats-Subject');
  const seq = Number(header('Nats-Sequence'));
  if (subject === undefined || !Number.isSafeInteger(seq) || seq < 1) return undefined;
  const storedAt = Date.parse(header('Nats-Time-Stamp') ?? '');
  return { subject, seq, text: msg.string(), storedAt, header };
}

/** The last sequence of a subject by the leader's word; 0 if it has no message. A text: why it is unknown. */
async function sequenceAtLeader(
  connection: SupervisedConnection,
  subject: string,
  within: Millis,
): Promise<Revision | string> {
  const expecting = headers();
  expecting.set('Nats-Expected-Last-Subject-Sequence', `${impossible}`);
  const options = { headers: expecting, within: Math.max(250, within / 3) };
  const reply = await connection.request(subject, '', options);
  if (reply.kind !== 'received') return reply.why;
  const error = errorIn(jsonOf(reply.msg) ?? {});
  const named = /^wrong last sequence: (\d+)$/.exec(error?.description ?? '')?.[1];
  if (error?.err_code === code.wrongLastSequence && named !== undefined) return Number(named);
  return error?.description ?? 'the leader did not tell the last sequence';
}
