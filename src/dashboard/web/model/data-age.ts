import { clockTime, formatDuration } from '../format/format-time.ts';
import type { Connection } from '../protocol/worker-messages.ts';

export interface Age {
  readonly kind: 'live' | 'past' | 'stale' | 'away' | 'recording' | 'opening';
  readonly text: string;
  /** A banner says the rest of what is wrong. */
  readonly title?: string;
}

/** A short text with the age of the data. `past`: the viewed moment, if it is not the newest. */
export function age(
  connection: Connection | null,
  clock: number,
  { past }: { past: string | null },
): Age {
  if (!connection || (!connection.hello && connection.state !== 'broken')) {
    return { kind: 'opening', text: 'connecting …' };
  }
  const { mark, markAt, state } = connection;
  const old = formatDuration(clock - markAt);
  if (state === 'broken') {
    return { kind: 'stale', text: markAt === 0 ? 'no connection' : `stale · ${old} old` };
  }
  if (mark?.storeAwaySince) {
    const text = `NATS away ${formatDuration(clock + connection.skew - mark.storeAwaySince)}`;
    return { kind: 'away', text };
  }
  const title = mark
    ? `The server's clock ${clockTime(mark.now)}; last change ${clockTime(mark.headAt)}`
    : 'Connected';
  if (past !== null) return { kind: 'past', text: `past · ${past}`, title };
  if (connection.hello?.mode === 'recording')
    return { kind: 'recording', text: 'recording', title };
  return { kind: 'live', text: `live · ${old}`, title };
}
