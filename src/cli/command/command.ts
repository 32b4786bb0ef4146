import type { Terminal } from '../terminal/io.ts';
import type { Exit } from './exit.ts';
import type { common } from './settings/common.ts';
import type { Setting, Settings, Values } from './settings/setting.ts';

export type Common = Values<typeof common> & {
  /** Folder with the logins of servers that this user runs on this machine. */
  readonly localLogins?: string | undefined;
};

/** Settings for a server that the program itself started: logins and certificates are for other servers. */
export const withoutLogin = (settings: Common): Common => ({
  ...settings,
  user: undefined,
  password: undefined,
  passwordFile: undefined,
  token: undefined,
  creds: undefined,
  nkey: undefined,
  login: undefined,
  inboxPrefix: undefined,
  tlsCa: undefined,
  tlsCert: undefined,
  tlsKey: undefined,
});

/** A command: its name, arguments, settings and action. */
export interface Command<S extends Settings = Settings> {
  /** A command of a group has two words: `audit show`. */
  readonly name: string;
  readonly summary: string;
  /** Arguments in the syntax of commander: `<entity>`. */
  readonly args?: string;
  readonly settings: S;
  /** Command lines with their purpose. */
  readonly examples: readonly (readonly [line: string, purpose: string])[];
  /** It forwards signals to a child process and ends with it, so a second signal does not end it. */
  readonly ownsSignals?: boolean;
  /**
   * It runs until it is stopped, and its output is a log: it goes on when the log cannot be written. Other
   * commands end when their reader is gone.
   */
  readonly isDaemon?: boolean;
  /** At least one of these settings is required; without one the help is printed. */
  readonly oneOf?: readonly (keyof S & string)[];
  run(context: Context<S>): Promise<Exit>;
}

/** A command as the help lists it. The command itself is imported when it is needed: that takes time. */
export interface CommandEntry extends Pick<Command, 'name' | 'summary'> {
  load(): Promise<Command>;
}

interface Context<S extends Settings> {
  readonly settings: Common & Values<S>;
  readonly io: Terminal;
  readonly args: readonly string[];
  /** Every command of the program. */
  readonly commands: readonly CommandEntry[];
  /** Whether --servers was given, instead of its default. */
  readonly serversGiven: boolean;
  /** Where the value of a setting comes from: `--port`, `ROLLCALL_PORT`; undefined for its default. */
  readonly sourceOf: (setting: Setting) => string | undefined;
}

/** Hides the type of the settings, which the program reads by the table of the command. */
export const command = <S extends Settings>(one: Command<S>): Command => one as unknown as Command;
