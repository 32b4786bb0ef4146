import { systemAdapters } from '../../composition/system-adapters.ts';
import { StoreInUse } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';

/** A nats-server that stops writes its data first, and keeps its store locked until then. */
const endsWithin: Millis = seconds(10);
const tryEvery: Millis = seconds(0.5);

interface Previous {
  /** Whether a `rollcall up` of this user runs. One that stops first takes its login back, then stops its server. */
  readonly isRunning: () => boolean;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Starts a server on a store that the server of a previous `rollcall up` may still be leaving.
 * @throws {Fault} what `start` throws; for a store that another process uses after 10 s, or at once if that is no
 * server that stops
 */
export async function afterPrevious<Server>(
  start: () => Promise<Server>,
  { isRunning, say, signal }: Previous,
  clock: Pick<typeof systemAdapters.clock, 'monotonic' | 'sleep'> = systemAdapters.clock,
): Promise<Server> {
  const until = clock.monotonic() + endsWithin;
  for (let tries = 0; ; tries += 1) {
    try {
      return await start();
    } catch (cause) {
      if (
        !(cause instanceof StoreInUse) ||
        isRunning() ||
        signal.aborted ||
        clock.monotonic() > until
      )
        throw cause;
      if (tries === 0) say(`${cause.message}, which seems to stop: waiting for it`);
      await clock.sleep(tryEvery, signal);
    }
  }
}
