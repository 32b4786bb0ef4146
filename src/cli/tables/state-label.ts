import type { Palette } from '../terminal/palette.ts';

type Shown = readonly [glyph: string, paint: keyof Palette];

const shown: Readonly<Record<string, Shown>> = {
  live: ['●', 'live'],
  registering: ['○', 'live'],
  dubious: ['◌', 'dubious'],
  suspect: ['◌', 'dubious'],
  failing: ['◐', 'failing'],
  draining: ['◒', 'draining'],
  leaving: ['◒', 'draining'],
  expired: ['✕', 'expired'],
  gone: ['✕', 'expired'],
};

/** A state with its glyph, so that it can be read without colours. */
export function stateLabel(state: string, palette: Palette): string {
  const [glyph, paint] = shown[state] ?? ['·', 'dim'];
  return palette[paint](`${glyph} ${state}`);
}
