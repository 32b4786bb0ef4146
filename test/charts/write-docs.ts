import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout, documented } from './documented.ts';

/** Writes docs/explanation/machines.md and its pictures. */
// A layout can fail, so all files are computed before the old ones are removed.
const files = await documented();
await rm(join(checkout, 'docs/explanation/machines'), { recursive: true, force: true });
await mkdir(join(checkout, 'docs/explanation/machines'), { recursive: true });
for (const [path, text] of files) await writeFile(join(checkout, path), text);
