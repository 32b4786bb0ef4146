import { runSubject } from '../../domain/events/event-subjects.ts';
import type { Millis } from '../../domain/time.ts';
import type { Pong, RunMessaging } from '../../ports/run-messaging.ts';
import type { MemoryServer } from './server/memory-server.ts';
import type { Subscriber } from './server/subscriptions.ts';
import { requestOver, sendOver, type Transport } from './server/transport.ts';

/** The run messaging of one client. Disposing it ends all of its subscriptions. */
export interface MemoryRunMessaging extends RunMessaging, Disposable {}

export function memoryRunMessaging(
  server: MemoryServer,
  transport: Transport,
  isOpen: () => boolean,
): MemoryRunMessaging {
  const { subscriptions } = server;
  const own = new Map<Subscriber, string>();
  const drop = (subscriber: Subscriber, subject: string) => {
    own.delete(subscriber);
    subscriptions.remove(subject, subscriber);
  };
  return {
    async serve(run, respond) {
      const subject = runSubject(run);
      const subscriber = {
        ...{ transport, isOpen },
        pong: () => respond.pong(),
        onNotice: respond.onNotice.bind(respond),
      };
      let hasGivenUp = false;
      try {
        await requestOver(transport, `listening for ${subject}`, () => {
          if (hasGivenUp) return;
          subscriptions.add(subject, subscriber);
          own.set(subscriber, subject);
        });
      } catch (cause) {
        // The reply was lost, or the request arrives later. Nobody could end this subscription, so the client has none.
        hasGivenUp = true;
        drop(subscriber, subject);
        throw cause;
      }
      return { [Symbol.asyncDispose]: async () => drop(subscriber, subject) };
    },

    async ping(run, within) {
      const subject = runSubject(run);
      const subscribers = await requestOver(transport, `pinging ${subject}`, () =>
        subscriptions.on(subject),
      );
      if (subscribers.length === 0) return 'no-responders';
      return firstAnswer(server, subscribers, within);
    },

    notify(run, notice) {
      const notifyAll = () => {
        for (const { transport, onNotice } of subscriptions.on(runSubject(run))) {
          sendOver(transport.carry(() => onNotice(notice)));
        }
      };
      sendOver(transport.carry(notifyAll));
    },

    [Symbol.dispose]() {
      for (const [subscriber, subject] of own) drop(subscriber, subject);
    },
  };
}

async function firstAnswer(
  { clock }: MemoryServer,
  subscribers: readonly Subscriber[],
  within: Millis,
): Promise<Pong | 'no-answer'> {
  const hasAnswer = new AbortController();
  let first: Pong | undefined;
  for (const { transport, pong } of subscribers) {
    sendOver(
      transport.carry(pong).then((reply) => {
        first ??= reply;
        hasAnswer.abort();
      }),
    );
  }
  await clock.sleep(within, hasAnswer.signal);
  return first ?? 'no-answer';
}
