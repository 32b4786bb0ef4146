import { resolve } from 'node:path';
import { Fault } from '../../../domain/fault.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { common } from '../../command/settings/common.ts';
import { nameOf } from '../../command/settings/setting.ts';
import { documentLine } from '../../terminal/iso-times.ts';
import { openContexts } from './open-contexts.ts';

/** The settings of a connection; other settings belong to a command. */
const kept = [
  ...(['servers', 'namespace', 'login', 'user', 'password', 'passwordFile', 'token'] as const),
  ...(['creds', 'nkey', 'tlsCa', 'tlsCert', 'tlsKey', 'inboxPrefix', 'jsDomain'] as const),
];
const files: readonly string[] = [
  ...['login', 'passwordFile', 'creds', 'nkey', 'tlsCa', 'tlsCert', 'tlsKey'],
];

export const contextAdd = command({
  name: 'context add',
  summary: 'store the servers, the namespace and the login of this command line under a name',
  args: '<name>',
  settings: {},
  examples: [
    [
      'rollcall context add prod --servers tls://nats-1 --login ~/logins/ops',
      'the flags of any command',
    ],
    ['rollcall context use prod', 'other commands then need no --servers'],
  ],
  async run({ settings, io, args: [name = ''], sourceOf }) {
    const given = kept.filter((key) => sourceOf(common[key]) === `--${nameOf(common[key])}`);
    if (given.length === 0) {
      throw new Fault('bad-setting', 'a context needs at least one setting of a connection', {
        hint: 'rollcall context add NAME --servers nats://HOST:4222, or --login DIR',
      });
    }
    const values = given.map((key) => {
      const text = String(settings[key]);
      return [nameOf(common[key]), files.includes(key) ? resolve(text) : text] as const;
    });
    const isNew = await openContexts(io.env).add(name, Object.fromEntries(values));
    const change = isNew ? 'added' : 'changed';
    if (settings.json) io.out(documentLine({ event: 'context', change, name }));
    else {
      io.out(`context ${name} ${change}`);
      io.out(io.palette.dim(`to use it: rollcall context use ${name}, or --context ${name}`));
    }
    return exitCodes.done;
  },
});
