import { readFileSync } from 'node:fs';

/** The version of this package. */
export const version = (): string => {
  // As far up from the source as from what is built of it, less one.
  for (const up of ['../../../package.json', '../../../package.json']) {
    try {
      return JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')).version;
    } catch {}
  }
  return 'unknown';
};
