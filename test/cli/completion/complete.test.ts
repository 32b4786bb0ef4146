import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandIndex } from '../../../src/cli/command-index.ts';
import { commands } from '../../../src/cli/command-list.ts';
import { complete, type Shell } from '../../../src/cli/completion/complete.ts';
import { liveNames } from '../../../src/cli/completion/live-names.ts';
import { shellScripts } from '../../../src/cli/completion/shell-scripts.ts';
import { instanceWords } from '../../../src/domain/filter/state-words.ts';

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
    expect(await complete(undefined, words, commandIndex)).toEqual(expected);
  },
);

test.each([
  [
    ['ps', '-o', ''],
    ['json', 'name', 'table', 'wide', 'yaml'],
  ],
  [['ps', '--policy', 's'], ['strict']],
  [['ps', '--log-level', 'd'], ['debug']],
  [
    ['ps', '--filter', 'state:d'],
    ['state:draining', 'state:dubious'],
  ],
  [
    ['agents', '-f', 'state:s'],
    ['state:silent', 'state:suspect'],
  ],
  [['agents', '-f', '-state:su'], ['-state:suspect']],
  // Bash splits words at colons, and replaces only the last part.
  [
    ['ps', '--filter', 'state', ':', 'd'],
    ['draining', 'dubious'],
  ],
  [['ps', '--filter', 'state', ':'], instanceWords.states.toSorted()],
  [
    ['agent', '--when-expired', ''],
    ['exit', 'start-over'],
  ],
  [['ps', '--servers', ''], []],
])('the value of a flag is completed if it is one of some: %j', async (words, expected) => {
  expect(await complete(undefined, words, commandIndex)).toEqual(expected);
});

test.each([
  [['ps', ''], ['services']],
  [['ps', '--service', ''], ['services']],
  [
    ['why', 'w'],
    ['instances', 'agents', 'services', 'hosts'],
  ],
  [
    ['hold', ''],
    ['hosts', 'agents'],
  ],
  [
    ['audit', 'show', ''],
    ['instances', 'agents'],
  ],
  [['why', 'web/1', ''], []],
  [['ps', '--'], []],
  [['au'], []],
])(
  'names of the namespace are completed only where a command takes them: %j',
  async (words, kinds) => {
    const asked: string[] = [];
    const found = await complete(undefined, words, commandIndex, async (wanted) => {
      asked.push(...wanted);
      return ['web', 'db'];
    });
    expect(asked).toEqual(kinds);
    if (kinds.length > 0) expect(found).toContain('web');
  },
);

test('names come from one process of the program, with the connection of the command line', async () => {
  const words = ['why', '--servers', 'nats://db-1', '--json', '--namespace', 'blue', 'w'];
  const of = (...self: readonly [string, string]) => ({ self, env: process.env });
  // In place of the program, a command that prints its arguments.
  expect(await liveNames(['agents', 'hosts'], words, of('echo', 'main.js'), 0)).toEqual([
    'main.js completion names --servers nats://db-1 --namespace blue -- agents hosts',
  ]);
  expect(await liveNames(['agents', 'hosts'], words, of('false', 'main.js'), 0)).toEqual([]);
  expect(await liveNames([], words, of('echo', 'main.js'), 0)).toEqual([]);
});

const named = async (
  shell: Shell | undefined,
  given: readonly string[],
  names: readonly string[],
) => complete(shell, given, commandIndex, async () => names);

test.each([
  ['why ', 'a b', 'a\\ b'],
  ['why ', '$(x)', '\\$\\(x\\)'],
  ['why a\\ ', 'a b', 'a\\ b'],
  ['why "', '$(x)`y`', '\\$(x)\\`y\\`'],
  ["why '", "it's", "it'\\''s"],
  ['why ', '~root', '\\~root'],
  // Bash leaves what is before a colon as it is.
  ['why db:', 'db:main', 'main'],
  ['why "db:m', 'db:main', 'db:main'],
  ['why x=y@', 'x=y@z w', 'z\\ w'],
])('bash inserts %j as the word %j, quoted: %j', async (line, name, inserted) => {
  expect(await named('bash', [`rollcall ${line}`], [name])).toEqual([inserted]);
});

test('bash is not offered what it cannot insert within double quotes', async () => {
  expect(await named('bash', ['rollcall why "'], ['a!b', 'ab'])).toEqual(['ab']);
});

test('zsh and fish get the name itself, which they quote', async () => {
  expect(await named('zsh', ['why', 'a\\ '], ['a b'])).toEqual(['a b']);
  expect(await named('fish', ['why', "'a "], ['a b'])).toEqual(['a b']);
  expect(await named('fish', ['why', ''], ['~root', 'a~'])).toEqual(['a~']);
});

test('a script of an older version, which does not quote, is not offered what a shell could execute', async () => {
  const names = ['a b', '$(x)', '`x`', 'x;y', '*', 'web/1', '~root', 'ü'];
  expect(await named(undefined, ['why', ''], names)).toEqual(['web/1', 'ü']);
});

test('the script of bash gives the line up to the cursor, and takes each line of the answer as it is', () => {
  const script = `rollcall() { printf '%s\\n' "$*" '*' '  a'; }
${shellScripts.bash}
COMP_LINE='rollcall ps --service "a b" --fi later' COMP_POINT=32; _rollcall
printf '[%s]\\n' "\${COMPREPLY[@]}"; complete -p rollcall`;
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')).toEqual([
    ...['[completion bash -- rollcall ps --service "a b" --fi]', '[*]', '[  a]'],
    'complete -o default -F _rollcall rollcall',
  ]);
});

test('the index of commands has the name and the summary of each command', () => {
  const listed = commands.map(({ name, summary }) => ({ name, summary }));
  expect(commandIndex.map(({ name, summary }) => ({ name, summary }))).toEqual(listed);
});
