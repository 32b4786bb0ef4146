/** Writes the page as it is shipped: `node src/dashboard/build/main.ts dist/src/dashboard/page`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { bundlePage } from './bundle.ts';

const [, , folder = 'dist/src/dashboard/page'] = argv;
await mkdir(folder, { recursive: true });
for (const [name, body] of await bundlePage()) await writeFile(join(folder, name), body);
