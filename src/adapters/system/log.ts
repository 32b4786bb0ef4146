import { type DestinationStream, type LevelWithSilent, pino } from 'pino';
import type { Log } from '../../ports/log.ts';

/**
 * Writes one JSON document per line.
 *
 * `output` must not throw and must not wait: pino's own destination ends the process when the disk is
 * full, and blocks it while a pipe is full.
 */
export function systemLog(level: LevelWithSilent, output: DestinationStream): Log {
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
