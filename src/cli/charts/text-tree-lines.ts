import type { LineStyle, TextTreeLine } from '../../charts/text/text-tree.ts';
import { displayWidth, truncate } from '../terminal/display-width.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Palette } from '../terminal/palette.ts';

/** Greatest width of a line. */
const widest = 100;

/** An outline as lines for a terminal; a line that does not fit ends in an ellipsis. */
export function outlineLines(
  outline: readonly TextTreeLine[],
  { palette, columns }: { readonly palette: Palette; readonly columns: number },
): readonly string[] {
  const paint = painting(palette);
  const width = Math.min(widest, columns);
  return outline.map(({ parts }) => {
    let room = width;
    return parts
      .map(([tone, text]) => {
        const whole = escapeControls(text);
        const kept = truncate(whole, room);
        // Nothing follows an ellipsis, even if a wide character left one column free.
        room = kept === whole ? room - displayWidth(kept) : 0;
        return paint[tone](kept);
      })
      .join('')
      .trimEnd();
  });
}

const painting = ({ bold, dim, live, dubious }: Palette): Record<LineStyle, Palette['bold']> => ({
  frame: dim,
  name: bold,
  active: (text) => bold(live(text)),
  text: (text) => text,
  last: dubious,
  dim,
});
