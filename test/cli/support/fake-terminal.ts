import type { Terminal } from '../../../src/cli/terminal/io.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';

/** A terminal that records its output. */
export function fakeTerminal(more: Partial<Terminal> = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    palette: paletteOf(1),
    isTerminal: false,
    errIsTerminal: false,
    columns: 100,
    tableWidth: 100,
    window: () => ({ columns: 100, rows: 24 }),
    ask: async () => '',
    draw: (text) => void out.push(text),
    signal: new AbortController().signal,
    env: {},
    pid: 1,
    self: ['node', 'main.ts'],
    signals: { on: () => {}, off: () => {}, stdin: {} },
    started: () => {},
    ...more,
  };
  return { io, out, err };
}
