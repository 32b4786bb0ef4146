import { type DestinationStream, destination, type LevelWithSilent, pino } from 'pino';
import type { Log } from '../../ports/log.ts';

const stderr = 2;

/**
 * Writes one JSON document per line to stderr, because stdout is for the output of the command.
 *
 * Writes synchronously, so that the last line before a crash is not lost.
 */
export function systemLog(
  level: LevelWithSilent,
  output: DestinationStream = destination({ dest: stderr, sync: true }),
): Log {
  const log = pino(
    {
      level,
      messageKey: 'event',
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  );
  return {
    debug: (event, fields = {}) => log.debug(fields, event),
    info: (event, fields = {}) => log.info(fields, event),
    warn: (event, fields = {}) => log.warn(fields, event),
  };
}
