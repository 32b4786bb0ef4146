import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { configDir, localLoginDir } from '../composition/xdg-directories.ts';
import { common } from './command/settings/common.ts';
import { hostSetting } from './command/settings/host.ts';
import { isGiven, readSettings, refuseUnknown, type Sources } from './command/settings/read.ts';
import type { Setting } from './command/settings/setting.ts';

type Environment = Sources['env'];

/**
 * The sources of settings for a command: the command line and the environment, with the config file, the context and
 * the login that they name.
 * @throws {Fault} `bad-setting`
 */
export async function gatherSources(base: Sources, command: string): Promise<Sources> {
  const { config } = readSettings({ config: common.config }, base);
  const file = config ?? (await defaultConfig(command, base.env));
  const filed = file === undefined ? base : await withFile(base, file);
  return withLogin(await withContext(filed, command), command);
}

/** The sources, with the settings in a file. */
async function withFile(from: Sources, config: string): Promise<Sources> {
  const { readConfigFile } = await import('../composition/files.ts');
  const file = await readConfigFile(config);
  refuseUnknown({ file }, await allSettings());
  return { ...from, file };
}

/** These commands start servers of their own, or connect to none: what a user set for others is not for them. */
const isWithoutDefaults = (name: string): boolean =>
  /^(up|demo|bench|access|conform|completion(?! names)|context|machines draw)\b/.test(name);

/** The config file that is read without `--config`, if it exists. */
async function defaultConfig(name: string, env: Environment): Promise<string | undefined> {
  const dir = configDir(env);
  if (dir === undefined || isWithoutDefaults(name)) return undefined;
  const file = join(dir, 'config.yaml');
  return existsSync(file) ? file : undefined;
}

/** The sources, with the settings of the context that is named, or of the current one if no servers are given. */
async function withContext(from: Sources, name: string): Promise<Sources> {
  const dir = configDir(from.env);
  if (dir === undefined || isWithoutDefaults(name)) return from;
  const { context: named } = readSettings({ context: common.context }, from);
  if (
    named === undefined &&
    (isGiven(common.servers, from) || !existsSync(join(dir, 'contexts.json')))
  ) {
    return from;
  }
  const { Contexts } = await import('../composition/access/contexts.ts');
  const contexts = new Contexts(dir, configDir(from.env, 'nats'));
  const chosen = named ?? (await contexts.current());
  if (chosen === undefined) return from;
  const values = await contexts.settingsOf(chosen, from.env['HOME']);
  const context = { values, positionOf: () => `context ${chosen}` };
  return { ...from, context, isContextNamed: from.flags['context'] !== undefined };
}

/** The sources, with the settings of the login that one of them names. */
async function withLogin(from: Sources, name: string): Promise<Sources> {
  const given = readSettings({ login: common.login }, from);
  const login = given.login ?? (await localLoginFor(name, from));
  if (login === undefined) return from;
  const { readLogin } = await import('../composition/access/login-folder.ts');
  const settings = await readLogin(login);
  refuseUnknown({ file: settings }, await allSettings());
  return { ...from, login: settings };
}

/** The login at a server of `rollcall up --secure`, if no setting has one. */
async function localLoginFor(name: string, from: Sources): Promise<string | undefined> {
  if (/^(up|demo|bench|access)\b/.test(name)) return undefined;
  if (ownLogins.some((setting) => isGiven(setting, from))) return undefined;
  const { servers, namespace } = readSettings(common, from);
  const { host } = readSettings({ host: hostSetting }, from);
  const { localLoginOf } = await import('./up/local-role.ts');
  return localLoginOf(name, { servers, namespace, host }, localLoginDir(from.env));
}

const ownLogins = [common.user, common.token, common.creds, common.nkey];

/** All commands are loaded for it, which takes as long as all other work of a short command. */
async function allSettings(): Promise<readonly Setting[]> {
  const { commands } = await import('./command-list.ts');
  return [...Object.values(common), ...commands.flatMap((one) => Object.values(one.settings))];
}
