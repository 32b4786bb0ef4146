import type { Log } from '../../../src/ports/log.ts';

/** The log of a directory, which goes on after an unforeseen failure: that is a bug, and is noted as one. */
export function logOfDirectory(log: Log, bugs: unknown[]): Log {
  return {
    ...log,
    warn(event, fields) {
      if (event === 'directory-failed') bugs.push(new Error(String(fields?.['why'])));
      log.warn(event, fields);
    },
  };
}
