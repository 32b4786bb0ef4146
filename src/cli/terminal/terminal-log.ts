import type { Log } from '../../ports/log.ts';
import { escapeControls } from './escape-terminal.ts';
import { clockTime } from './format-time.ts';
import type { Terminal } from './io.ts';

const levels = ['debug', 'info', 'warn', 'silent'] as const;
export type LogLevel = (typeof levels)[number];

/** Log lines for people: time, event, fields. */
export function terminalLog(
  io: Pick<Terminal, 'err' | 'palette'>,
  least: LogLevel,
  now: () => number,
): Log {
  const line =
    (level: LogLevel) =>
    (event: string, fields: Record<string, unknown> = {}) => {
      if (levels.indexOf(level) < levels.indexOf(least)) return;
      const pairs = Object.entries(fields).map(([name, value]) => `${name}=${shown(value)}`);
      const text = `${event}  ${escapeControls(pairs.join(' '))}`;
      const paint = level === 'warn' ? io.palette.dubious : io.palette.dim;
      io.err(`${io.palette.dim(clockTime(now()))} ${paint(text.trimEnd())}`);
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn') };
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
