import type { Msg } from '@nats-io/transport-node';
import { runSubject } from '../../domain/events/event-subjects.ts';
import { Fault } from '../../domain/fault.ts';
import type { Millis } from '../../domain/time.ts';
import type { Notice, Pong, RunMessaging } from '../../ports/run-messaging.ts';
import { jsonOf } from './connection/message.ts';
import type { SubjectNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';

const notices: ReadonlySet<string> = new Set<Notice>(['suspected', 'expired', 'superseded']);

const isNotice = (text: string): text is Notice => notices.has(text);

/**
 * A run's own subject: a request without a body asks, a message whose body is a notice tells.
 *
 * @param within how long to wait for the connection
 */
export function natsRunMessaging(
  link: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): RunMessaging {
  return {
    async serve(run, respond) {
      if (!(await link.connected(within))) {
        throw new Fault('store-unavailable', 'not connected: nobody could ask this run');
      }
      const subscription = link.connection.subscribe(names.runPrefix + runSubject(run), {
        callback: (error, msg) => {
          if (error === null) hear(link, msg, respond);
        },
      });
      try {
        await flush(link, within);
      } catch (cause) {
        subscription.unsubscribe();
        throw cause;
      }
      return {
        async [Symbol.asyncDispose]() {
          if (!link.connection.isClosed()) subscription.unsubscribe();
        },
      };
    },

    async ping(run, wait) {
      const subject = names.runPrefix + runSubject(run);
      if (!(await link.connected(within))) {
        throw new Fault('store-unavailable', 'not connected: nobody was asked');
      }
      const reply = await link.request(subject, '', { within: wait });
      if (reply.kind === 'received') return readPong(reply.msg);
      if (reply.kind === 'timed-out') return 'no-answer';
      if (link.up) return 'no-responders';
      throw new Fault('store-unavailable', `nobody was asked: ${reply.why}`);
    },

    notify(run, notice) {
      link.publish(names.runPrefix + runSubject(run), notice);
    },
  };
}

function hear(
  link: SupervisedConnection,
  msg: Msg,
  respond: { pong(): Pong; onNotice(notice: Notice): void },
): void {
  const text = msg.string();
  if (isNotice(text)) {
    respond.onNotice(text);
    return;
  }
  // Only to an inbox: we may be allowed to publish where whoever asks is not (B9).
  if (text !== '' || !msg.reply || !/^_INBOX[A-Za-z0-9_-]*\./.test(msg.reply)) return;
  link.publish(msg.reply, JSON.stringify(respond.pong()));
}

function readPong(msg: Msg): Pong | 'no-answer' {
  const { lag, state } = (jsonOf(msg) ?? {}) as Partial<Pong>;
  return typeof lag === 'number' && typeof state === 'string' ? { lag, state } : 'no-answer';
}

/** Once the server has answered, it has read all that came before: it routes to us. */
async function flush(link: SupervisedConnection, within: Millis): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const fault = new Fault('store-unavailable', 'the server did not confirm a subscription');
    timer = setTimeout(() => reject(fault), within);
  });
  try {
    await Promise.race([link.connection.flush(), late]);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('store-unavailable', 'the connection broke before the subscription', { cause });
  } finally {
    clearTimeout(timer);
  }
}
