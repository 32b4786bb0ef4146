import { join } from 'node:path';
import { z } from 'zod';
import { AccessFolder } from '../../composition/access/access-folder.ts';
import { AccessState } from '../../composition/access/access-state.ts';
import type { Reloaded } from '../../composition/access/reload-servers.ts';
import { stateDir } from '../../composition/xdg-directories.ts';
import { Fault } from '../../domain/fault.ts';
import { HostId, type Namespace } from '../../domain/identity/names.ts';
import type { Settings } from '../command/settings/setting.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

/** Settings of all commands about access. */
export const accessSettings = {
  dir: {
    flag: '--dir <dir>',
    description:
      'folder of the access set-up: its logins, with their secrets, and the configuration',
    fallback: '$XDG_STATE_HOME/rollcall/access',
    schema: z.string().min(1, 'not empty').optional(),
  },
} as const satisfies Settings;

type Env = Pick<Terminal, 'env'>;

export const accessDir = ({ dir }: { readonly dir?: string | undefined }, { env }: Env): string =>
  dir ?? join(stateDir(env), 'access');

/** @throws {Fault} `not-found`, `bad-setting` */
export const openAccess = (settings: { readonly dir?: string | undefined }, io: Env) =>
  AccessFolder.open(accessDir(settings, io));

const Role = AccessState.shape.members.element.shape.role;

/** The member that `<role> <name>` names. @throws {Fault} `bad-setting` */
export function memberIn([role, name]: readonly string[], namespace: Namespace) {
  const read = Role.safeParse(role);
  if (!read.success) {
    throw new Fault('bad-setting', `the role must be ${Role.options.join(', ')} (got '${role}')`, {
      hint: 'for example: rollcall access add agent HOST',
    });
  }
  const named = HostId.safeParse(name);
  if (!named.success) {
    throw new Fault('bad-setting', `the name of the ${read.data} is missing or not valid`, {
      hint: 'the name of an agent is the id of its host; others have any name',
    });
  }
  return { namespace, role: read.data, name: named.data };
}

/** What happened to the servers, and what is left to do. */
export function reloadLines({ reloaded, failed }: Reloaded, config: string): readonly string[] {
  return [
    ...(reloaded.length > 0 ? [`  reloaded  nats-server ${reloaded.join(', ')}`] : []),
    ...failed.map((why) => `  not reloaded  ${escapeControls(why)}`),
    ...(reloaded.length + failed.length === 0
      ? [
          `  now     copy ${escapeControls(config)} to each server, and, twice: nats-server --signal reload`,
        ]
      : []),
  ];
}
