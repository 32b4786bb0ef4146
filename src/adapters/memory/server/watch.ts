import { tombstoneTtl } from '../../../domain/policy/lease-policy.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
import type { WatchEvent } from '../../../ports/watch.ts';
import type { MemoryServer } from './memory-server.ts';
import type { MemoryStream, Message } from './stream.ts';
import { NoReplyError, type Transport } from './transport.ts';

/** What to watch, and how its messages become entries. */
export interface WatchSpec {
  readonly stream: MemoryStream;
  readonly wants: (subject: string) => boolean;
  readonly keyOf: (subject: string) => string;
}

/**
 * A watch (see `ports/watch.ts`). It fetches changes whenever there are some, over the client's own
 * transport, so that a broken or slow transport makes it stale. It starts over when the stream has
 * another history, and periodically.
 */
export async function* watchStream(
  spec: WatchSpec,
  { transport, server }: { readonly transport: Transport; readonly server: MemoryServer },
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const { clock, aliveEvery } = server;
  using subscription = spec.stream.listen(spec.wants);
  const toEntry = (message: Message) => entryOf(message, spec.keyOf);
  let cursor: Revision | undefined;
  let history = spec.stream.history;
  /** Why the next snapshot is taken; the first one has no reason. */
  let why: string | undefined;
  let resyncAt = clock.monotonic() + server.resyncEvery;
  let lastEventAt = clock.monotonic();
  /** The server's time at its last answer. */
  let answeredAt = clock.wall();
  let stale = false;
  while (!signal.aborted) {
    const startOver = (because: string) => {
      if (cursor !== undefined) why = because;
      cursor = undefined;
    };
    // After a longer interruption than a tombstone lives, a removal may have left no trace.
    if (clock.monotonic() - lastEventAt >= tombstoneTtl) startOver('nothing was received for long');
    if (clock.monotonic() >= resyncAt) startOver('periodic check');
    const previous = cursor;
    const refusal = server.refusesWatch(transport, spec.stream);
    const result =
      refusal === undefined
        ? await tryCarry(transport, () => ({
            ...fetchAfter(spec, previous ?? 0),
            at: clock.wall(),
          }))
        : { down: new NoReplyError(refusal, false) };
    if (signal.aborted) return;
    if ('down' in result) {
      if (!stale) yield { kind: 'stale', why: result.down.message };
      stale = true;
      await clock.sleep(aliveEvery, signal);
      continue;
    }
    if (result.history !== history) {
      history = result.history;
      if (cursor !== undefined) {
        startOver('the stream has another history');
        continue;
      }
    }
    // Its clock was set forward meanwhile: tombstones may have lapsed long before their time.
    if (cursor !== undefined && result.at - answeredAt >= tombstoneTtl) {
      answeredAt = result.at;
      startOver('the clock of the server was set forward');
      continue;
    }
    answeredAt = result.at;
    const messages =
      previous === undefined
        ? result.messages
        : result.messages.slice(0, server.batchSize(result.messages.length));
    if (cursor === undefined) {
      cursor = result.upTo;
      lastEventAt = clock.monotonic();
      resyncAt = lastEventAt + server.resyncEvery;
      yield snapshotEvent(messages.map(toEntry), cursor, why);
    } else if (messages.length > 0 || stale) {
      const { seq = cursor, storedAt } = messages.at(-1) ?? {};
      cursor = seq;
      lastEventAt = clock.monotonic();
      const entries = messages.map(toEntry);
      yield { kind: 'changes', entries, upTo: cursor, ...(storedAt && { storedAt }) };
    } else if (clock.monotonic() >= lastEventAt + aliveEvery) {
      // The same sum as below: with another rounding the wait could be 0 and this never reached.
      lastEventAt = clock.monotonic();
      yield { kind: 'heartbeat' };
    }
    stale = false;
    if (messages.length < result.messages.length) continue;
    await subscription.notifier.wait(clock, lastEventAt + aliveEvery - clock.monotonic(), signal);
  }
}

function snapshotEvent(
  all: readonly KeyValueEntry[],
  upTo: Revision,
  why: string | undefined,
): WatchEvent {
  const entries = all.filter(({ text }) => text !== undefined);
  const removals = all.filter(({ text }) => text === undefined);
  return { kind: 'snapshot', entries, upTo, ...(why !== undefined && { why }), removals };
}

const fetchAfter = ({ stream, wants }: WatchSpec, seq: Revision) => ({
  messages: stream.after(seq, wants),
  upTo: stream.lastSeq,
  history: stream.history,
});

export const entryOf = (
  { subject, seq, text, storedAt }: Message,
  keyOf: (subject: string) => string,
): KeyValueEntry => ({
  key: keyOf(subject),
  revision: seq,
  text,
  ...(text === undefined && { removedAt: storedAt }),
});

async function tryCarry<T>(
  transport: Transport,
  serve: () => T,
): Promise<T | { down: NoReplyError }> {
  try {
    return await transport.carry(serve);
  } catch (cause) {
    if (cause instanceof NoReplyError) return { down: cause };
    throw cause;
  }
}
