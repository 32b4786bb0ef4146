import type { Msg, Subscription } from '@nats-io/transport-node';
import { runSubject } from '../../domain/events/event-subjects.ts';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Notice, Pong, RunMessaging, RunResponder } from '../../ports/run-messaging.ts';
import { backoff, sleep } from './connection/backoff.ts';
import { isInbox } from './connection/inbox.ts';
import { jsonOf } from './connection/message.ts';
import type { SubjectNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';

const notices: ReadonlySet<string> = new Set<Notice>(['suspected', 'expired', 'superseded']);

const isNotice = (text: string): text is Notice => notices.has(text);

/** The waits before a subscription that the server refused is tried again: an operator may have granted the right. */
const [shortestWait, longestWait]: readonly [Millis, Millis] = [seconds(2), seconds(60)];

/**
 * Messages on a run's own subject. A request without a body is a ping; a message whose body is the name
 * of a notice delivers it.
 *
 * @param within how long to wait for the connection
 */
export function natsRunMessaging(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): RunMessaging {
  return {
    async serve(run, respond) {
      if (!(await connection.connected(within))) {
        throw new Fault('store-unavailable', 'not connected: no ping could reach this run');
      }
      const subject = names.runPrefix + runSubject(run);
      const end = new AbortController();
      // The server processes a connection's commands in order, so there is nothing to wait for.
      const subscription = subscribe(connection, subject, respond);
      void keepSubscribed(subscription, { connection, subject, respond, within }, end.signal);
      return {
        async [Symbol.asyncDispose]() {
          end.abort();
        },
      };
    },

    async ping(run, wait) {
      const subject = names.runPrefix + runSubject(run);
      if (!(await connection.connected(within))) {
        throw new Fault('store-unavailable', 'not connected: no ping was sent');
      }
      const reply = await connection.request(subject, '', { within: wait });
      if (reply.kind === 'received') return readPong(reply.msg);
      if (reply.kind === 'timed-out') return 'no-answer';
      if (connection.up) return 'no-responders';
      throw new Fault('store-unavailable', `no ping was sent: ${reply.why}`);
    },

    notify(run, notice) {
      connection.publish(names.runPrefix + runSubject(run), notice);
    },
  };
}

const subscribe = (
  connection: SupervisedConnection,
  subject: string,
  respond: RunResponder,
): Subscription =>
  connection.client.subscribe(subject, {
    callback: (error, msg) => {
      if (error === null) handleMessage(connection, msg, respond);
    },
  });

/**
 * Keeps a subscription until the signal aborts. One that the server refused is gone: the client does not
 * renew it when it connects again. It is tried again after a wait and after each reconnect.
 */
async function keepSubscribed(
  first: Subscription,
  {
    connection,
    subject,
    respond,
    within,
  }: {
    connection: SupervisedConnection;
    subject: string;
    respond: RunResponder;
    within: Millis;
  },
  signal: AbortSignal,
): Promise<void> {
  let subscription = first;
  const stop = () => {
    if (!connection.client.isClosed()) subscription.unsubscribe();
  };
  signal.addEventListener('abort', stop);
  let refusals = 0;
  for (;;) {
    const refusal = await subscription.closed;
    if (!(refusal instanceof Error) || signal.aborted) return;
    if (refusals === 0) respond.onRefused?.(refusal.message);
    await reconnectedOrLater(connection, backoff(refusals, shortestWait, longestWait), signal);
    if (signal.aborted || connection.client.isClosed()) return;
    refusals += 1;
    subscription = subscribe(connection, subject, respond);
    // A refusal arrives before the answer to the flush.
    const isAnswered = await flush(connection, within).then(
      () => true,
      () => false,
    );
    if (!isAnswered || subscription.isClosed()) continue;
    refusals = 0;
    respond.onAccepted?.();
  }
}

async function reconnectedOrLater(
  connection: SupervisedConnection,
  wait: Millis,
  signal: AbortSignal,
): Promise<void> {
  const isOver = new AbortController();
  const until = AbortSignal.any([signal, isOver.signal]);
  await Promise.race([connection.reconnected(until), sleep(wait, until)]);
  isOver.abort();
}

function handleMessage(connection: SupervisedConnection, msg: Msg, respond: RunResponder): void {
  const text = msg.string();
  if (isNotice(text)) {
    respond.onNotice(text);
    return;
  }
  if (text !== '' || !msg.reply || !isInbox(msg.reply)) return;
  connection.publish(msg.reply, JSON.stringify(respond.pong()));
}

function readPong(msg: Msg): Pong | 'no-answer' {
  const { lag, state } = (jsonOf(msg) ?? {}) as Partial<Pong>;
  return typeof lag === 'number' && typeof state === 'string' ? { lag, state } : 'no-answer';
}

/** After the server's answer the subscription is active: it processes a connection's commands in order. */
async function flush(connection: SupervisedConnection, within: Millis): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const fault = new Fault('store-unavailable', 'the server did not confirm a subscription');
    timer = setTimeout(() => reject(fault), within);
  });
  try {
    await Promise.race([connection.client.flush(), late]);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault(
      'store-unavailable',
      'the connection broke before the server confirmed a subscription',
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}
