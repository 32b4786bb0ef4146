import { tombstoneTtl } from '../../../domain/policy/lease-policy.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
import type { WatchEvent } from '../../../ports/watch.ts';
import type { MemoryServer } from './memory-server.ts';
import type { MemoryStream, Message } from './stream.ts';
import { LinkDown, type Transport } from './transport.ts';

/** What to watch, and how a message there becomes an entry. */
export interface WatchSpec {
  readonly stream: MemoryStream;
  readonly wants: (subject: string) => boolean;
  readonly keyOf: (subject: string) => string;
}

/**
 * A watch as `ports/feed.ts` promises it: it pulls what is new whenever there is something, over the
 * client's own link, so that a cut or slow line makes it stale like any other request.
 */
export async function* feed(
  watched: WatchSpec,
  { link, world }: { readonly link: Transport; readonly world: MemoryServer },
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const { clock, aliveEvery } = world;
  using listening = watched.stream.listen(watched.wants);
  let cursor: Revision | undefined;
  let saidAt = clock.monotonic();
  let stale = false;
  while (!signal.aborted) {
    // Away for longer than tombstones last, a removal may have left no trace.
    if (clock.monotonic() - saidAt >= tombstoneTtl) cursor = undefined;
    const since = cursor;
    const look = await answer(link, () => lookAfter(watched, since ?? 0));
    if (signal.aborted) return;
    if ('down' in look) {
      if (!stale) yield { kind: 'stale', why: look.down.message };
      stale = true;
      await clock.sleep(aliveEvery, signal);
      continue;
    }
    const entries =
      since === undefined
        ? look.entries
        : look.entries.slice(0, world.handsOver(look.entries.length));
    if (cursor === undefined) {
      cursor = look.upTo;
      saidAt = clock.monotonic();
      const standing = entries.filter(({ text }) => text !== undefined);
      yield { kind: 'snapshot', entries: standing, upTo: cursor };
    } else if (entries.length > 0 || stale) {
      cursor = entries.at(-1)?.revision ?? cursor;
      saidAt = clock.monotonic();
      yield { kind: 'changes', entries, upTo: cursor };
    } else if (clock.monotonic() >= saidAt + aliveEvery) {
      // The same sum as below: rounded in another way, the wait could be none and this not be reached.
      saidAt = clock.monotonic();
      yield { kind: 'heartbeat' };
    }
    stale = false;
    if (entries.length < look.entries.length) continue;
    await listening.bell.heard(clock, saidAt + aliveEvery - clock.monotonic(), signal);
  }
}

const lookAfter = ({ stream, wants, keyOf }: WatchSpec, seq: Revision) => ({
  entries: stream.after(seq, wants).map((message) => entryOf(message, keyOf)),
  upTo: stream.lastSeq,
});

const entryOf = (
  { subject, seq, text }: Message,
  keyOf: (subject: string) => string,
): KeyValueEntry => ({
  key: keyOf(subject),
  revision: seq,
  text,
});

async function answer<T>(link: Transport, serve: () => T): Promise<T | { down: LinkDown }> {
  try {
    return await link.carry(serve);
  } catch (cause) {
    if (cause instanceof LinkDown) return { down: cause };
    throw cause;
  }
}
