import { finishRotation, rotateMember } from '../../../composition/access/access-state.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { Switch } from '../../command/settings/common.ts';
import { accessSettings, memberIn, openAccess, reloadLines } from '../../session/access.ts';
import { escapeControls } from '../../terminal/escape-terminal.ts';
import { documentLine } from '../../terminal/iso-times.ts';

export const accessRotate = command({
  name: 'access rotate',
  summary: 'give a login a new key; the previous key stays valid until --finish',
  args: '<role> <name>',
  settings: {
    ...accessSettings,
    finish: {
      flag: '--finish',
      description: 'revoke the previous key, when the new one is in use',
      schema: Switch,
    },
  },
  examples: [
    [
      'rollcall access rotate agent db-1',
      'copy the folder again; a running agent reads the new key',
    ],
    ['rollcall access rotate agent db-1 --finish', 'a connection with the previous key is closed'],
  ],
  async run({ settings, io, args }) {
    const id = memberIn(args, settings.namespace);
    const access = await openAccess(settings, io);
    const change = settings.finish ? finishRotation : rotateMember;
    const done = await access.apply((state) => change(state, id));
    const login = access.loginOf(id);
    if (settings.json) {
      const { reloaded, failed, member } = done;
      const { role, name, namespace } = id;
      io.out(
        documentLine({
          event: 'rotated',
          role,
          name,
          namespace,
          keys: member.keys,
          login,
          reloaded,
          failed,
        }),
      );
      return exitCodes.done;
    }
    const what = settings.finish
      ? 'has one key again'
      : 'has a new key; the previous key is still valid';
    io.out(`${id.role} ${escapeControls(id.name)}  ${what}`);
    if (!settings.finish) io.out(`  login   ${escapeControls(login)}`);
    for (const line of reloadLines(done, access.serverConfig)) io.out(line);
    return exitCodes.done;
  },
});
