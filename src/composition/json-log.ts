import { systemLog } from '../adapters/system/log.ts';
import type { Log } from '../ports/log.ts';

/** A log that writes one JSON document per line. `write` gets the lines without their line break. */
export const jsonLog = (
  level: 'debug' | 'info' | 'warn' | 'silent',
  write: (line: string) => void,
): Log => systemLog(level, { write: (line) => write(line.trimEnd()) });
