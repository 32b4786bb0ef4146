/** Writes the page as it is shipped, and the recording: `node src/dashboard/build/main.ts dist/src/dashboard`. */
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundlePage } from './bundle.ts';

const [, , folder = 'dist/src/dashboard'] = argv;
const page = join(folder, 'web');
await mkdir(page, { recursive: true });
for (const [name, body] of await bundlePage()) await writeFile(join(page, name), body);
const recording = fileURLToPath(new URL('../recording/', import.meta.url));
await cp(recording, join(folder, 'recording'), { recursive: true });
// The built package does not need the build code.
await rm(join(folder, 'build'), { recursive: true, force: true });
