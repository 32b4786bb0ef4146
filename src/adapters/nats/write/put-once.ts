import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { type Message, publish } from './publish.ts';

/**
 * Stores a message that may be stored twice; `first`: unless there is one already.
 * @throws {Fault} `store-unavailable`; it may or may not have been stored
 */
export async function putOnce(
  link: SupervisedConnection,
  { subject, text, first }: Pick<Message, 'subject' | 'text'> & { readonly first?: boolean },
  within: Millis,
): Promise<void> {
  const headers: Message['headers'] = first ? [['Nats-Expected-Last-Subject-Sequence', '0']] : [];
  const until = performance.now() + within;
  for (;;) {
    const left = Math.max(1, until - performance.now());
    const published = await publish(link, [{ subject, text, headers }], left);
    if (published.kind === 'stored' || published.kind === 'conflict') return;
    if (published.kind === 'unavailable' || performance.now() >= until) {
      throw new Fault('store-unavailable', `${subject}: ${published.why}`);
    }
  }
}
