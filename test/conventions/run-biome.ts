import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** A file for the linted tree: its path and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const Report = z.object({
  diagnostics: z.array(
    z.object({
      category: z.string(),
      severity: z.string(),
      location: z.object({ path: z.string() }),
    }),
  ),
});

/**
 * The rules that these files break under `biome.json`, by path. A rule that does
 * not count as an error has its severity before its name.
 *
 * The files are written to a temporary tree, so they need not exist or compile in the checkout.
 */
export async function objections(sources: readonly Source[]): Promise<Map<string, string[]>> {
  const tree = await mkdtemp(join(tmpdir(), 'rollcall-lint-'));
  try {
    for (const name of ['biome.json', 'biome.imports.json']) {
      await cp(join(checkout, name), join(tree, name));
    }
    for (const { path, text } of sources) {
      await mkdir(join(tree, dirname(path)), { recursive: true });
      await writeFile(join(tree, path), text);
    }
    const found = new Map(sources.map(({ path }) => [path, [] as string[]]));
    for (const { category, severity, location } of Report.parse(await lint(tree)).diagnostics)
      found
        .get(location.path)
        ?.push(category.replace(/^lint\//, severity === 'error' ? '' : `${severity} `));
    return found;
  } finally {
    await rm(tree, { recursive: true });
  }
}

/** Biome's report. Exit code 1 means that rules are broken; a refused setting is an error. */
function lint(tree: string): Promise<unknown> {
  const biome = join(checkout, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { cwd: tree, maxBuffer: 64 * 1024 * 1024 },
      (_, stdout, stderr) => {
        try {
          resolve(JSON.parse(stdout));
        } catch (cause) {
          reject(new Error(`biome left no report: ${stderr}`, { cause }));
        }
      },
    );
  });
}

const Settings = z.object({
  overrides: z.array(
    z.object({
      includes: z.array(z.string()),
      linter: z.object({
        rules: z.object({
          style: z
            .object({
              noRestrictedImports: z.unknown().optional(),
              noRestrictedGlobals: z
                .object({ options: z.object({ deniedGlobals: z.record(z.string(), z.string()) }) })
                .optional(),
            })
            .optional(),
        }),
      }),
    }),
  ),
});

/** The overrides of `biome.json` for folders. */
export async function overrides() {
  const text = await readFile(join(checkout, 'biome.json'), 'utf8');
  return Settings.parse(JSON.parse(text)).overrides;
}
