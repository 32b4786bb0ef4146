import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault, PublishRefused } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Common } from '../command/command.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { connectOnce } from './connect.ts';
import { serverNow } from './server-now.ts';

const usuallyWithin: Millis = seconds(10);

/**
 * The complete view, for a command that prints it once; `now` is the server's time, for ages.
 * @throws {Fault} `store-unavailable` if it is not complete in time, `store-refused`
 */
export async function openDirectoryOnce(
  settings: Common,
  io: Terminal,
  as: string,
  { within = usuallyWithin, connectWithin }: { within?: Millis; connectWithin?: Millis } = {},
) {
  await using opened = new AsyncDisposableStack();
  const connected = opened.use(
    await connectOnce(
      settings,
      io,
      as,
      connectWithin === undefined ? {} : { within: connectWithin },
    ),
  );
  connected.store.requireAllReads();
  const { Directory } = await import('../../runtime/directory/directory.ts');
  const directory = opened.use(new Directory(connected.ports));
  const { server } = connected.store.status();
  // A timer that is left would keep the process alive after its last line.
  const finished = opened.adopt(new AbortController(), async (one) => one.abort());
  const late = AbortSignal.any([io.signal, finished.signal]);
  const ready = directory.ready.then(() => true);
  const waited = systemAdapters.clock.sleep(within, late).then(() => false);
  const complete = await withSpinner(io, 'reading the registry', () =>
    Promise.race([ready, waited]),
  );
  finished.abort();
  if (!complete) {
    const refused = connected.store.status().refusedSubject;
    if (refused !== undefined)
      throw new PublishRefused('store-refused', `this connection may not publish to ${refused}`);
    throw new Fault(
      'store-unavailable',
      `${server} did not return the registry within ${within / 1000} s`,
      {
        hint: 'check JetStream and the leaders of its streams: rollcall doctor',
      },
    );
  }
  const now = await serverNow(connected.ports);
  const closing = opened.move();
  return { directory, now, ...connected, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
