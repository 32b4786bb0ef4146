import { Command as Commander, CommanderError } from 'commander';
import { localPorts } from '../composition/store/local-login.ts';
import { withSystemCredentials } from '../composition/store/system-credentials.ts';
import { localLoginDir } from '../composition/xdg-directories.ts';
import { Fault, NoAnswer, PublishRefused } from '../domain/fault.ts';
import { filterFields } from '../domain/filter/row-filter.ts';
import type { Command, CommandEntry } from './command/command.ts';
import { type Exit, exitCodes } from './command/exit.ts';
import { common } from './command/settings/common.ts';
import { isGiven, readSettings, type Sources, sourceOf } from './command/settings/read.ts';
import { optionOf, variableOf } from './command/settings/setting.ts';
import { commandIndex } from './command-index.ts';
import { gatherSources } from './gather-sources.ts';
import { groups, rootHelp } from './root-help.ts';
import { escapeControls } from './terminal/escape-terminal.ts';
import type { Terminal } from './terminal/io.ts';
import { jsonMessages } from './terminal/json-messages.ts';
import { paletteOf } from './terminal/palette.ts';
import { errorDocument, printError } from './terminal/print-error.ts';

export interface Program {
  readonly version: string;
  /** Called before a command runs, for example to see whether it handles signals itself. */
  readonly starting: (command: Command) => void;
  /** Called as soon as it is known that errors are wanted as JSON. */
  readonly jsonWanted?: () => void;
}

/**
 * Parses a command line and runs its command.
 * @throws {Fault} what the command throws
 */
