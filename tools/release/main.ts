/**
 * Prepares a release: `npm run release -- VERSION [--dry-run] [--skip-tests]`.
 *
 * Checks the tree, the version and the changelog, runs checks and tests, writes the version into package.json,
 * package-lock.json and CHANGELOG.md, packs the package and writes its checksum into `release/`. It commits, tags and
 * publishes nothing: it prints these commands.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import {
  commandsAfter,
  isLater,
  unreleasedChanges,
  versionRule,
  withVersion,
} from './changelog.ts';

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean' }, 'skip-tests': { type: 'boolean' } },
});
const [version = ''] = positionals;

const print = (text: string) => stdout.write(`${text}\n`);
const run = (command: string, ...args: readonly string[]): void => {
  print(`$ ${[command, ...args].join(' ')}`);
  execFileSync(command, args, { stdio: 'inherit' });
};
const answerOf = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { encoding: 'utf8' }).trim();

function check(): string {
  const { version: last } = JSON.parse(readFileSync('package.json', 'utf8'));
  if (!versionRule.test(version))
    throw new Error(`'${version}' is not a version: 1.2.3 or 1.2.3-rc.1`);
  if (!isLater(version, last) && version !== last) {
    throw new Error(`${version} is not later than ${last}, the version in package.json`);
  }
  if (answerOf('git', 'tag', '--list', `v${version}`) !== '') {
    throw new Error(`the tag v${version} exists: a version is released once`);
  }
  const changed = answerOf('git', 'status', '--porcelain');
  if (changed !== '') throw new Error(`commit or remove these first:\n${changed}`);
  return unreleasedChanges(readFileSync('CHANGELOG.md', 'utf8'));
}

function prepare(): void {
  if (values['skip-tests'] !== true) {
    run('npm', 'run', 'check');
    for (const tests of ['test', 'test:long', 'test:night']) run('npm', 'run', tests);
    run('npm', 'audit', '--omit', 'dev');
  }
  const date = new Date().toISOString().slice(0, 10);
  const changelog = withVersion(readFileSync('CHANGELOG.md', 'utf8'), version, date);
  run('npm', 'version', '--no-git-tag-version', '--allow-same-version', version);
  writeFileSync('CHANGELOG.md', changelog);
  mkdirSync('release', { recursive: true });
  run('npm', 'pack', '--pack-destination', 'release');
  const file = `rollcall-${version}.tgz`;
  const sum = createHash('sha256')
    .update(readFileSync(join('release', file)))
    .digest('hex');
  writeFileSync(join('release', `${file}.sha256`), `${sum}  ${file}\n`);
  print(`\nrelease/${file}\nrelease/${file}.sha256: ${sum}`);
}

const changes = check();
print(`${version}:\n\n${changes}\n`);
if (values['dry-run'] !== true) {
  prepare();
  print(`\nNext:\n${commandsAfter(version)}`);
}
