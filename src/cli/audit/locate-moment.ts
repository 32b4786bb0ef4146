import { findMoment } from '../../composition/time/find-moment.ts';
import { isTimeOfDay } from '../../domain/parse-clock-time.ts';
import type { WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { ReplayTarget } from '../../runtime/audit/replay.ts';
import { fullTime, when } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';

/**
 * The moment that a setting names, with a spinner while the history is searched for an event. A time of day without a
 * day may be one of yesterday: a note says so.
 * @throws {Fault} `bad-setting`, `not-found`
 */
export async function locateMoment(
  setting: string,
  text: string,
  history: History,
  io: Pick<Terminal, 'err' | 'errIsTerminal' | 'palette' | 'signal'>,
  now: WallTime,
): Promise<ReplayTarget> {
  const moment = await withSpinner(io, 'searching the history', (progress) =>
    findMoment(setting, text, history, { now, signal: io.signal, progress }),
  );
  if ('at' in moment && isTimeOfDay(text) && when(moment.at, now) === fullTime(moment.at))
    io.err(
      `${io.palette.dubious('note')}: --${setting} ${text} is of yesterday: ${fullTime(moment.at)}`,
    );
  return moment;
}
