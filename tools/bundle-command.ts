/**
 * Replaces the built command by a few files: `node tools/bundle-command.ts dist/src`. Each start then opens its entry, and the
 * chunks of what the command uses, instead of some hundreds of files. zod is part of the bundle, without its
 * languages. `npm run bench:start` measures the effect.
 */
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { argv } from 'node:process';
import { build, type Plugin } from 'esbuild';

const [, , folder = 'dist/src'] = argv;
const sources = resolve('src');

/**
 * A module that finds files beside itself: in a chunk, its own address must stay that of its file, which tsc wrote too.
 * Entry and chunks are one folder below `dist/src`.
 */
const ownAddress: Plugin = {
  name: 'own-address',
  setup(built) {
    built.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!path.startsWith(sources) || !/import\.meta\.(url|filename)/.test(text)) return undefined;
      const file = JSON.stringify(`../${relative(sources, path).replace(/\.ts$/, '.js')}`);
      const contents = text
        .replaceAll('import.meta.url', `new URL(${file}, import.meta.url).href`)
        .replaceAll('import.meta.filename', file);
      return { contents, loader: 'ts' };
    });
  },
};

/** Leaves out the languages of zod: its messages are English, which it imports by itself. */
const oneLanguage: Plugin = {
  name: 'one-language',
  setup(built) {
    built.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

const inlined = ['zod'];
const { dependencies, optionalDependencies } = JSON.parse(await readFile('package.json', 'utf8'));
const packages = Object.keys({ ...dependencies, ...optionalDependencies });

await build({
  entryPoints: { 'cli/start': 'src/cli/start.ts' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  external: packages
    .filter((name) => !inlined.includes(name))
    .flatMap((name) => [name, `${name}/*`]),
  plugins: [ownAddress, oneLanguage],
  outdir: folder,
  chunkNames: 'command-chunks/[name]-[hash]',
  allowOverwrite: true,
  // Without the sources: file and line of a stack trace are those of the repository.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
