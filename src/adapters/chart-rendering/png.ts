import { fileURLToPath } from 'node:url';
import { isMeasured } from '../../charts/diagram/text-width.ts';
import { Fault } from '../../domain/fault.ts';

/** The font weights of a picture. */
const inter = [
  '400Regular/Inter_400Regular.ttf',
  '500Medium/Inter_500Medium.ttf',
  '600SemiBold/Inter_600SemiBold.ttf',
] as const;

/**
 * Converts an SVG of the `light` or `dark` theme to a PNG of twice its size. The bytes are the same on
 * every computer, because the font is bundled. System fonts are loaded only if the text has characters
 * that Inter may not have.
 *
 * resvg and the font files are optional dependencies: resvg is native code, and the fonts are large.
 * @throws {Fault} `not-drawn` if one of them is not installed
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await resvg();
  const font = {
    fontFiles: inter.map(fileOf),
    defaultFontFamily: 'Inter',
    loadSystemFonts: [...svg].some((char) => char >= ' ' && !isMeasured(char)),
  };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: 2 } }).render().asPng();
}

function fileOf(name: string): string {
  try {
    return fileURLToPath(import.meta.resolve(`@expo-google-fonts/inter/${name}`));
  } catch (cause) {
    throw notInstalled('a PNG needs the font @expo-google-fonts/inter', cause);
  }
}

async function resvg(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    const loaded = await import('@resvg/resvg-js');
    return 'Resvg' in loaded ? loaded : (loaded as { default: typeof loaded }).default;
  } catch (cause) {
    throw notInstalled('a PNG needs @resvg/resvg-js', cause);
  }
}

const notInstalled = (what: string, cause: unknown): Fault =>
  new Fault('not-drawn', `${what}, which is not installed`, {
    cause,
    hint: 'npm install @resvg/resvg-js @expo-google-fonts/inter, or draw --format svg',
  });
