import { Command as Commander, CommanderError, Help, type Option } from 'commander';
import { systemAdapters } from '../composition/compose.ts';
import type { Command } from './command/command.ts';
import { type Exit, exitCodes } from './command/exit.ts';
import { common } from './command/settings/common.ts';
import { isGiven, readSettings, refuseUnknown, type Sources } from './command/settings/read.ts';
import { optionOf, type Setting } from './command/settings/setting.ts';
import { commands } from './command-list.ts';
import { escapeControls } from './terminal/escape-terminal.ts';
import type { Terminal } from './terminal/io.ts';
import { paletteOf } from './terminal/palette.ts';

export interface Program {
  readonly version: string;
  /** Called when a command is about to run: whether signals are its own to handle. */
  readonly starting: (command: Command) => void;
}

/**
 * Parses a command line and runs what it names.
 * @throws {Fault} whatever the command throws
 */
export async function runProgram(
  argv: readonly string[],
  io: Terminal,
  { version, starting }: Program,
): Promise<Exit> {
  let code: Exit = exitCodes.done;
  const program = bare(new Commander('rollcall'), io)
    .description(
      'Who is there, who is late, and what may be collected: a registry on NATS JetStream.',
    )
    .version(version, '--version', 'the version of Rollcall')
    .usage('<command> [options]')
    .helpCommand('help [command]', 'what a command does')
    .configureHelp({
      visibleOptions: (one) => new Help().visibleOptions(one).filter(isForEverybody),
    })
    .addHelpText('after', settingsHelp);
  for (const setting of Object.values(common)) program.addOption(optionOf(setting));
  for (const one of commands) {
    const into = parentOf(program, one.name, io);
    const commander = bare(into.command(one.name.split(' ').at(-1) ?? ''), io)
      .description(one.summary)
      .configureHelp({ showGlobalOptions: true })
      .addHelpText('after', examplesHelp(one));
    commander.showHelpAfterError(`(rollcall ${one.name} --help says more)`);
    if (one.args !== undefined) commander.argument(one.args);
    for (const setting of Object.values(one.settings)) commander.addOption(optionOf(setting));
    commander.action(async () => {
      starting(one);
      code = await run(one, commander, io);
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return cause.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  }
  return code;
}

async function run(one: Command, commander: Commander, io: Terminal): Promise<Exit> {
  const from: Sources = { flags: flagsOf(commander), env: io.env };
  const { config } = readSettings({ config: common.config }, from);
  const all: Sources =
    config === undefined ? from : { ...from, file: await systemAdapters.readConfigFile(config) };
  refuseUnknown(all, allSettings());
  const { oneOf } = one;
  if (oneOf && !oneOf.some((name) => one.settings[name] && isGiven(one.settings[name], all))) {
    commander.outputHelp();
    return exitCodes.usage;
  }
  const settings = readSettings({ ...common, ...one.settings }, all);
  return one.run({
    settings,
    io: settings.color ? io : { ...io, palette: paletteOf(1) },
    args: commander.args,
    serversGiven: isGiven(common.servers, all),
  });
}

/** Only what was really said: a default of commander's would hide the environment. */
function flagsOf(commander: Commander): Record<string, unknown> {
  const values = commander.optsWithGlobals();
  const said = Object.keys(values).filter(
    (name) => commander.getOptionValueSourceWithGlobals(name) === 'cli',
  );
  return Object.fromEntries(said.map((name) => [name, values[name]]));
}

const allSettings = (): readonly Setting[] => [
  ...Object.values(common),
  ...commands.flatMap((one) => Object.values(one.settings)),
];

/** `audit show` goes below `audit`. */
function parentOf(program: Commander, name: string, io: Terminal): Commander {
  const [group, member] = name.split(' ');
  if (member === undefined || group === undefined) return program;
  const there = program.commands.find((one) => one.name() === group);
  if (there) return there;
  return bare(program.command(group), io).description(groups[group] ?? '');
}

const groups: Readonly<Record<string, string>> = {
  gc: 'what dead runs left: what will be removed and when; remove what is decided now',
  machines: 'the statecharts that everything goes by: list them, draw them',
  audit: 'what happened: every transition of every run and instance',
};

/** Prints where we print, and throws where commander would end the process. */
const bare = (commander: Commander, io: Terminal): Commander =>
  commander
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, '')),
      // It quotes what it was given.
      writeErr: (text) =>
        io.err(text.replace(/\n$/, '').split('\n').map(escapeControls).join('\n')),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    });

const examplesHelp = ({ examples }: Command): string =>
  examples.length === 0
    ? ''
    : `\nExamples:\n${examples.map(([line, what]) => `  ${line}\n      ${what}`).join('\n')}`;

/** What the first page of the help has room for; every command's own page has them all. */
const isForEverybody = ({ long }: Option): boolean =>
  ['--servers', '--namespace', '--json', '--config', '--version', '--help'].includes(long ?? '');

const settingsHelp = `
Options for logins, TLS and logs are in the help of every command: rollcall ps --help
Every option is also an environment variable (--tls-ca: ROLLCALL_TLS_CA) and a key of the file
that --config names (tls-ca). A flag counts before the variable, the variable before the file.

Exit codes: 0 done, 1 found wanting, 2 usage, 3 store not reachable.

Start here:
  rollcall demo     the whole story in a minute, on this machine
  rollcall up       a server and a collector for trying it out`;
