import type { Palette } from './palette.ts';

interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  readonly stdin: { readonly isTTY?: boolean };
}

/** What a command knows of the terminal and the process around it. */
export interface Terminal {
  /** Prints a line on stdout: what the command was asked for. */
  out(line: string): void;
  /** Prints a line on stderr: what a person should know beside it. */
  err(line: string): void;
  readonly palette: Palette;
  /** Whether a person reads stdout; and stderr. */
  readonly isTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** How wide a line may be. */
  readonly columns: number;
  /** The terminal as large as it is now; a line is as long as `columns` says at most. */
  window(): { readonly columns: number; readonly rows: number };
  /** Writes to stdout as it is: for a screen that is drawn over. */
  draw(text: string): void;
  /** Aborted when the command should end politely: a signal came, or nobody reads its output. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** What starts this program again: Node and the script. */
  readonly self: readonly [node: string, script: string];
  /** Where signals come from, for a command that passes them on. */
  readonly signals: SignalSource;
}
