import { createRequire } from 'node:module';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';
import type { Log } from '../../ports/log.ts';

/** From the least important to the most. */
const levels: readonly LevelWithSilent[] = ['debug', 'info', 'warn', 'silent'];

/** Loaded at the first line that is written: it takes a third of the start of a command that writes none. */
const loadPino = (): typeof import('pino') => createRequire(import.meta.url)('pino');

/**
 * Writes one JSON document per line.
 *
 * `output` must not throw and must not wait: pino's own destination ends the process when the disk is
 * full, and blocks it while a pipe is full.
 */
export function systemLog(level: LevelWithSilent, output: DestinationStream): Log {
  let log: Logger | undefined;
  const write =
    (name: 'debug' | 'info' | 'warn'): Log['warn'] =>
    (event, fields = {}) => {
      if (levels.indexOf(name) < levels.indexOf(level)) return;
      log ??= loadPino()(
        {
          level,
          messageKey: 'event',
          base: null,
          timestamp: () => `,"at":"${new Date().toISOString()}"`,
          formatters: { level: (label) => ({ level: label }) },
        },
        output,
      );
      log[name](fields, event);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn') };
}
