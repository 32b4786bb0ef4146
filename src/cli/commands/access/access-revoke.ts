import { revokeMember } from '../../../composition/access/access-state.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { accessSettings, memberIn, openAccess, reloadLines } from '../../session/access.ts';
import { escapeControls } from '../../terminal/escape-terminal.ts';
import { documentLine } from '../../terminal/iso-times.ts';

export const accessRevoke = command({
  name: 'access revoke',
  summary: 'end a login at once: servers that reload close its connections and accept none',
  args: '<role> <name>',
  settings: accessSettings,
  examples: [
    [
      'rollcall access revoke agent db-1',
      'the records of the host stay until a collector removes them',
    ],
  ],
  async run({ settings, io, args }) {
    const id = memberIn(args, settings.namespace);
    const access = await openAccess(settings, io);
    const done = await access.apply((state) => revokeMember(state, id));
    if (settings.json) {
      const { reloaded, failed, member } = done;
      const { role, name, namespace } = id;
      io.out(
        documentLine({
          event: 'revoked',
          role,
          name,
          namespace,
          keys: member.keys,
          reloaded,
          failed,
        }),
      );
      return exitCodes.done;
    }
    io.out(`${id.role} ${escapeControls(id.name)}  revoked; its folder is deleted`);
    for (const line of reloadLines(done, access.serverConfig)) io.out(line);
    return exitCodes.done;
  },
});
