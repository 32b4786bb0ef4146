import { Fault } from '../../domain/fault.ts';

/**
 * An SVG with literal colours as a PNG, twice as large as it says.
 *
 * resvg is an optional dependency: the only one that is no JavaScript.
 * @throws {Fault} `not-drawn` where resvg is not installed, or this machine has no font
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await resvg();
  const font = { loadSystemFonts: true, defaultFontFamily: 'Liberation Sans' };
  const draw = (text: string) =>
    new Resvg(text, { font, fitTo: { mode: 'zoom', value: 2 } }).render();
  // Without a font it leaves the words out, and says nothing.
  if (draw(probe).pixels.every((byte) => byte === 0)) {
    throw new Fault('not-drawn', 'there is no font on this machine to write a PNG with', {
      hint: 'install one (Debian: fonts-inter or fonts-liberation), or draw --format svg',
    });
  }
  return draw(svg).asPng();
}

const probe =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="16" font-size="16">M</text></svg>';

async function resvg(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    const loaded = await import('@resvg/resvg-js');
    return 'Resvg' in loaded ? loaded : (loaded as { default: typeof loaded }).default;
  } catch (cause) {
    throw new Fault('not-drawn', 'a PNG is drawn by @resvg/resvg-js, which is not installed', {
      cause,
      hint: 'npm install @resvg/resvg-js, or draw --format svg',
    });
  }
}
