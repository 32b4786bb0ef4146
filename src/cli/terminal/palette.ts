import picocolors from 'picocolors';

type Paint = (text: string) => string;

/** Colours of the states, the same in all views. */
export interface Palette {
  readonly live: Paint;
  readonly dubious: Paint;
  readonly failing: Paint;
  readonly draining: Paint;
  readonly expired: Paint;
  readonly bold: Paint;
  readonly dim: Paint;
}

/** Palette for a terminal with `depth` bits of colour; 1 means no colours. */
export function paletteOf(depth: number): Palette {
  const basic = picocolors.createColors(depth > 1);
  // picocolors has only the 16 basic colours, without orange or violet.
  const shade = (index: number, otherwise: Paint): Paint =>
    depth >= 8 ? (text) => `\u001b[38;5;${index}m${text}\u001b[39m` : otherwise;
  return {
    live: shade(75, basic.blueBright),
    dubious: shade(208, basic.yellow),
    failing: shade(220, basic.yellowBright),
    draining: shade(141, basic.magenta),
    expired: shade(161, basic.red),
    bold: basic.bold,
    dim: basic.dim,
  };
}
