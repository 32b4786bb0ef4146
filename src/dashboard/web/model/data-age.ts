import { clockTime, formatDuration } from '../format/format-time.ts';
import type { Link } from '../protocol/worker-messages.ts';

export interface Age {
  readonly word: 'live' | 'past' | 'stale' | 'away' | 'recording' | 'opening';
  readonly text: string;
  readonly title: string;
}

/** How old the data is, in a few words. `past`: the moment that is viewed, where it is not the newest. */
export function age(link: Link | null, clock: number, { past }: { past: string | null }): Age {
  if (!link || (!link.hello && link.state !== 'broken')) {
    return { word: 'opening', text: 'connecting …', title: 'No answer from the server yet' };
  }
  const { mark, markAt, state, brokenSince } = link;
  const old = formatDuration(clock - markAt);
  if (state === 'broken') {
    const title = `No word from the server since ${clockTime(brokenSince ?? clock)}`;
    const text = markAt === 0 ? 'no connection' : `stale · ${old} old`;
    return { word: 'stale', text, title };
  }
  if (mark?.storeAwaySince) {
    const text = `NATS away ${formatDuration(clock + link.skew - mark.storeAwaySince)}`;
    return { word: 'away', text, title: 'The server is up, its store does not answer' };
  }
  const title = mark
    ? `The server's clock ${clockTime(mark.now)}; last change ${clockTime(mark.headAt)}`
    : 'Connected';
  if (past !== null) return { word: 'past', text: `past · ${past}`, title };
  if (link.hello?.mode === 'recording') return { word: 'recording', text: 'recording', title };
  return { word: 'live', text: `live · ${old}`, title };
}
