import type { Millis } from '../../../domain/time.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { readMark, writeMark } from '../history/store-mark.ts';
import { natsServerTime } from '../streams/server-time.ts';

/** A pause ends by itself, so that a backup that was killed does not stop trimming for long. */
const pause: Millis = 120_000;
const renewEvery: Millis = 40_000;

/**
 * Asks all collectors not to trim the outbox, until disposed. A backup copies the audit first and then the
 * registry; meanwhile the outbox has to keep what the copy of the audit lacks. A collector of an older version
 * does not know the pause: the backup compares afterwards. Its end is a time of the server, not of this machine.
 */
export async function pauseTrimming(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<AsyncDisposable> {
  const set = async (copying: number | undefined) => {
    for (let tries = 0; tries < 20; tries += 1) {
      const { mark, revision } = await readMark(connection, names, within);
      const { copying: _, ...rest } = mark;
      const next = { ...rest, ...(copying !== undefined && { copying }) };
      if (await writeMark(connection, names, { mark: next, revision }, within)) return;
    }
  };
  const time = natsServerTime(connection, names.auditStream, within);
  const renew = async () => set((await time.now()) + pause);
  await renew();
  const timer = setInterval(() => void renew().catch(() => {}), renewEvery);
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      // If this fails the pause ends by itself.
      await set(undefined).catch(() => {});
    },
  };
}
