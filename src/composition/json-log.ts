import { systemLog } from '../adapters/system/log.ts';
import type { Log } from '../ports/log.ts';

/** A log that writes one JSON document per line to stderr. */
export const jsonLog = (level: 'debug' | 'info' | 'warn' | 'silent'): Log => systemLog(level);
