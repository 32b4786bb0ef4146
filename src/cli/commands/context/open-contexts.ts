import { Contexts } from '../../../composition/access/contexts.ts';
import { configDir } from '../../../composition/xdg-directories.ts';
import { Fault } from '../../../domain/fault.ts';

/** The contexts of this user. @throws {Fault} `bad-setting` without a home directory */
export function openContexts(env: Readonly<Record<string, string | undefined>>): Contexts {
  const dir = configDir(env);
  if (dir !== undefined) return new Contexts(dir, configDir(env, 'nats'));
  throw new Fault('bad-setting', 'no place for contexts: neither XDG_CONFIG_HOME nor HOME is set');
}
