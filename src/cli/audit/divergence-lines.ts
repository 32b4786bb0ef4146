import type { Divergence } from '../../domain/replay/divergence.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Palette } from '../terminal/palette.ts';

/** The divergence as a JSON document. */
export const divergenceDocument = (divergence: Divergence): object => ({
  event: 'divergence',
  ...divergence,
});

/** The divergence as a line: sequence, check, entity, expected and found. */
export function divergenceLine(
  { seq, entity, check, expected, found }: Divergence,
  palette: Palette,
): string {
  const where = seq > 0 ? `#${seq}` : 'no event';
  const what = `${palette.expired('✕')} ${palette.bold(where)} ${palette.expired(check)}  ${escapeControls(entity)}`;
  return `${what}: expected ${short(expected)}, found ${short(found)}`;
}

/** Shortens hashes to 12 characters; --json prints them in full. */
const short = (text: string): string =>
  escapeControls(text.replaceAll(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…'));
