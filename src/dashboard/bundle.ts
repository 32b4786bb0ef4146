import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { stylesheet } from '../charts/stylesheet.ts';

const here = fileURLToPath(new URL('page/', import.meta.url));
const resolve = createRequire(import.meta.url).resolve;

/** The page as files by name, ready to be served: nothing in it comes from anywhere else. */
export async function bundlePage(): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const keep = (name: string, ending: string, body: Buffer): string => {
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 8).toUpperCase();
    const called = `${name}-${hash}.${ending}`;
    files.set(called, body);
    return called;
  };
  const font = keep('inter', 'woff2', await readFile(resolve(inter)));
  const [main, worker] = await Promise.all([script('main.tsx'), script('worker.ts')]);
  const names: Readonly<Record<string, string>> = {
    FONT: font,
    JS: keep('main', 'js', main),
    WORKER: keep('worker', 'js', worker),
    CSS: keep('page', 'css', await styles(font)),
  };
  const html = await readFile(join(here, 'index.html'), 'utf8');
  const named = html.replace(/%([A-Z]+)%/g, (_, name: string) => names[name] ?? name);
  files.set('index.html', Buffer.from(named));
  files.set('icon.svg', await readFile(join(here, 'icon.svg')));
  return files;
}

/** The Latin letters, in all weights. */
const inter = '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2';

async function script(name: string): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [join(here, name)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
  });
  return Buffer.from(outputFiles[0]?.contents ?? '');
}

/** What is dark by choice is dark by the browser's wish too: the colours are written once. */
async function styles(font: string): Promise<Buffer> {
  const css = await readFile(join(here, 'page.css'), 'utf8');
  const [, dark = ''] = /\/\* %DARK% \*\/\s*([^]*?)\/\* %END% \*\//.exec(css) ?? [];
  const wished = dark.replace(':root[data-theme="dark"]', ':root:not([data-theme="light"])');
  const all = `${css}\n@media (prefers-color-scheme: dark) {${wished}}\n${stylesheet('css')}`;
  const { outputFiles } = await build({
    stdin: { contents: all.replaceAll('%FONT%', font), loader: 'css' },
    external: ['*.woff2'],
    bundle: true,
    minify: true,
    write: false,
  });
  return Buffer.from(outputFiles[0]?.contents ?? '');
}

/** Writes the page into a folder. */
export async function writePage(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, body] of await bundlePage()) await writeFile(join(folder, name), body);
}

if (import.meta.main) await writePage(process.argv[2] ?? 'dist/page');
