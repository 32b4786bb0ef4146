import { runSubject } from '../../domain/events/event-subjects.ts';
import type { Millis } from '../../domain/time.ts';
import type { Pong, RunMessaging } from '../../ports/run-messaging.ts';
import type { MemoryServer } from './server/memory-server.ts';
import type { Answerer } from './server/subscriptions.ts';
import { requestOver, sendOver, type Transport } from './server/transport.ts';

/** The probe of one client, and the end of all its subscriptions. */
export interface MemoryProbe extends RunMessaging, Disposable {}

export function memoryProbe(
  world: MemoryServer,
  link: Transport,
  isOpen: () => boolean,
): MemoryProbe {
  const { answerers } = world;
  const mine = new Map<Answerer, string>();
  const drop = (answerer: Answerer, subject: string) => {
    mine.delete(answerer);
    answerers.remove(subject, answerer);
  };
  return {
    async serve(run, respond) {
      const subject = runSubject(run);
      const told = respond.onNotice.bind(respond);
      const answerer = { link, isOpen, pong: () => respond.pong(), told };
      await requestOver(link, `listening for ${subject}`, () => {
        answerers.add(subject, answerer);
        mine.set(answerer, subject);
      });
      return { [Symbol.asyncDispose]: async () => drop(answerer, subject) };
    },

    async ping(run, within) {
      const subject = runSubject(run);
      const asked = await requestOver(link, `asking ${subject}`, () => answerers.on(subject));
      if (asked.length === 0) return 'no-responders';
      return firstAnswer(world, asked, within);
    },

    notify(run, notice) {
      const tellAll = () => {
        for (const { link, told } of answerers.on(runSubject(run))) {
          sendOver(link.carry(() => told(notice)));
        }
      };
      sendOver(link.carry(tellAll));
    },

    [Symbol.dispose]() {
      for (const [answerer, subject] of mine) drop(answerer, subject);
    },
  };
}

async function firstAnswer(
  { clock }: MemoryServer,
  asked: readonly Answerer[],
  within: Millis,
): Promise<Pong | 'no-answer'> {
  const answered = new AbortController();
  let answer: Pong | undefined;
  for (const { link, pong } of asked) {
    sendOver(
      link.carry(pong).then((pong) => {
        answer ??= pong;
        answered.abort();
      }),
    );
  }
  await clock.sleep(within, answered.signal);
  return answer ?? 'no-answer';
}
