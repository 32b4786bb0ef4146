import { Fault } from '../../../domain/fault.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { escapeControls } from '../../terminal/escape-terminal.ts';
import { documentLine } from '../../terminal/iso-times.ts';
import { openContexts } from './open-contexts.ts';

export const contextRm = command({
  name: 'context rm',
  summary: 'remove a context; files that it names stay',
  args: '<name>',
  settings: {},
  examples: [['rollcall context rm prod', 'contexts of the command nats are not ours to remove']],
  async run({ settings, io, args: [name = ''] }) {
    if (!(await openContexts(io.env).remove(name))) {
      throw new Fault('not-found', `there is no context '${name.slice(0, 80)}' of rollcall`, {
        hint: 'contexts: rollcall context list; those of the command nats: nats context rm NAME',
      });
    }
    if (settings.json) io.out(documentLine({ event: 'context', change: 'removed', name }));
    else io.out(escapeControls(`context ${name} removed`));
    return exitCodes.done;
  },
});
