import { collapsedBelow } from '../../charts/diagram/diagram.ts';
import type { Chart } from '../../charts/model/chart-data.ts';
import { svgOf } from '../../charts/svg/svg.ts';
import { dotOf } from '../../charts/text/dot.ts';
import { mermaidOf } from '../../charts/text/mermaid.ts';
import { textTree } from '../../charts/text/text-tree.ts';
import { layoutChart, renderPng } from '../../composition/chart-rendering.ts';
import type { Terminal } from '../terminal/io.ts';
import { outlineLines } from './text-tree-lines.ts';

export const formats = ['svg', 'png', 'mermaid', 'dot', 'text'] as const;
export type Format = (typeof formats)[number];

/** File extension of each format. */
export const fileExtensions: Readonly<Record<Format, string>> = {
  svg: 'svg',
  png: 'png',
  mermaid: 'mmd',
  dot: 'dot',
  text: 'txt',
};

export interface Look {
  readonly format: Format;
  readonly theme: 'light' | 'dark';
  /** Number of levels to draw; undefined means all. */
  readonly depth: number | undefined;
}

/** Renders a chart. @throws {Fault} `not-drawn` */
export async function renderChart(
  chart: Chart,
  { format, theme, depth }: Look,
  io: Pick<Terminal, 'palette' | 'columns'>,
): Promise<string | Uint8Array> {
  if (format === 'mermaid') return mermaidOf(chart);
  if (format === 'dot') return dotOf(chart);
  if (format === 'text') return `${outlineLines(textTree(chart), io).join('\n')}\n`;
  const collapsed = depth === undefined ? [] : collapsedBelow(chart, depth);
  const svg = svgOf(await layoutChart(chart, { collapsed }), { theme });
  return format === 'png' ? renderPng(svg) : svg;
}
