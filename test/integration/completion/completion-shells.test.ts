import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shell } from '../../../src/cli/completion/complete.ts';
import { shellScripts } from '../../../src/cli/completion/shell-scripts.ts';
import { until } from '../harness/until.ts';

/** Names of services, each with another first letter. A shell that executed one would make the file `pwned`. */
const names = [
  ...[
    'a plain name',
    'b$(touch pwned)',
    'c`touch pwned`',
    'd;touch pwned;',
    `e'f"g`,
    'f*',
    'g:h=i@j',
  ],
  ...[
    'h!!',
    'i{a,b}',
    'j\\k',
    'k#l',
    'l&touch pwned',
    'm|touch pwned',
    'n>pwned',
    'o~',
    'p$HOME',
    'q[r]?',
  ],
  ...['r(s)', 'ü ñ', "t'; touch pwned; '"],
];
const startsWithSpecial = ['$(touch pwned)', '`touch pwned`', '*', '~root', ';touch pwned'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-shells-'));
  const stub = fileURLToPath(new URL('support/rollcall.ts', import.meta.url));
  const command = join(folder, 'bin/rollcall');
  await mkdir(join(folder, 'bin'));
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${stub}' "$@"\n`);
  await chmod(command, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

/** How each shell starts without files of the user, and reads the script. */
const shells: Readonly<
  Record<Shell, { readonly start: string; readonly before: readonly string[] }>
> = {
  bash: { start: 'bash --norc --noprofile -i', before: ['source ./script'] },
  zsh: {
    start: 'zsh -f -i',
    before: ['autoload -U compinit && compinit -u -D', 'source ./script'],
  },
  fish: { start: 'fish --no-config -i', before: ['source ./script'] },
};

/** Types lines into a shell at a terminal. Resolves to the arguments of each call of the program. */
async function typed(shell: Shell, lines: readonly string[], found: readonly string[]) {
  const home = await mkdtemp(join(folder, `${shell}-`));
  await writeFile(join(home, 'script'), `${shellScripts[shell]}\n`);
  // Beside the folder of the shell: a file in it would be completed too.
  await writeFile(`${home}.names`, found.join('\n'));
  const { start, before } = shells[shell];
  const env = {
    ...{ HOME: home, TERM: 'xterm', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    ...{ NAMES: `${home}.names`, CALLS: `${home}.calls` },
    PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`,
  };
  const child = spawn('script', ['-qec', start, '/dev/null'], { cwd: home, env });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let screen = '';
  child.stdout.on('data', (data: Buffer) => {
    screen += data.toString();
  });
  const calls = async () =>
    existsSync(env.CALLS) ? (await readFile(env.CALLS, 'utf8')).trim().split('\n') : [];
  try {
    // Two clean lines say that the shell reads now.
    for (const line of [...before, 'rollcall ready']) child.stdin.write(`${line}\r`);
    await until('the shell reads', async () => (await calls()).length > 0);
    for (const [n, line] of lines.entries()) {
      child.stdin.write(`${line}\r`);
      await until(line, async () => (await calls()).length > n + 1);
    }
    child.stdin.end('exit\r');
    await ended;
  } catch (cause) {
    throw new Error(screen, { cause });
  } finally {
    child.kill('SIGKILL');
  }
  const isPwned = existsSync(join(home, 'pwned'));
  return { isPwned, screen, calls: (await calls()).slice(1).map((line) => JSON.parse(line)) };
}

const isThere = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((one) => existsSync(join(one, program)));
const missing = (shell: Shell): string | undefined =>
  ['script', shell].find((program) => !isThere(program));

describe.each(Object.keys(shells) as Shell[])('in %s, the tab key', (shell) => {
  test('inserts each name so that the program gets exactly it, and nothing is executed', async (context) => {
    const none = missing(shell);
    if (none !== undefined) return context.skip(`${none} is not installed`);
    const lines = names.map((name) => `rollcall ps ${[...name][0]}\t`);
    const { calls, isPwned, screen } = await typed(shell, lines, names);
    expect(calls, screen).toEqual(names.map((name) => ['ps', name]));
    expect(isPwned).toBe(false);
  });

  test('inserts a name whose first character is special', async (context) => {
    const none = missing(shell);
    if (none !== undefined) return context.skip(`${none} is not installed`);
    for (const name of startsWithSpecial) {
      // Fish is not offered it, since it would insert it without quotes.
      if (shell === 'fish' && name.startsWith('~')) continue;
      const { calls, isPwned, screen } = await typed(shell, ['rollcall ps --service \t'], [name]);
      expect(calls, screen).toEqual([['ps', '--service', name]]);
      expect(isPwned).toBe(false);
    }
  });

  test('completes within quotation marks, and flags', async (context) => {
    const none = missing(shell);
    if (none !== undefined) return context.skip(`${none} is not installed`);
    const lines = ['rollcall ps "b\t', "rollcall ps 'b\t", 'rollcall ps --namesp\tx'];
    const { calls, isPwned, screen } = await typed(shell, lines, names);
    const name = 'b$(touch pwned)';
    expect(calls, screen).toEqual([
      ['ps', name],
      ['ps', name],
      ['ps', '--namespace', 'x'],
    ]);
    expect(isPwned).toBe(false);
  });
});
