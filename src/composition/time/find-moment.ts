import { systemHash } from '../../adapters/system/hash.ts';
import { Fault } from '../../domain/fault.ts';
import { isSoon } from '../../domain/parse-clock-time.ts';
import type { WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { ReplayTarget } from '../../runtime/audit/replay.ts';

import { momentRule, parseMoment } from './moment-expression.ts';

interface FindMomentOptions {
  /** The present: the base of relative times and of times without a date. */
  readonly now: WallTime;
  readonly signal: AbortSignal;
  /** Called before the whole history is read, with a text for the user. */
  readonly progress?: (message: string) => void;
}

/**
 * The moment of a history that a setting names.
 *
 * An event named by its hash or its id is searched from the beginning: there is no index of either.
 * @throws {Fault} `bad-setting` if the text names no moment, or a time of day that comes within an hour; `not-found` if
 * there is no such event
 */
export async function findMoment(
  setting: string,
  text: string,
  history: History,
  { now, signal, progress }: FindMomentOptions,
): Promise<ReplayTarget> {
  const moment = parseMoment(text, now);
  if (moment === undefined) throw new Fault('bad-setting', `--${setting} '${text}': ${momentRule}`);
  if (moment.kind === 'time') {
    if (!isSoon(text, moment.at, now)) return { at: moment.at };
    throw new Fault('bad-setting', `--${setting} '${text}' is a time that is still to come`, {
      hint: `for the day before: --${setting} 'yesterday ${text.trim()}'`,
    });
  }
  if (moment.kind === 'seq') return moment.before ? { before: moment.seq } : { seq: moment.seq };
  progress?.(`looking for event ${moment.id}`);
  const seq = await findEvent(moment.id, history, signal);
  if (seq === undefined) {
    throw new Fault('not-found', `the history has no event ${moment.id}`, {
      hint: 'a hash may be shortened to 8 characters; an event id may not',
    });
  }
  return moment.before ? { before: seq } : { seq };
}

async function findEvent(
  id: string,
  history: History,
  signal: AbortSignal,
): Promise<number | undefined> {
  for await (const { seq, text } of history.read(0)) {
    if (signal.aborted) return undefined;
    // Searching the text first is cheap: an event is parsed only if its text contains the id.
    const found = id.includes('-')
      ? text.includes(id) && eventIdOf(text) === id
      : systemHash(text).startsWith(id);
    if (found) return seq;
  }
  return undefined;
}

function eventIdOf(text: string): unknown {
  try {
    return JSON.parse(text).eventId;
  } catch {
    return undefined;
  }
}
