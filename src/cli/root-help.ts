import { firstPage } from './command/settings/first-page.ts';
import { commandIndex } from './command-index.ts';

/** The groups of commands: `audit show` belongs to `audit`. */
export const groups: Readonly<Record<string, string>> = {
  access: 'logins with the least rights for a NATS server of your own',
  namespace: 'the streams of a fleet: create them, delete them',
  gc: 'removal of the records of dead runs: show the plan, run a sweep now',
  machines: 'the state machines of Rollcall: list them, draw them',
  sync: 'keep the configuration of another program as the registry has the instances',
  context: 'servers, namespace and login of a fleet under a name',
  audit: 'the history: every transition of every run and instance',
};

const settingsHelp = `The help of each command lists the options for login, TLS and logs: rollcall ps --help
Each option can also be set by an environment variable (--tls-ca: ROLLCALL_TLS_CA) or by a key in
the --config file (tls-ca). A flag overrides the variable, the variable overrides the context
(rollcall context), the context overrides the file.

Exit codes: 0 success, 1 problem found, 2 usage error, 3 store not reachable, 70 bug in Rollcall,
130 interrupted. With --json an error is one JSON document on stderr.

Start here:
  rollcall demo     a demonstration of half a minute, on this machine
  rollcall up       a server, a collector and the dashboard, to try things out`;

type Item = readonly [term: string, description: string];

/** The first page of the help, in lines of at most `columns`. It needs neither the commands nor their schemas. */
export function rootHelp(columns: number): string {
  const options: readonly Item[] = [
    ['--version', 'print the version'],
    ...Object.values(firstPage).map((one): Item => {
      const fallback = 'fallback' in one ? ` (default: ${one.fallback})` : '';
      return [one.flag, `${one.description}${fallback}`];
    }),
    ['-h, --help', 'display help for command'],
  ];
  const commands = new Map<string, string>();
  for (const { name, summary } of commandIndex) {
    const [first = name] = name.split(' ');
    if (!commands.has(first)) commands.set(first, groups[first] ?? summary);
  }
  commands.set('help [command]', 'show the help of a command');
  const items = [...options, ...commands];
  const width = Math.max(...items.map(([term]) => term.length));
  const lines = (some: Iterable<Item>) =>
    [...some].map((item) => itemLines(item, width, columns)).join('\n');
  return [
    'Usage: rollcall <command> [options]',
    'Host-health and service-instance registry on NATS JetStream.',
    `Options:\n${lines(options)}`,
    `Commands:\n${lines(commands)}`,
    settingsHelp,
  ].join('\n\n');
}

/** A narrower column is not wrapped: the terminal does that. */
const narrowest = 40;

function itemLines([term, description]: Item, width: number, columns: number): string {
  const room = columns - width - 4;
  const wrapped: string[] = [];
  for (const word of description.split(' ')) {
    const last = wrapped.at(-1);
    const isFitting = last !== undefined && (room < narrowest || `${last} ${word}`.length <= room);
    if (isFitting) wrapped[wrapped.length - 1] = `${last} ${word}`;
    else wrapped.push(word);
  }
  return `  ${term.padEnd(width)}  ${wrapped.join(`\n${' '.repeat(width + 4)}`)}`;
}
