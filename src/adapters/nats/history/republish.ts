import { Fault } from '../../../domain/fault.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { publish } from '../write/publish.ts';
import { compareOutbox } from './unaudited.ts';

/**
 * Writes again the events up to a revision that the audit lacks. The audit looks only behind its last
 * event, so it never copies an event that was written into sequences of a lost registry.
 *
 * Oldest first, each only if its subject still has this revision: of two processes that do this, also an
 * hour apart, one stores each event.
 * @throws {Fault} `store-unavailable`: some may be left; `store-refused`
 */
export async function republishUpTo(
  connection: SupervisedConnection,
  names: SubjectNames,
  revision: Revision,
  within: Millis,
): Promise<void> {
  const compared = await compareOutbox(connection, names, revision, within);
  for (const event of compared.filter(({ auditSeq }) => auditSeq === 0)) {
    const message = {
      subject: names.eventPrefix + event.subject,
      text: event.text,
      headers: [['Nats-Expected-Last-Subject-Sequence', `${event.revision}`]] as const,
    };
    const { kind } = await publish(connection, [message], within);
    if (kind === 'stored' || kind === 'conflict') continue;
    throw new Fault('store-unavailable', `the event ${event.subject} could not be written again`);
  }
}
