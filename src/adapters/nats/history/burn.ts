import type { Millis, Revision } from '../../../domain/time.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { readLast } from '../read/leader-read.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { publish } from '../write/publish.ts';

/** The maximum number of messages of an atomic batch. */
const batchSize = 1000;

/**
 * Uses up the sequences of the registry's stream up to and including `target`, with empty messages under a
 * subject of their own, of which the stream keeps the last one.
 *
 * Many processes may do this at once: each batch expects the last one of that subject, so that one of them
 * stores it and the others look again. A repeated batch after a lost reply only uses up more.
 * @returns whether the stream has passed the target in the given time
 * @throws {Fault} `store-unavailable`, `store-refused`: this user may not
 */
export async function burnSequences(
  connection: SupervisedConnection,
  names: SubjectNames,
  target: Revision,
  within: Millis,
): Promise<boolean> {
  const { stream } = names.registry;
  const until = performance.now() + within;
  for (let seen: Revision | undefined, lost = 0; ; ) {
    const left = until - performance.now();
    const last = (await streamInfo(connection, stream, Math.max(1, left)))?.state.last_seq ?? 0;
    if (last >= target) return true;
    if (left <= 0) return false;
    // Another process is at it.
    const isMoving = lost > 0 && last > (seen ?? last);
    seen = last;
    if (!isMoving) {
      const isStored = await burnBatch(connection, names, Math.min(batchSize, target - last), left);
      lost = isStored ? 0 : lost + 1;
    }
    if (lost > 0) await sleep(backoff(lost, 20, 500));
  }
}

async function burnBatch(
  connection: SupervisedConnection,
  names: SubjectNames,
  size: number,
  within: Millis,
): Promise<boolean> {
  const subject = `${names.fencePrefix}=burn`;
  const expected = (await readLast(connection, names.registry.stream, subject, within))?.seq ?? 0;
  const first = [['Nats-Expected-Last-Subject-Sequence', `${expected}`]] as const;
  const messages = Array.from({ length: size }, (_, index) => ({
    ...{ subject, text: '', headers: index === 0 ? first : [] },
  }));
  return (await publish(connection, messages, within)).kind === 'stored';
}
