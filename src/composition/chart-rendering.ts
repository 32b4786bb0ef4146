import type { LayoutOptions } from '../adapters/chart-rendering/elk-layout.ts';
import type { Layout } from '../charts/layout/layout.ts';
import type { Chart } from '../charts/model/chart-data.ts';

/** Computes positions for the states and edges of a chart. @throws {Fault} `not-drawn` */
export async function layoutChart(chart: Chart, options?: LayoutOptions): Promise<Layout> {
  const elk = await import('../adapters/chart-rendering/elk-layout.ts');
  return elk.layoutChart(chart, options);
}

/** Converts an SVG of a chart to a PNG at double resolution. @throws {Fault} `not-drawn` */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const png = await import('../adapters/chart-rendering/png.ts');
  return png.pngOf(svg);
}
