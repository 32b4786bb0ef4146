import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layoutChart } from '../../src/adapters/chart-rendering/elk-layout.ts';
import { collapsedBelow } from '../../src/charts/diagram/diagram.ts';
import type { Chart } from '../../src/charts/model/chart-data.ts';
import { treeOf } from '../../src/charts/model/state-tree.ts';
import { labelOf, labelText } from '../../src/charts/model/transition-label.ts';
import { svgOf } from '../../src/charts/svg/svg.ts';
import { dotOf } from '../../src/charts/text/dot.ts';
import { mermaidOf } from '../../src/charts/text/mermaid.ts';
import { textTree } from '../../src/charts/text/text-tree.ts';
import { builtInCharts } from '../../src/runtime/transitions/publish-charts.ts';

export const checkout = fileURLToPath(new URL('../..', import.meta.url));

const charts = builtInCharts();

/** Each machine is drawn whole and, if it has nested states, also with the outermost states only. */
const collapsings = (chart: Chart): readonly (readonly string[])[] => {
  const outermost = collapsedBelow(chart, 1);
  return outermost.length === 0 ? [[]] : [[], outermost];
};

/** The contents of docs/explanation/machines.md and docs/explanation/machines/, by path. */
export async function documented(): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const sections: string[] = [];
  for (const chart of charts) {
    for (const collapsed of collapsings(chart)) {
      const layout = await layoutChart(chart, { collapsed });
      const name = collapsed.length === 0 ? chart.machine : `${chart.machine}-overview`;
      for (const theme of ['light', 'dark'] as const) {
        files.set(
          join('docs/explanation/machines', `${name}-${theme}.svg`),
          svgOf(layout, { theme }),
        );
      }
    }
    files.set(join('docs/explanation/machines', `${chart.machine}.dot`), dotOf(chart));
    sections.push(section(chart));
  }
  files.set('docs/explanation/machines.md', [head, ...sections].join('\n'));
  return files;
}

const head = `# State machines

<!-- Written by \`npm run docs\` from machines/*.ts. Do not edit; a test fails when it is stale. -->

Every entity of Rollcall follows one of these state machines ([XState](https://stately.ai/docs), in [machines/](../../machines)). A
transition that a machine does not allow does not happen. Every transition is an event of the audit, with the machine's name and the hash of
its chart. The machines are pure: time, verdicts and answers of the store come in as events.

\`rollcall machines draw NAME\` draws them (\`--format svg\`, \`png\`, \`mermaid\`, \`dot\`, \`text\`), \`rollcall show ENTITY\` shows
the state of one entity in its machine, and \`rollcall machines watch FILE\` draws a machine again whenever its file changes.

How to read a picture: it starts at the dot. A dashed frame is one of several regions that are active in parallel. ↻ leaves a state
and enters it again. A ring is final. Actions stand below their event, after a slash. Where several states have the same transition,
their lines meet at its label. Hover over a transition to see its meaning, or read the tables below.
`;

function section(chart: Chart): string {
  const { machine, hash } = chart;
  const picture = (name: string, alt: string) =>
    [
      '<picture>',
      `  <source media="(prefers-color-scheme: dark)" srcset="machines/${name}-dark.svg">`,
      `  <img alt="${alt}" src="machines/${name}-light.svg">`,
      '</picture>',
    ].join('\n');
  const overview =
    collapsings(chart).length > 1
      ? [
          'The outermost states alone (`--depth 1`):',
          '',
          picture(`${machine}-overview`, `The ${machine} machine, its inner states collapsed`),
          '',
        ]
      : [];
  return [
    `## ${machine}`,
    '',
    `\`#${hash}\` · [machines/${machine}.ts](../../machines/${machine}.ts) · [DOT](machines/${machine}.dot)`,
    '',
    picture(machine, `The ${machine} machine`),
    '',
    ...overview,
    ...states(chart),
    ...transitions(chart),
    '<details><summary>As a tree, and as Mermaid</summary>',
    '',
    '```text',
    ...textTree(chart).map(({ parts }) => parts.map(([, text]) => text).join('')),
    '```',
    '',
    '```mermaid',
    mermaidOf(chart).trimEnd(),
    '```',
    '',
    '</details>',
    '',
  ].join('\n');
}

const states = (chart: Chart): readonly string[] => [
  '| state | |',
  '|---|---|',
  ...treeOf(chart)
    .all.slice(1)
    .map(({ node }) => `| \`${below(chart, node.id)}\` | ${cell(node.description ?? '')} |`),
  '',
];

const transitions = (chart: Chart): readonly string[] => [
  '| from | on | to | |',
  '|---|---|---|---|',
  ...chart.edges.map((edge) => {
    const targets = edge.targets.map((id) => `\`${below(chart, id)}\``).join(', ');
    const label = cell(labelText(labelOf(edge)));
    return `| \`${below(chart, edge.source)}\` | ${label} | ${targets} | ${cell(edge.description ?? '')} |`;
  }),
  '',
];

const below = ({ machine }: Chart, id: string): string =>
  id.startsWith(`${machine}.`) ? id.slice(machine.length + 1) : id;

const cell = (text: string): string => text.replace(/[|\\]/g, '\\$&').replace(/\n/g, ' ');