export async function runProgram(
  argv: readonly string[],
  io: Terminal,
  { version, starting, jsonWanted = () => {} }: Program,
): Promise<Exit> {
  let code: Exit = exitCodes.done;
  const hasJson = asksForJson(argv, io.env);
  if (hasJson) jsonWanted();
  // Usage errors are then printed below, as one document.
  const shown = hasJson ? { ...io, err: () => {} } : io;
  const program = bare(new Commander('rollcall'), shown)
    .version(version, '--version')
    .helpCommand('help [command]');
  program.helpInformation = () => `${rootHelp(io.columns)}\n`;
  for (const setting of Object.values(common)) program.addOption(optionOf(setting));
  for (const entry of commandIndex) {
    const parent = parentOf(program, entry.name, shown);
    const commander = bare(parent.command(entry.name.split(' ').at(-1) ?? ''), shown).description(
      entry.summary,
    );
    if (!mayBeMeant(entry, argv)) continue;
    const one = await entry.load();
    commander.configureHelp({ showGlobalOptions: true }).addHelpText('after', examplesHelp(one));
    commander.showHelpAfterError(`(see rollcall ${one.name} --help)`);
    if (one.args !== undefined) commander.arguments(one.args);
    for (const setting of Object.values(one.settings)) commander.addOption(optionOf(setting));
    commander.action(async () => {
      starting(one);
      code = await run(one, commander, io, jsonWanted);
    });
  }
  try {
    await program.parseAsync(withNegatedWords(withKnownHelp(argv)), { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return exitCodes.done;
    if (hasJson)
      io.err(errorDocument('bad-usage', cause.message.replace(/^error: /, ''), exitCodes.usage));
    return exitCodes.usage;
  }
  return code;
}

/** `help` of an unknown command would print the help of all: the command alone is an error that names it. */
function withKnownHelp(argv: readonly string[]): readonly string[] {
  const [help, name, ...more] = argv;
  if (help !== 'help' || name === undefined || name === 'help' || name.startsWith('-')) return argv;
  const isKnown = commandIndex.some((one) => one.name.split(' ')[0] === name);
  return isKnown ? argv : [name, ...more];
}

const negatedWord = new RegExp(`^-(?:(?:${filterFields.join('|')}):|label\\.)`);

/** A later word of `--filter` such as `-state:live` would be read as options. */
function withNegatedWords(argv: readonly string[]): readonly string[] {
  const flags = ['--filter', '-f'];
  const start = argv.findIndex((word) => flags.includes(word)) + 2;
  if (start < 2) return argv;
  return argv.map((word, n) => (n >= start && negatedWord.test(word) ? `--filter=${word}` : word));
}

/** Whether the words of the command line can be a call of this command, or of the help of its group. */
function mayBeMeant({ name }: CommandEntry, argv: readonly string[]): boolean {
  const words = new Set(argv);
  return name.split(' ').every((word) => words.has(word));
}

async function run(
  one: Command,
  commander: Commander,
  io: Terminal,
  jsonWanted: () => void,
): Promise<Exit> {
  const base: Sources = { flags: flagsOf(commander), env: io.env };
  // `completion names` reads a namespace, as no other call of `completion` does.
  const isOfNames = one.name === 'completion' && commander.args[0] === 'names';
  const all = await gatherSources(base, isOfNames ? 'completion names' : one.name);
  const { json } = readSettings({ json: common.json }, all);
  if (json) jsonWanted();
  const oneOf = one.oneOf?.flatMap((name) => one.settings[name] ?? []);
  if (oneOf && !oneOf.some((setting) => isGiven(setting, all))) {
    const flags = oneOf.map(({ flag }) => flag.split(' ')[0]).join(' or ');
    const usage = `rollcall ${one.name} needs ${flags}`;
    const [[example = '', purpose = ''] = []] = one.examples;
    const hint = `for example: ${example} (${purpose}); all options: rollcall ${one.name} --help`;
    if (json) io.err(errorDocument('bad-usage', usage, exitCodes.usage, hint));
    else printError(new Fault('bad-setting', usage, { hint }), io);
    return exitCodes.usage;
  }
  const given = readSettings({ ...common, ...one.settings }, all);
  const settings = { ...withSystemCredentials(given, io.env), localLogins: localLoginDir(io.env) };
  const runWith = async (terminal: Terminal) => {
    try {
      return await runOnce(terminal);
    } catch (cause) {
      throw await withRole(withLocalServers(cause, settings), one.name);
    }
  };
  const runOnce = (terminal: Terminal) =>
    one.run({
      settings,
      io: terminal,
      args: commander.args,
      commands: commandIndex,
      serversGiven: isGiven(common.servers, all),
      sourceOf: (setting) => sourceOf(setting, all),
    });
  const painted = settings.color ? io : { ...io, palette: paletteOf(1) };
  const terminal = json
    ? { ...painted, errIsTerminal: false, err: jsonMessages(painted.err) }
    : painted;
  if (!one.isDaemon) return runWith(terminal);
  const { runDaemon } = await import('./session/run-daemon.ts');
  return runDaemon(terminal, runWith);
}

/** A server that cannot be reached, with those that `rollcall up` of this user runs, if no address was given. */
function withLocalServers(
  cause: unknown,
  { servers, localLogins }: { servers: readonly string[]; localLogins: string | undefined },
): unknown {
  if (!(cause instanceof NoAnswer)) return cause;
  const [port] = localPorts(localLogins);
  if (port === undefined || servers.some((one) => one.endsWith(`:${port}`))) return cause;
  const hint = `\`rollcall up\` of this user runs a server at port ${port}: use --servers nats://127.0.0.1:${port} (tls:// if its output says so)`;
  return new Fault(cause.code, cause.message, { cause, hint });
}

/** A refused right, with the role that has it. */
async function withRole(cause: unknown, command: string): Promise<unknown> {
  if (!(cause instanceof PublishRefused)) return cause;
  const { roleHint } = await import('./up/local-role.ts');
  return new Fault(cause.code, cause.message, { cause, hint: roleHint(command) });
}

/**
 * Whether the command line or the environment asks for JSON. Errors in either are found before the settings
 * can be read.
 */
const asksForJson = (argv: readonly string[], env: Terminal['env']): boolean =>
  argv.includes('--json') ||
  /(^| )(-o ?|--output[ =])json( |$)/.test(argv.join(' ')) ||
  /^(true|yes|1|on)$/i.test(env[variableOf(common.json)] ?? '');

/** Only flags that were given: a default of commander would hide the environment. */
function flagsOf(commander: Commander): Record<string, unknown> {
  const values = commander.optsWithGlobals();
  const given = Object.keys(values).filter(
    (name) => commander.getOptionValueSourceWithGlobals(name) === 'cli',
  );
  return Object.fromEntries(given.map((name) => [name, values[name]]));
}

/** The group of a command, created if missing: `audit show` belongs to `audit`. */
function parentOf(program: Commander, name: string, io: Terminal): Commander {
  const [group, member] = name.split(' ');
  if (member === undefined || group === undefined) return program;
  const existing = program.commands.find((one) => one.name() === group);
  if (existing) return existing;
  return bare(program.command(group), io).description(groups[group] ?? '');
}

/** Prints to our terminal, and throws where commander would end the process. */
const bare = (commander: Commander, io: Terminal): Commander =>
  commander
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.out(text.replace(/\n$/, '')),
      // Messages quote the arguments, which may contain control characters.
      writeErr: (text) =>
        io.err(text.replace(/\n$/, '').split('\n').map(escapeControls).join('\n')),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    });

const examplesHelp = ({ examples }: Command): string =>
  examples.length === 0
    ? ''
    : `\nExamples:\n${examples.map(([line, purpose]) => `  ${line}\n      ${purpose}`).join('\n')}`;
