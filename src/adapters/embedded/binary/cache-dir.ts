import { isAbsolute, join } from 'node:path';

/**
 * Where fetched servers are kept, by the XDG base directory rules: a relative `XDG_CACHE_HOME` is
 * ignored. `undefined` when neither it nor `HOME` is set: a directory that anybody can guess and
 * write to is no place to run programs from.
 */
export function cacheDir(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_CACHE_HOME: xdg, HOME: home } = env;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'rollcall');
  return home !== undefined && isAbsolute(home) ? join(home, '.cache', 'rollcall') : undefined;
}
