import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { type OutgoingMessage, publish } from './publish.ts';

/**
 * Stores a message for which a repetition does no harm. With `onlyNew` it is not stored if the subject
 * already has a message.
 * @throws {Fault} `store-unavailable`; the message may or may not have been stored
 */
export async function putOnce(
  connection: SupervisedConnection,
  {
    subject,
    text,
    onlyNew,
  }: Pick<OutgoingMessage, 'subject' | 'text'> & { readonly onlyNew?: boolean },
  within: Millis,
): Promise<void> {
  const headers: OutgoingMessage['headers'] = onlyNew
    ? [['Nats-Expected-Last-Subject-Sequence', '0']]
    : [];
  const until = performance.now() + within;
  for (;;) {
    const left = Math.max(1, until - performance.now());
    const published = await publish(connection, [{ subject, text, headers }], left);
    if (published.kind === 'stored' || published.kind === 'conflict') return;
    if (published.kind === 'unavailable' || performance.now() >= until) {
      throw new Fault('store-unavailable', `${subject}: ${published.why}`);
    }
  }
}
