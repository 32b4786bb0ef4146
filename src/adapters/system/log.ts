import { type DestinationStream, destination, type LevelWithSilent, pino } from 'pino';
import type { Log } from '../../ports/log.ts';

const stderr = 2;

/**
 * One JSON document per line, to stderr: stdout belongs to what a command prints.
 *
 * Written at once, because the line that matters is the last one before the end.
 */
export function systemLog(
  level: LevelWithSilent,
  to: DestinationStream = destination({ dest: stderr, sync: true }),
): Log {
  const log = pino(
    {
      level,
      messageKey: 'event',
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    to,
  );
  return {
    debug: (event, fields = {}) => log.debug(fields, event),
    info: (event, fields = {}) => log.info(fields, event),
    warn: (event, fields = {}) => log.warn(fields, event),
  };
}
