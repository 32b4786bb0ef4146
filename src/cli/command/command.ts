import type { Terminal } from '../terminal/io.ts';
import type { Exit } from './exit.ts';
import type { common } from './settings/common.ts';
import type { Settings, Values } from './settings/setting.ts';

export type Common = Values<typeof common>;

/** A command of the command line: what it is called, what it takes, what it does. */
export interface Command<S extends Settings = Settings> {
  /** With a blank for one of a group: `audit show`. */
  readonly name: string;
  readonly summary: string;
  /** As commander wants it: `<entity>`. */
  readonly args?: string;
  readonly settings: S;
  /** A command line and what it is good for. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Signals go to a process of its own, and it ends with that: a second one does not end it at once. */
  readonly ownsSignals?: boolean;
  /** Settings of which one has to be there; where none is, the help says what there is. */
  readonly oneOf?: readonly (keyof S & string)[];
  run(context: Context<S>): Promise<Exit>;
}

interface Context<S extends Settings> {
  readonly settings: Common & Values<S>;
  readonly io: Terminal;
  readonly args: readonly string[];
  /** Whether somebody said where the server is, or it is the default. */
  readonly serversGiven: boolean;
}

/** Keeps a command's own types inside it; the program reads the settings by the same table. */
export const command = <S extends Settings>(one: Command<S>): Command => one as unknown as Command;
