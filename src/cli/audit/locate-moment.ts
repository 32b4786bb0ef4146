import { findMoment } from '../../composition/time/find-moment.ts';
import type { WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { ReplayTarget } from '../../runtime/audit/replay.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';

/**
 * The moment that a setting names, with a spinner while the history is searched for an event.
 * @throws {Fault} `bad-setting`, `not-found`
 */
export const locateMoment = (
  setting: string,
  text: string,
  history: History,
  io: Pick<Terminal, 'errIsTerminal' | 'signal'>,
  now: WallTime,
): Promise<ReplayTarget> =>
  withSpinner(io, 'searching the history', (progress) =>
    findMoment(setting, text, history, { now, signal: io.signal, progress }),
  );
