import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { layoutChart } from '../../src/adapters/chart-rendering/elk-layout.ts';
import { variants } from '../../src/charts/layout/layout-variants.ts';
import { diagramName } from '../../src/charts/layout/pinned-layouts.ts';
import { pinnedLayouts } from '../../src/charts/layout/pinned-layouts-data.ts';
import { charts, checkout, documented, foldings } from './documented.ts';

/**
 * Writes docs/explanation/machines.md and its pictures. Pictures that have no pinned way yet get the best there is,
 * which is then pinned; in that case it is to be run again.
 */
const wanted: Record<string, string> = {};
for (const chart of charts) {
  for (const collapsed of foldings(chart)) {
    const name = diagramName(chart.hash, collapsed, 'down');
    const layout = pinnedLayouts[name]
      ? undefined
      : await layoutChart(chart, { collapsed, ways: variants });
    wanted[name] = pinnedLayouts[name] ?? layout?.variant ?? '';
  }
}
if (JSON.stringify(wanted) === JSON.stringify(pinnedLayouts)) {
  // Drawn before the old ones are removed: a layout can fail.
  const files = await documented();
  await rm(join(checkout, 'docs/explanation/machines'), { recursive: true, force: true });
  await mkdir(join(checkout, 'docs/explanation/machines'), { recursive: true });
  for (const [path, text] of files) await writeFile(join(checkout, path), text);
} else {
  const entries = Object.entries(wanted).map(([name, way]) => `  '${name}': '${way}',\n`);
  await writeFile(
    join(checkout, 'src/charts/layout/pinned-layouts-data.ts'),
    `/**
 * The ways that were found best for our own machines, by what is drawn: written by
 * \`npm run docs:machines\`, so that a picture depends neither on the time there is nor on the search.
 */
export const pinnedLayouts: Readonly<Record<string, string>> = {
${entries.join('')}};
`,
  );
  process.stdout.write('src/charts/layout/pinned-layouts-data.ts was written: run it once more\n');
}
