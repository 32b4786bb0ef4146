/**
 * Runs vitest with the oldest Node that package.json allows: `node tools/test-on-oldest-node.ts --project unit`. That
 * Node is an npm package; it is fetched once, into node_modules/.cache. Processes that a test starts use it too.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, resolve } from 'node:path';
import { arch, argv, env, exit, platform, stderr } from 'node:process';

const { engines } = JSON.parse(await readFile('package.json', 'utf8'));
const oldest = /\d+/.exec(engines.node)?.[0];
const name = `node-${platform}-${arch}`;
const folder = resolve(`node_modules/.cache/node-${oldest}`);
const node = `${folder}/node_modules/${name}/bin/node`;

/** Resolves to its exit code. */
async function run(command: string, args: readonly string[], settings = env): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env: settings });
  const [code] = await once(child, 'close');
  return code ?? 1;
}

const install = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
if (!existsSync(node) && (await run('npm', [...install, `${name}@${oldest}`])) !== 0) {
  stderr.write(`npm cannot install ${name}@${oldest}: tests with Node ${oldest} did not run\n`);
  exit(1);
}
const tests = ['node_modules/vitest/vitest.mjs', 'run', ...argv.slice(2)];
const { PATH = '' } = env;
exit(await run(node, tests, { ...env, PATH: `${dirname(node)}${delimiter}${PATH}` }));
