import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Resvg } from '@resvg/resvg-js';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { holdMachine } from '../../../machines/hold.ts';
import { layoutChart } from '../../../src/adapters/chart-rendering/elk-layout.ts';
import { pngOf } from '../../../src/adapters/chart-rendering/png.ts';
import { measures } from '../../../src/charts/diagram/sizes.ts';
import { type Font, widthOf } from '../../../src/charts/diagram/text-width.ts';
import { chartOf } from '../../../src/charts/model/chart.ts';
import { svgOf } from '../../../src/charts/svg/svg.ts';

/** Loading ELK and resvg takes seconds on a busy machine. */
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-png-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('a PNG has the same bytes on a computer without fonts', async () => {
  // The only font directory does not exist, as in an image without fonts.
  const emptyConfig = join(folder, 'fonts.conf');
  await writeFile(emptyConfig, '<fontconfig><dir>/nowhere</dir></fontconfig>');
  const hashWith = async (env: NodeJS.ProcessEnv, name: string) => {
    const file = join(folder, name);
    const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
    await run(execPath, [main, 'machines', 'draw', 'hold', '--out', file], { env });
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  };
  const { PATH, HOME } = process.env;
  expect(await hashWith({ FONTCONFIG_FILE: emptyConfig, PATH }, 'without-fonts.png')).toBe(
    await hashWith({ PATH, HOME }, 'with-fonts.png'),
  );
});

it('a PNG contains the text of the SVG', async () => {
  const svg = svgOf(await layoutChart(chartOf(holdMachine)), { theme: 'light' });
  const title = { top: 0, height: 2 * measures.titleHeight };
  expect(dark(await pngOf(svg.replace(/<text.*?<\/text>/gs, '')), title)).toBe(0);
  expect(dark(await pngOf(svg), title)).toBeGreaterThan(400);
});

it.each([measures.name, measures.event, measures.text, measures.title])(
  'text of $size px and weight $weight fits its computed width closely',
  async (font) => {
    const text = 'lapsed [it was announced] / regrant → äöß';
    const width = right(await pngOf(oneLine(text, font))) / 2;
    expect(width).toBeLessThanOrEqual(widthOf(text, font));
    expect(width).toBeGreaterThan(0.95 * widthOf(text, font));
  },
);

it('a name in a script that Inter lacks is drawn', async () => {
  expect(right(await pngOf(oneLine('漢字', measures.name)))).toBeGreaterThan(measures.name.size);
});

const oneLine = (text: string, { size, weight }: Font): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40"><text y="30" font-family="Inter" font-size="${size}" font-weight="${weight}">${text}</text></svg>`;

/** The pixels of a PNG, decoded by resvg. */
function pixelsOf(png: Uint8Array) {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const image = `<image width="${width}" height="${height}" href="data:image/png;base64,${bytes.toString('base64')}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${image}</svg>`;
  return { width, pixels: new Resvg(svg).render().pixels };
}

/** The number of dark pixels in some lines. */
function dark(png: Uint8Array, { top, height }: { top: number; height: number }): number {
  const { width, pixels } = pixelsOf(png);
  let count = 0;
  for (let index = 4 * width * top; index < 4 * width * (top + height); index += 4) {
    if ((pixels[index + 3] ?? 0) > 128 && (pixels[index] ?? 255) < 96) count += 1;
  }
  return count;
}

/** The x coordinate of the rightmost pixel that is drawn. */
function right(png: Uint8Array): number {
  const { width, pixels } = pixelsOf(png);
  let furthest = 0;
  for (let index = 0; index < pixels.length; index += 4) {
    if ((pixels[index + 3] ?? 0) > 128) furthest = Math.max(furthest, (index / 4) % width);
  }
  return furthest + 1;
}
