import { readFileSync } from 'node:fs';

/** The version of this package. */
export const version = (): string => {
  // The source and the compiled file differ in depth by one.
  for (const path of ['../../../package.json', '../../../../package.json']) {
    try {
      return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
    } catch {}
  }
  return 'unknown';
};
