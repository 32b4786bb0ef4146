/**
 * Replaces the built command by a few files: `node tools/bundle-command.ts dist/src`. Each start then opens its entry, and the
 * chunks of what the command uses, instead of some hundreds of files. zod is part of the bundle, without its
 * languages, and so is the NATS client. `npm run bench:start` measures the effect.
 */
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { relative, resolve } from 'node:path';
import { argv } from 'node:process';
import { type ChunkingContext, type Plugin, rolldown } from 'rolldown';

const [, , folder = 'dist/src'] = argv;
const sources = resolve('src');

/**
 * A module that finds files beside itself: in a chunk, its own address must stay that of its file, which tsc wrote too.
 * Entry and chunks are one folder below `dist/src`.
 */
const ownAddress: Plugin = {
  name: 'own-address',
  async load(path) {
    if (!path.startsWith(sources) || !path.endsWith('.ts')) return undefined;
    const text = await readFile(path, 'utf8');
    if (!/import\.meta\.(url|filename)/.test(text)) return undefined;
    const file = JSON.stringify(`../${relative(sources, path).replace(/\.ts$/, '.js')}`);
    const code = text
      .replaceAll('import.meta.url', `new URL(${file}, import.meta.url).href`)
      .replaceAll('import.meta.filename', file);
    return { code, moduleType: 'ts' };
  },
};

/** Leaves out the languages of zod: its messages are English, which it imports by itself. */
const oneLanguage: Plugin = {
  name: 'one-language',
  load: (path) => (/zod\/v4\/locales\/index\.js$/.test(path) ? 'export {};' : undefined),
};

/**
 * Loads modules of Node at their first use. Most commands use few of them, and an `import` reads every property of a module, which
 * loads further ones: 8 % of the CPU of `rollcall ps`.
 */
const lateModules: Plugin = {
  name: 'late-modules',
  resolveId: (name) => (isLate(name) ? { id: `\0${name}` } : undefined),
  async load(id) {
    if (!id.startsWith('\0node:')) return undefined;
    const name = id.slice(1);
    // The global, where an import would read every property of it, and so open the standard streams.
    if (name === 'node:process')
      return { code: 'module.exports = globalThis.process;', moduleType: 'js' };
    const exported = Object.keys(await import(name)).filter((one) => one !== 'default');
    const getters = exported.map((one) => `get ${one}() { return load().${one}; }`).join(', ');
    const code = `let loaded;
      const load = () => (loaded ??= process.getBuiltinModule('${name}'));
      module.exports = { ${getters} };`;
    return { code, moduleType: 'js' };
  },
};
/** All, except the one that the bundle itself needs to load others. */
const isLate = (name: string): boolean =>
  name.startsWith('node:') &&
  name !== 'node:module' &&
  builtinModules.includes(name.slice('node:'.length));

/** What almost every command uses is one file each: opening a file costs more than the parts that one command leaves out. */
const groups = [
  { name: 'start', roots: ['cli/start.ts', 'cli/main.ts', 'cli/root-help.ts'] },
  { name: 'program', roots: ['cli/program.ts', 'cli/commands/ps.ts', 'cli/up/local-role.ts'] },
  {
    name: 'store',
    roots: [
      'composition/store/open-store.ts',
      'runtime/directory/directory.ts',
      'runtime/operator/recent-losses.ts',
    ],
  },
];

/** The modules that these import, themselves and through others, without those of an `import()`. */
function reachedFrom(roots: readonly string[], context: ChunkingContext): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (id: string) => {
    if (reached.has(id)) return;
    reached.add(id);
    for (const next of context.getModuleInfo(id)?.importedIds ?? []) visit(next);
  };
  for (const root of roots) visit(resolve(sources, root));
  return reached;
}

/** `start` and `main` wait for what they load: no other file may import theirs. */
const entry = /\/cli\/(start|main)\.ts$/;

const chunkGroups = groups.map(({ name, roots }, n) => {
  let reached: ReadonlySet<string> | undefined;
  return {
    name: (id: string, context: ChunkingContext) => {
      reached ??= reachedFrom(roots, context);
      return reached.has(id) && !entry.test(id) ? name : null;
    },
    debugName: name,
    // What two groups reach is in the first.
    priority: groups.length - n,
  };
});

/** Packages of almost every command: the client alone is forty files, and finding them costs a tenth of the CPU of `rollcall ps`. */
const inlined = [
  'commander',
  'zod',
  'parse-duration',
  'pretty-ms',
  'picocolors',
  '@noble/hashes',
  '@nats-io/transport-node',
  '@nats-io/nkeys',
  '@nats-io/jwt',
];
const { dependencies, optionalDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
const packages = Object.keys({ ...dependencies, ...optionalDependencies }).filter(
  (name) => !inlined.includes(name),
);
const bundle = await rolldown({
  input: { 'cli/start': 'src/cli/start.ts' },
  platform: 'node',
  transform: { target: 'node24' },
  external: (id) =>
    id === 'node:module' ||
    builtinModules.includes(id) ||
    packages.some((name) => id === name || id.startsWith(`${name}/`)),
  plugins: [ownAddress, oneLanguage, lateModules],
  checks: { ineffectiveDynamicImport: false },
});
await bundle.write({
  dir: folder,
  format: 'esm',
  chunkFileNames: 'command-chunks/[name]-[hash].js',
  // Without the sources: file and line of a stack trace are those of the repository.
  sourcemap: true,
  sourcemapExcludeSources: true,
  codeSplitting: { groups: chunkGroups },
});
