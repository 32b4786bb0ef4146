import type { Terminal } from '../cli/terminal/io.ts';
import { withSpinner } from '../cli/terminal/spinner.ts';
import { Fault } from '../domain/fault.ts';
import type { WallTime } from '../domain/time.ts';
import type { History } from '../ports/audit.ts';
import type { ReplayTarget } from '../runtime/audit/replay.ts';
import { systemAdapters } from './compose.ts';
import { momentRule, parseMoment } from './moment-expression.ts';

/**
 * The place in a history that a person names. An event that is named by its hash or its id is looked
 * for from the beginning on: nothing is kept by those.
 * @throws {Fault} `bad-setting` where it names no moment; `not-found` where there is no such event
 */
export async function findMoment(
  setting: string,
  text: string,
  history: History,
  io: Pick<Terminal, 'errIsTerminal' | 'signal'>,
  now: WallTime,
): Promise<ReplayTarget> {
  const named = parseMoment(text, now);
  if (named === undefined) throw new Fault('bad-setting', `--${setting} '${text}': ${momentRule}`);
  if (named.kind === 'time') return { at: named.at };
  if (named.kind === 'seq') return named.before ? { before: named.seq } : { seq: named.seq };
  const seq = await withSpinner(io, `looking for event ${named.id}`, () =>
    seqOf(named.id, history, io.signal),
  );
  if (seq === undefined) {
    throw new Fault('not-found', `the history has no event ${named.id}`, {
      hint: 'a hash may be shortened to 8 characters; an event id may not',
    });
  }
  return named.before ? { before: seq } : { seq };
}

async function seqOf(
  id: string,
  history: History,
  signal: AbortSignal,
): Promise<number | undefined> {
  for await (const { seq, text } of history.read(0)) {
    if (signal.aborted) return undefined;
    // The id stands in the text as it is; whether it is the event's own is asked only then.
    if (
      id.includes('-')
        ? text.includes(id) && idOf(text) === id
        : systemAdapters.hash(text).startsWith(id)
    )
      return seq;
  }
  return undefined;
}

function idOf(text: string): unknown {
  try {
    return JSON.parse(text).eventId;
  } catch {
    return undefined;
  }
}
