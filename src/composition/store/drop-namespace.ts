import { subjectNamesOf } from '../../adapters/nats/connection/subject-names.ts';
import { natsLeases } from '../../adapters/nats/leases.ts';
import {
  deleteStreams,
  extentOf,
  noNamespace,
  type StreamExtent,
} from '../../adapters/nats/streams/drop-namespace.ts';
import { streamInfo } from '../../adapters/nats/streams/ensure-streams.ts';
import { parseLeaseKey } from '../../domain/identity/registry-keys.ts';
import { seconds } from '../../domain/time.ts';
import type { Access } from './access.ts';
import { connectServer } from './connect-server.ts';

const within = seconds(5);

/**
 * Opens a namespace to delete it.
 * @throws {Fault} `not-found`, `store-unavailable`, `store-refused`, `server-too-old`, `store-misconfigured`
 */
export async function openForDrop(access: Access, signal: AbortSignal) {
  await using opened = new AsyncDisposableStack();
  const connection = opened.use(await connectServer(access, 'namespace drop', signal));
  const names = subjectNamesOf(access.namespace);
  const streams = await extentOf(connection, names, within);
  if (streams.length === 0) throw noNamespace(access.namespace);
  const closing = opened.move();
  return {
    streams,
    /** The processes that hold leases in it now. @throws {Fault} if that is not known */
    users: async () => {
      const { leases } = names;
      if ((await streamInfo(connection, leases.stream, within)) === undefined) return [];
      return (await natsLeases(connection, leases, within).list('>')).map(({ key }) => userOf(key));
    },
    /** @throws {Fault} `store-unavailable`, `store-refused` */
    drop: (onDeleted: (stream: StreamExtent) => void) =>
      deleteStreams(connection, names, within, (name) => {
        const extent = streams.find(({ stream }) => stream === name);
        onDeleted(extent ?? { stream: name, messages: 0, bytes: 0, lastSequence: 0 });
      }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** `agent h1/api`; the key itself if no version of this program writes such a key. */
function userOf(key: string): string {
  try {
    const parsed = parseLeaseKey(key);
    return parsed.kind === 'seat'
      ? `collector with seat ${parsed.seat}`
      : `agent ${parsed.host}/${parsed.agent}`;
  } catch {
    return key;
  }
}
