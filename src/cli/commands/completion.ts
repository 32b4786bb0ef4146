import { Fault } from '../../domain/fault.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { complete, type LiveNames, readWords } from '../completion/complete.ts';
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
  async run({ settings, io, commands, args: [shell = '', ...words] }) {
    if (shell === 'names') {
      const { printNames } = await import('../completion/print-names.ts');
      await printNames(words as readonly LiveNames[], settings, io);
      return exitCodes.done;
    }
    const isShell = shell === 'bash' || shell === 'zsh' || shell === 'fish';
    if (shell === 'words' || (isShell && words.length > 0)) {
      const of = isShell ? shell : undefined;
      const meant = readWords(of, words);
      const names = (kinds: readonly LiveNames[]) => liveNames(kinds, meant, io);
      for (const each of await complete(of, words, commands, names))
        if (escapeControls(each) === each) io.out(each);
      return exitCodes.done;
    }
    if (!isShell) {
      throw new Fault('bad-setting', `there is no completion for the shell '${shell}'`, {
        hint: 'bash, zsh or fish; for example: source <(rollcall completion bash)',
      });
    }
    io.out(shellScripts[shell]);
    return exitCodes.done;
  },
});
