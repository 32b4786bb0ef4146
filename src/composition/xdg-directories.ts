import { isAbsolute, join } from 'node:path';
import { Fault } from '../domain/fault.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Directory of the compile cache; undefined without a private directory. */
export function compiledDir({ XDG_CACHE_HOME: xdg, HOME: home }: Environment): string | undefined {
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'rollcall', 'compiled');
  if (home === undefined || !isAbsolute(home)) return undefined;
  return join(home, '.cache', 'rollcall', 'compiled');
}

/** Directory of settings of a program of this user; undefined without a home directory. */
export function configDir(env: Environment, program = 'rollcall'): string | undefined {
  const { XDG_CONFIG_HOME: xdg, HOME: home } = env;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, program);
  return home !== undefined && isAbsolute(home) ? join(home, '.config', program) : undefined;
}

/** Where `rollcall up` leaves the logins of its servers for this user; undefined without a home directory. */
export function localLoginDir(env: Environment): string | undefined {
  try {
    return join(stateDir({ ...env, STATE_DIRECTORY: undefined }), 'servers');
  } catch (cause) {
    if (cause instanceof Fault) return undefined;
    throw cause;
  }
}

/**
 * Directory for state that outlives a run: `StateDirectory=` of a systemd unit, else by the XDG base
 * directory specification.
 * @throws {Fault} `bad-setting` without a home directory
 */
export function stateDir(env: Environment): string {
  const found = stateDirIfAny(env);
  if (found !== undefined) return found;
  throw new Fault(
    'bad-setting',
    'no state directory: none of STATE_DIRECTORY, XDG_STATE_HOME and HOME is set',
    {
      hint: 'set one: --state-dir (or --host) for an agent, --store for a server',
    },
  );
}

/** The same; undefined without a home directory, as in a container with an arbitrary user. */
export function stateDirIfAny(env: Environment): string | undefined {
  const { STATE_DIRECTORY: ofUnit, XDG_STATE_HOME: xdg, HOME: home } = env;
  // A unit may have several, separated by colons.
  const first = ofUnit?.split(':')[0];
  if (first !== undefined && isAbsolute(first)) return first;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'rollcall');
  return home !== undefined && isAbsolute(home)
    ? join(home, '.local', 'state', 'rollcall')
    : undefined;
}
