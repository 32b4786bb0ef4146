import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { checkout } from './run-biome.ts';

const run = promisify(execFile);

/** Takes long to load, such as the schemas of many settings, and no list of instances needs it. */
const slow =
  /^(xstate|yaml|pino|liquidjs|elkjs|pkijs|asn1js|dns-packet|string-width|yocto-spinner|@prometheus-io\/.*|@resvg\/.*|node:(child_process|zlib|worker_threads|http|https|dgram|readline|perf_hooks)|src\/cli\/command\/settings\/(lease|policy-settings)\.ts)(\/|$)/;

/** Not needed for a help: the client of NATS, the registry, and JetStream. */
const connects =
  /^(@nats-io\/.*|node:tls|src\/adapters\/nats\/(?!login\/credentials-expiry)|src\/runtime\/).*/;

const staticForm = /^(?:import|export)\s+(?!type\b)(?:[^;']*?\bfrom )?'([^']+)'/gm;

/** What these files import, themselves and through others, without an `import()`. */
function importsOf(entries: readonly string[]): readonly string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, name = ''] of readFileSync(join(checkout, file), 'utf8').matchAll(staticForm)) {
      if (name.startsWith('.')) visit(posix.join(posix.dirname(file), name));
      else found.add(name);
    }
  };
  for (const entry of entries) visit(entry);
  return [...found];
}

/** A list of instances: the program, its command, the connection and the view of the registry. */
const list = [
  'src/cli/program.ts',
  'src/cli/commands/ps.ts',
  'src/composition/store/open-store.ts',
  'src/runtime/directory/directory.ts',
];

test('rollcall ps imports nothing that a list of instances does not need', () => {
  const found = importsOf(list);
  expect(found.length).toBeGreaterThan(150);
  expect(found.filter((name) => slow.test(name))).toEqual([]);
});

test('rollcall ps --help loads no client of NATS', async () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    process.argv.splice(1, 0, './src/cli/main.ts');
    process.on('exit', () => console.error(JSON.stringify(loaded)));
    await import('./src/cli/main.ts');`;
  const args = ['--input-type=module', '-e', program, 'ps', '--help'];
  const { stdout, stderr } = await run(process.execPath, args, { cwd: checkout });
  expect(stdout).toContain('Usage: rollcall ps');
  const urls: readonly string[] = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  const names = urls.map((url) => decodeURIComponent(url.split('/node_modules/').at(-1) ?? url));
  const files = names.map((name) => name.replace(`file://${checkout}`, ''));
  expect(files).toContain('src/cli/commands/ps.ts');
  // commander brings the other programs of Node.
  const found = files.filter((file) => !/^node:/.test(file) || file === 'node:tls');
  expect(found.filter((file) => slow.test(file) || connects.test(file))).toEqual([]);
});
