/** Writes `biome.imports.json` from the table in import-rules.ts: `npm run imports`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { biomeImports } from './biome-imports.ts';

writeFileSync(
  fileURLToPath(new URL('../../../biome.imports.json', import.meta.url)),
  biomeImports(),
);
