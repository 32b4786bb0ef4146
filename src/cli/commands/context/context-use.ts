import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { escapeControls } from '../../terminal/escape-terminal.ts';
import { documentLine } from '../../terminal/iso-times.ts';
import { openContexts } from './open-contexts.ts';

export const contextUse = command({
  name: 'context use',
  summary: 'make a context the current one, for commands without --servers; without a name: none',
  args: '[name]',
  settings: {},
  examples: [
    ['rollcall context use prod', 'also a context of the command nats'],
    ['rollcall context use', 'no current context any more'],
  ],
  async run({ settings, io, args: [name] }) {
    await openContexts(io.env).use(name);
    if (settings.json)
      io.out(documentLine({ event: 'context', change: 'used', name: name ?? null }));
    else
      io.out(
        name === undefined ? 'no current context' : escapeControls(`current context: ${name}`),
      );
    return exitCodes.done;
  },
});
