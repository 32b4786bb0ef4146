import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandIndex } from '../../../src/cli/command-index.ts';
import { commands } from '../../../src/cli/command-list.ts';
import { complete } from '../../../src/cli/completion/complete.ts';
import { shellScripts } from '../../../src/cli/completion/shell-scripts.ts';

test.each([
  [['acc'], ['access']],
  [['audit', 'v'], ['verify']],
  [['policy', ''], ['set']],
  [['ps', '--fi'], ['--filter']],
  [['audit', 'verify', '--namesp'], ['--namespace']],
  [['ps', '--json', ''], []],
  [['nothing', ''], []],
])(
  'the words after these are completed from the table of commands: %j',
  async (words, expected) => {
    expect(await complete(words, commandIndex)).toEqual(expected);
  },
);

/** The program in the shell: a function that answers as the program does, with what it was asked. */
const stub = 'rollcall() { shift 3; printf "asked:%s\\n" "$@"; }';

test('the completion of bash asks for the words up to the cursor, with spaces in them', () => {
  const script = `${stub}
${shellScripts.bash}
COMP_WORDS=(rollcall ps --service "a b" --fi later); COMP_CWORD=4; _rollcall
printf '%s\\n' "\${COMPREPLY[@]}"; complete -p rollcall`;
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')).toEqual([
    ...['asked:ps', 'asked:--service', 'asked:a b', 'asked:--fi'],
    'complete -o default -F _rollcall rollcall',
  ]);
});

test('the index of commands has the name and the summary of each command', () => {
  const listed = commands.map(({ name, summary }) => ({ name, summary }));
  expect(commandIndex.map(({ name, summary }) => ({ name, summary }))).toEqual(listed);
});
