import { fileURLToPath } from 'node:url';
import { isMeasured } from '../../charts/diagram/text-width.ts';
import { Fault } from '../../domain/fault.ts';

/** The weights that a picture is written in. */
const inter = [
  '400Regular/Inter_400Regular.ttf',
  '500Medium/Inter_500Medium.ttf',
  '600SemiBold/Inter_600SemiBold.ttf',
] as const;

/**
 * An SVG with literal colours as a PNG, twice as large as it says; the same bytes on every machine,
 * because it is written in an Inter of our own. Only where a name has characters that Inter may not have
 * are the machine's fonts looked at too.
 *
 * resvg and the font files are optional dependencies: the one is no JavaScript, the others are large.
 * @throws {Fault} `not-drawn` where one of them is not installed
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
    throw notInstalled('a PNG is written in @expo-google-fonts/inter', cause);
  }
}

async function resvg(): Promise<typeof import('@resvg/resvg-js')> {
  try {
    const loaded = await import('@resvg/resvg-js');
    return 'Resvg' in loaded ? loaded : (loaded as { default: typeof loaded }).default;
  } catch (cause) {
    throw notInstalled('a PNG is drawn by @resvg/resvg-js', cause);
  }
}

const notInstalled = (what: string, cause: unknown): Fault =>
  new Fault('not-drawn', `${what}, which is not installed`, {
    cause,
    hint: 'npm install @resvg/resvg-js @expo-google-fonts/inter, or draw --format svg',
  });
