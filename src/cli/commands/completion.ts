import { Fault } from '../../domain/fault.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { complete, type LiveNames } from '../completion/complete.ts';
import { liveNames } from '../completion/live-names.ts';
import { shellScripts } from '../completion/shell-scripts.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';

export const completion = command({
  name: 'completion',
  summary:
    'print a script that completes commands, flags, their values and names in bash, zsh or fish',
  args: '<shell> [words...]',
  settings: {},
  examples: [
    ['rollcall completion bash > /etc/bash_completion.d/rollcall', 'for all users, in new shells'],
    ['rollcall completion zsh > ~/.zfunc/_rollcall', 'a folder of $fpath, before compinit'],
    ['rollcall completion fish > ~/.config/fish/completions/rollcall.fish', 'for this user'],
  ],
  async run({ io, commands, args: [shell = '', ...words] }) {
    if (shell === 'words') {
      const names = (kinds: readonly LiveNames[]) => liveNames(kinds, words, io);
      for (const each of await complete(words, commands, names)) io.out(escapeControls(each));
      return exitCodes.done;
    }
    if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish') {
      throw new Fault('bad-setting', `there is no completion for the shell '${shell}'`, {
        hint: 'bash, zsh or fish; for example: source <(rollcall completion bash)',
      });
    }
    io.out(shellScripts[shell]);
    return exitCodes.done;
  },
});
