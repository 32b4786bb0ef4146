import { isAbsolute, join } from 'node:path';
import { Fault } from '../../domain/fault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where what was compiled is kept for the next start; undefined: nowhere that is ours alone. */
export function compiledDir({ XDG_CACHE_HOME: xdg, HOME: home }: Environment): string | undefined {
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'rollcall', 'compiled');
  if (home === undefined || !isAbsolute(home)) return undefined;
  return join(home, '.cache', 'rollcall', 'compiled');
}

/**
 * Where Rollcall keeps what must outlive a run, by the XDG base directory rules.
 * @throws {Fault} `bad-setting` where there is no home
 */
export function stateDir(env: Environment): string {
  const { XDG_STATE_HOME: xdg, HOME: home } = env;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'rollcall');
  if (home !== undefined && isAbsolute(home)) return join(home, '.local', 'state', 'rollcall');
  throw new Fault(
    'bad-setting',
    'neither XDG_STATE_HOME nor HOME is set: there is no state directory',
    {
      hint: 'name one: --state-dir for an agent (or give it a --host), --store for a server',
    },
  );
}
