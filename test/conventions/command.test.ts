import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkout } from './run-biome.ts';

/** Prints its process id and directory, and exits with 7 on request. */
const main = `
const [, , ...args]: string[] = process.argv;
process.on('SIGTERM', () => process.exit(7));
console.log(JSON.stringify({ pid: process.pid, execPath: process.execPath, cwd: process.cwd(), args }));
if (args[0] === 'stay') setInterval(() => {}, 1000);
`;

let tree: string;
beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'rollcall command-'));
  await write('src/cli/main.ts', main);
  await cp(join(checkout, 'bin/rollcall'), join(tree, 'bin/rollcall'));
});
afterEach(() => rm(tree, { recursive: true }));

test('the command works through symbolic links and from any directory, and passes on its arguments', async () => {
  await symlink('../bin/rollcall', join(tree, 'src/relative'));
  await symlink(join(tree, 'src/relative'), join(tree, 'absolute'));
  const { said } = await run(join(tree, 'absolute'), ['a b', '--c', ''], { cwd: '/' });
  expect(said).toMatchObject({ cwd: '/', args: ['a b', '--c', ''] });
});

test('the program has the command’s process id and gets its signals, even if node is a shim', async () => {
  await write('shims/node', `#!/bin/sh\n'${process.execPath}' "$@"\n`);
  const child = spawn(join(tree, 'bin/rollcall'), ['stay'], { env: path(join(tree, 'shims')) });
  const [line] = await once(child.stdout, 'data');
  expect(JSON.parse(String(line))).toMatchObject({ pid: child.pid, execPath: process.execPath });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([7, null]);
});

test('the command uses the node installed by npm when the first node is too old', async () => {
  await write('old/node', '#!/bin/sh\nexit 0\n');
  await mkdir(join(tree, 'node_modules/.bin'), { recursive: true });
  await symlink(process.execPath, join(tree, 'node_modules/.bin/node'));
  const { said } = await run(join(tree, 'bin/rollcall'), [], { env: path(join(tree, 'old')) });
  expect(said).toMatchObject({ execPath: process.execPath });
});

test('the command reports the node versions that it found, and what to do, when none is new enough', async () => {
  await write('old/node', '#!/bin/sh\n[ "$1" != --version ] || echo v20.0.0\n');
  const { code, stderr } = await run(join(tree, 'bin/rollcall'), [], {
    env: path(join(tree, 'old')),
  });
  expect(code).toBe(2);
  expect(stderr).toBe(
    [
      "rollcall: needs Node 24 or newer; 'node' is v20.0.0.",
      `Install a newer Node, or run 'npm ci' in ${tree}, which brings one.`,
      '',
    ].join('\n'),
  );
});

test('the command runs the build when the sources are missing', async () => {
  await rm(join(tree, 'src'), { recursive: true });
  await write('dist/src/cli/main.js', 'console.log(JSON.stringify({ built: true }));\n');
  expect((await run(join(tree, 'bin/rollcall'))).said).toEqual({ built: true });
});

test('the command reports what is missing when there is neither build nor source', async () => {
  await rm(join(tree, 'src'), { recursive: true });
  const { code, stderr } = await run(join(tree, 'bin/rollcall'));
  expect(code).toBe(2);
  expect(stderr).toContain(`neither src/cli/main.ts nor dist/src/cli/main.js is in ${tree}`);
});

async function write(at: string, text: string) {
  await mkdir(dirname(join(tree, at)), { recursive: true });
  await writeFile(join(tree, at), text);
  await chmod(join(tree, at), 0o755);
}

/** `PATH` with `first` before the standard tools. */
function path(first: string) {
  return { PATH: [first, '/usr/bin', '/bin'].join(delimiter) };
}

function run(
  file: string,
  args: string[] = [],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<{ code: unknown; said: unknown; stderr: string }> {
  return new Promise((resolve) => {
    execFile(file, args, options, (error, stdout, stderr) =>
      resolve({
        code: error?.code ?? 0,
        said: stdout === '' ? undefined : JSON.parse(stdout),
        stderr,
      }),
    );
  });
}
