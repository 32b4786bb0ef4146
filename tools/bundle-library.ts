/**
 * Replaces the entries of the built library with one file each and the chunks that they share or load later:
 * `node tools/bundle-library.ts dist/src`. Node then opens a few files for `import 'rollcall'` instead of
 * more than a hundred. `npm run bench:import` measures the effect. The types stay as tsc wrote them.
 */
import { argv } from 'node:process';
import { build } from 'esbuild';

const [, , folder = 'dist/src'] = argv;

await build({
  entryPoints: ['src/index.ts', 'src/testing.ts'],
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  packages: 'external',
  outdir: folder,
  chunkNames: 'library-chunks/[name]-[hash]',
  allowOverwrite: true,
  // Without the sources: file and line of a stack trace are those of the repository.
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
