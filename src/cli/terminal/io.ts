import type { Palette } from './palette.ts';

interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  readonly stdin: { readonly isTTY?: boolean };
}

/** The terminal and the process of a command. */
export interface Terminal {
  /** Prints a line on stdout: the result of the command. */
  out(line: string): void;
  /** Prints a line on stderr: notices for a person. */
  err(line: string): void;
  readonly palette: Palette;
  /** Whether stdout and stderr are terminals. */
  readonly isTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Greatest width of a line of text. */
  readonly columns: number;
  /** Greatest width of a table: the terminal; not limited in a pipe, where programs read the names. */
  readonly tableWidth: number;
  /** Current size of the terminal. */
  window(): { readonly columns: number; readonly rows: number };
  /** Asks for one line of input. Empty if the input ends or the command should end. */
  ask(question: string): Promise<string>;
  /** Writes raw text to stdout, for a screen that is redrawn. */
  draw(text: string): void;
  /** Aborted when the command should end: on a signal, or when its output is closed. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  /** Command line that starts this program again: Node and the script. */
  readonly self: readonly [node: string, script: string];
  /** Source of signals, for a command that forwards them. */
  readonly signals: SignalSource;
  /** Tells the service manager that the command does what it was started for. `status`: for people. */
  started(status: string): void;
}
