import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout, generatedDocs } from './generated-docs.ts';

/** Writes the generated pages of docs/reference. */
for (const [path, text] of generatedDocs()) await writeFile(join(checkout, path), text);
