import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandIndex } from '../../../src/cli/command-index.ts';
import { commands } from '../../../src/cli/command-list.ts';
import { complete } from '../../../src/cli/completion/complete.ts';
import { liveNames } from '../../../src/cli/completion/live-names.ts';
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
  [['agents', '-f', 'state:s'], ['state:suspect']],
  // Bash splits words at colons, and replaces only the last part.
  [
    ['ps', '--filter', 'state', ':', 'd'],
    ['draining', 'dubious'],
  ],
  [['ps', '--filter', 'state', ':'], ['dubious', 'draining', 'failing', 'live'].sort()],
  [
    ['agent', '--when-expired', ''],
    ['exit', 'start-over'],
  ],
  [['ps', '--servers', ''], []],
])('the value of a flag is completed if it is one of some: %j', async (words, expected) => {
  expect(await complete(words, commandIndex)).toEqual(expected);
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
    const found = await complete(words, commandIndex, async (wanted) => {
      asked.push(...wanted);
      return ['web', 'db'];
    });
    expect(asked).toEqual(kinds);
    if (kinds.length > 0) expect(found).toContain('web');
  },
);

test('names come from a list of the program, with the connection of the command line', async () => {
  const words = ['why', '--servers', 'nats://db-1', '--json', '--namespace', 'blue', 'w'];
  const of = (...self: readonly [string, string]) => ({ self, env: process.env });
  // In place of the program, a command that prints its arguments.
  expect(await liveNames(['agents'], words, of('echo', 'main.js'))).toEqual([
    'main.js agents -o name --servers nats://db-1 --namespace blue',
  ]);
  expect(await liveNames(['agents', 'hosts'], words, of('false', 'main.js'))).toEqual([]);
});

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
