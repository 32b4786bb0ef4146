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

/** ELK and resvg take a while to load, more where others compute too. */
vi.setConfig({ testTimeout: 60_000 });

const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-png-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('a picture is the same on a machine without a single font', async () => {
  // Nothing but a directory that is not there: as in an image without fonts.
  const bare = join(folder, 'fonts.conf');
  await writeFile(bare, '<fontconfig><dir>/nowhere</dir></fontconfig>');
  const drawnWith = async (env: NodeJS.ProcessEnv, name: string) => {
    const file = join(folder, name);
    const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
    await run(execPath, [main, 'machines', 'draw', 'hold', '--out', file], { env });
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  };
  const { PATH, HOME } = process.env;
  expect(await drawnWith({ FONTCONFIG_FILE: bare, PATH }, 'bare.png')).toBe(
    await drawnWith({ PATH, HOME }, 'here.png'),
  );
});

it('its words are there', async () => {
  const svg = svgOf(await layoutChart(chartOf(holdMachine)), { theme: 'light' });
  const title = { top: 0, height: 2 * measures.titleHeight };
  expect(dark(await pngOf(svg.replace(/<text.*?<\/text>/gs, '')), title)).toBe(0);
  expect(dark(await pngOf(svg), title)).toBeGreaterThan(400);
});

it.each([measures.name, measures.event, measures.text, measures.title])(
  'a line of $size px and weight $weight is no wider than its room, and fills it',
  async (font) => {
    const text = 'lapsed [it was announced] / regrant → äöß';
    const wide = right(await pngOf(oneLine(text, font))) / 2;
    expect(wide).toBeLessThanOrEqual(widthOf(text, font));
    expect(wide).toBeGreaterThan(0.95 * widthOf(text, font));
  },
);

it('a name that Inter cannot write leaves no gap', async () => {
  expect(right(await pngOf(oneLine('漢字', measures.name)))).toBeGreaterThan(measures.name.size);
});

const oneLine = (text: string, { size, weight }: Font): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40"><text y="30" font-family="Inter" font-size="${size}" font-weight="${weight}">${text}</text></svg>`;

/** The pixels of a PNG, which resvg itself reads. */
function pixelsOf(png: Uint8Array) {
  const bytes = Buffer.from(png);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const image = `<image width="${width}" height="${height}" href="data:image/png;base64,${bytes.toString('base64')}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${image}</svg>`;
  return { width, pixels: new Resvg(svg).render().pixels };
}

/** How many dark pixels there are in some of its lines. */
function dark(png: Uint8Array, { top, height }: { top: number; height: number }): number {
  const { width, pixels } = pixelsOf(png);
  let count = 0;
  for (let at = 4 * width * top; at < 4 * width * (top + height); at += 4) {
    if ((pixels[at + 3] ?? 0) > 128 && (pixels[at] ?? 255) < 96) count += 1;
  }
  return count;
}

/** How far to the right something is drawn, in pixels. */
function right(png: Uint8Array): number {
  const { width, pixels } = pixelsOf(png);
  let furthest = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    if ((pixels[at + 3] ?? 0) > 128) furthest = Math.max(furthest, (at / 4) % width);
  }
  return furthest + 1;
}
