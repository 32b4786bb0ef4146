import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkout } from './run-biome.ts';

const run = promisify(execFile);

/** The environment without npm's variables: with them npm would install into the checkout. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_(config_local_prefix|package_)/.test(name)),
);

/** Packages that a file of types imports, itself and through other files. */
function packagesOf(file: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const specifiers = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) .*\bfrom '(.+)';$|import\("(.+?)"\)/gm,
  );
  return [...specifiers].flatMap(([, statement, expression]) => {
    const specifier = statement ?? expression ?? '';
    if (!specifier.startsWith('.')) return [specifier];
    const path = resolve(dirname(file), specifier);
    return packagesOf(path.replace(/\.[jt]s$/, '.d.ts'), seen);
  });
}

describe('the package, installed in an empty directory,', () => {
  let folder: string;
  let packed: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-package-'));
    const pack = ['pack', '--json', '--silent', '--pack-destination', folder];
    const { stdout } = await run('npm', pack, { cwd: checkout, env });
    const [{ filename, files }] = JSON.parse(stdout);
    packed = files.map((file: { path: string }) => file.path);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    const install = [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      join(folder, filename),
    ];
    await run('npm', install, { cwd: folder, env });
  }, 240_000);

  afterAll(() => rm(folder, { recursive: true }));

  test('contains the build and no source', () => {
    const built =
      /^dist\/(src|machines)\/(.*(\.d\.ts|\.js)|((library|command)-chunks\/[^/]+|index|testing|cli\/start)\.js\.map)$/;
    const others = packed.filter((path) => !built.test(path));
    const page = others.filter((path) => path.startsWith('dist/src/dashboard/'));
    const deployed = others.filter((path) => path.startsWith('deploy/'));
    expect(deployed).toContain('deploy/systemd/rollcall-collector.service');
    const rest = others.filter((path) => !page.includes(path) && !deployed.includes(path));
    expect(rest.sort()).toEqual([
      ...['LICENSE', 'NOTICE', 'README.md', 'dist/sbom.cdx.json', 'package.json'],
    ]);
    expect(page).toEqual(
      expect.arrayContaining([
        'dist/src/dashboard/web/index.html',
        'dist/src/dashboard/recording/sample.ndjson.gz',
      ]),
    );
    expect(page.filter((path) => /\.(tsx?|map)$/.test(path))).toEqual([]);
  });

  test('lists its packages with their versions in an SBOM', () => {
    const file = join(folder, 'node_modules/rollcall/dist/sbom.cdx.json');
    const { bomFormat, components } = JSON.parse(readFileSync(file, 'utf8'));
    expect(bomFormat).toBe('CycloneDX');
    const names = components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['zod', 'xstate', 'elkjs']));
    expect(names).not.toContain('vitest');
  });

  test('can be imported', async () => {
    const program = "console.log(JSON.stringify(Object.keys(await import('rollcall'))))";
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
    });
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining(['openDirectory', 'replay', 'startAgent', 'startCollector']),
    );
  });

  test('has maps, so that a stack trace names file and line of the repository', async () => {
    const program =
      "try { await (await import('rollcall')).startAgent({ servers: 7 }); } catch (one) { console.log(one.stack); }";
    const words = ['--enable-source-maps', '--input-type=module', '-e', program];
    const { stdout } = await run(process.execPath, words, { cwd: folder });
    const [, file = '', line = ''] = /(src\/library\/[a-z-]+\.ts):(\d+):\d+/.exec(stdout) ?? [];
    const source = readFileSync(join(checkout, file), 'utf8').split('\n');
    expect(source.length).toBeGreaterThanOrEqual(Number(line));
    expect(source[Number(line) - 1]).toContain('Fault');
  });

  test('starts the command from a few files', async () => {
    const hook = join(folder, 'loads.mjs');
    await writeFile(
      hook,
      `import { registerHooks } from 'node:module';
      const own = new Set();
      registerHooks({ load(url, context, next) {
        if (url.includes('/rollcall/dist/')) own.add(url);
        return next(url, context);
      } });
      process.on('exit', () => process.stderr.write(String(own.size)));\n`,
    );
    const start = join(folder, 'node_modules/rollcall/dist/src/cli/start.js');
    const { stderr } = await run(process.execPath, ['--import', hook, start, '--help']);
    expect(Number(stderr)).toBeGreaterThan(1);
    expect(Number(stderr)).toBeLessThan(50);
  });

  test('can be loaded by CommonJS', async () => {
    const program = "console.log(typeof require('rollcall').startAgent)";
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', program], {
      cwd: folder,
    });
    expect(stdout.trim()).toBe('function');
  });

  test('has a fleet in memory for tests, as the reference shows it', async () => {
    const page = readFileSync(join(checkout, 'docs/reference/library.md'), 'utf8');
    const [, example = ''] = /^## startTestFleet$[\s\S]*?```ts\n([\s\S]*?)```/m.exec(page) ?? [];
    expect(example).toContain("from 'rollcall/testing'");
    const faults =
      "import { Fault } from 'rollcall';\nconst refusal = await fleet.kill('b').catch((one) => one);\n";
    await writeFile(
      join(folder, 'fleet.js'),
      `${example}${faults}strictEqual(refusal instanceof Fault, true);\n`,
    );
    await run(process.execPath, ['fleet.js'], { cwd: folder });
  });

  test('opens its entry and a few chunks when it is imported', () => {
    const built = join(folder, 'node_modules/rollcall/dist/src');
    const opened = new Set<string>();
    const open = (file: string): void => {
      if (opened.has(file)) return;
      opened.add(file);
      const text = readFileSync(file, 'utf8');
      for (const [, next = ''] of text.matchAll(
        /^(?:import\b|\} from|export\b)[^;(]*?"(\..+?)";$/gm,
      )) {
        open(resolve(dirname(file), next));
      }
    };
    open(join(built, 'index.js'));
    expect(opened.size).toBeGreaterThan(1);
    expect(opened.size).toBeLessThan(20);
  });

  test('has types, so a wrong call does not compile', async () => {
    const use = (argument: string) => `import { startAgent } from 'rollcall';
      export type Start = typeof startAgent;
      export const first: Parameters<Start>[0] = ${argument};\n`;
    await writeFile(join(folder, 'right.ts'), use('null!'));
    await writeFile(join(folder, 'wrong.ts'), use('Symbol()'));
    const compile = (file: string) =>
      run(
        process.execPath,
        [
          join(checkout, 'node_modules/typescript/bin/tsc'),
          ...['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024'],
          ...['--skipLibCheck', '--lib', 'es2024,esnext.disposable,dom', file],
        ],
        { cwd: folder },
      );
    await compile('right.ts');
    await expect(compile('wrong.ts')).rejects.toMatchObject({
      stdout: expect.stringContaining('TS2322'),
    });
  }, 60_000);

  test('has types that import only its dependencies', () => {
    const types = join(folder, 'node_modules/rollcall/dist/src/index.d.ts');
    const imported = new Set(packagesOf(types).filter((name) => !name.startsWith('node:')));
    expect(imported).toContain('zod');
    const missing = [...imported].filter((name) => !existsSync(join(folder, 'node_modules', name)));
    expect(missing).toEqual([]);
  });

  test('has a complete dashboard with the page and a sample recording', async () => {
    const program = join(folder, 'node_modules/.bin/rollcall');
    const running = execFile(program, ['ui', '--sample', '--port', '0', '--json'], { env });
    try {
      const [line] = (await once(running.stdout as Readable, 'data')) as [string];
      const { dashboard } = JSON.parse(line.split('\n')[0] ?? '');
      const page = await (await fetch(dashboard)).text();
      expect(page).toContain('assets/main.js');
      expect((await fetch(new URL('/assets/main.js', dashboard))).status).toBe(200);
      const hello = await (await fetch(new URL('/api/hello', dashboard))).json();
      expect(hello).toMatchObject({ mode: 'recording', first: 1, actions: false });
    } finally {
      running.kill();
    }
  });

  test('has no benchmarks, and `rollcall bench` reports where they are', async () => {
    expect(packed.filter((path) => /^dist\/src\/(?!command-chunks).*\bbench\b/.test(path))).toEqual(
      ['dist/src/cli/commands/bench.d.ts', 'dist/src/cli/commands/bench.js'],
    );
    await expect(run(join(folder, 'node_modules/.bin/rollcall'), ['bench'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /the published package has no benchmarks[\s\S]*run `bin\/rollcall bench` in a checkout of the repository/,
      ),
    });
  });

  test('has a command that runs', async () => {
    const { stdout } = await run(join(folder, 'node_modules/.bin/rollcall'), ['--help']);
    expect(stdout).toContain('Usage: rollcall');
  });
});
