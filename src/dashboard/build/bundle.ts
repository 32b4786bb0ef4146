import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, transform } from 'esbuild';
import { minify } from 'rolldown/utils';
import { stylesheet } from '../../charts/svg/stylesheet.ts';
import { variablesOf } from '../../charts/svg/theme.ts';

/** The page's source, in a checkout. */
const page = fileURLToPath(new URL('../web/', import.meta.url));

/**
 * Builds the page's files, by name. Page and worker are one script: two that share a third would be compressed each
 * alone, which is larger. The names of the files that the script and the styles load contain a hash of their content.
 */
export async function bundlePage(): Promise<ReadonlyMap<string, Buffer>> {
  const { outputFiles } = await build({
    absWorkingDir: page,
    entryPoints: ['main.tsx', 'icon.svg'],
    bundle: true,
    // Names are made short below.
    minifySyntax: true,
    minifyWhitespace: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    jsx: 'transform',
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    plugins: [calls],
    loader: { '.woff2': 'file', '.svg': 'copy' },
    outdir: 'assets',
    entryNames: '[name]',
    assetNames: '[name]-[hash]',
    // Modules are UTF-8 always, and characters are smaller than their escapes.
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const files = new Map(
    outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)] as const),
  );
  const script = await minifyAgain('main.js', String(files.get('main.js')));
  files.set('main.js', Buffer.from(script));
  const styles = await transform(chartStyles(), { loader: 'css', minify: true });
  const own = files.get('main.css') ?? Buffer.alloc(0);
  files.set('main.css', Buffer.concat([own, Buffer.from(styles.code)]));
  return new Map([['index.html', await readFile(join(page, 'index.html'))], ...files]);
}

/** What esbuild minified gets 3 % smaller, compressed. */
async function minifyAgain(name: string, script: string): Promise<string> {
  const { code, errors } = await minify(name, script, {
    module: true,
    compress: { target: 'es2023' },
  });
  if (errors.length > 0) throw new AggregateError(errors, `${name} cannot be minified`);
  return code;
}

/** Imports what JSX becomes. Calls of `h` are smaller than those of the JSX runtime. */
const calls: Plugin = {
  name: 'calls',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.tsx$/ }, async ({ path }) => ({
      contents: `import { h, Fragment } from 'preact'; ${await readFile(path, 'utf8')}`,
      loader: 'tsx',
    })),
};

/** The styles of charts in the page's theme. */
function chartStyles(): string {
  const [light, dark] = [variablesOf('light'), variablesOf('dark')];
  return `
    :root { ${light} }
    @media (prefers-color-scheme: dark) { :root:not([data-theme='light']) { ${dark} } }
    :root[data-theme='dark'] { ${dark} }
    ${stylesheet('css')}`;
}
