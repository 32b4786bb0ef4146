import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from './run-biome.ts';

/** Paths of all TypeScript files of the source, from the root of the checkout. */
export function sourceFiles(): readonly string[] {
  return ['src', 'machines', 'tools'].flatMap((top) =>
    readdirSync(join(checkout, top), { recursive: true, withFileTypes: true })
      .filter(
        (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'),
      )
      .map(({ parentPath, name }) => join(parentPath, name).slice(checkout.length)),
  );
}
