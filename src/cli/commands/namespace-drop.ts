import { connectionOptions } from '../../composition/store/access.ts';
import { openForDrop } from '../../composition/store/drop-namespace.ts';
import { Fault } from '../../domain/fault.ts';
import { Namespace } from '../../domain/identity/names.ts';
import { formatCount } from '../audit/progress.ts';
import { type Common, command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { common, Switch } from '../command/settings/common.ts';
import { decideDrop } from '../namespace/decide-drop.ts';
import { canAsk, isAgreed } from '../terminal/ask.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';

/** Number of running processes that are named. */
const mostNamed = 5;

export const namespaceDrop = command({
  name: 'namespace drop',
  summary: 'delete a namespace with its records and its history; shows what is deleted, and asks',
  args: '<namespace>',
  settings: {
    dryRun: {
      flag: '--dry-run',
      description: 'only show what would be deleted, and which processes use it',
      schema: Switch,
    },
    yes: {
      flag: '--yes',
      description:
        'delete it without asking; without it and without a terminal, nothing is deleted',
      schema: Switch,
    },
    force: {
      flag: '--force',
      description: 'also while agents or collectors hold leases in it',
      schema: Switch,
    },
  },
  examples: [
    ['rollcall backup --namespace old --out backups/old', 'before: nothing else brings it back'],
    ['rollcall namespace drop old --dry-run', 'the streams with their messages, and who uses them'],
    ['rollcall namespace drop old --yes --login DIR', 'with the deploy login'],
  ],
  async run({ settings, io, sourceOf, args: [name = ''] }) {
    const namespace = readNamespace(name, settings, sourceOf(common.namespace));
    const access = { ...(await connectionOptions(settings)), namespace };
    await using opened = await openForDrop(access, io.signal);
    const { streams } = opened;
    const answer = (why: string, users: readonly string[], isDropped = false) => {
      const event = { event: 'drop', namespace, dropped: isDropped, why, streams, users };
      if (settings.json) io.out(documentLine(event));
      else io.out(escapeControls(why));
      return isDropped || settings.dryRun ? exitCodes.done : exitCodes.wanting;
    };
    if (!settings.json) {
      for (const one of streams) io.out(`${one.stream}  ${sizeOf(one)}`);
    }
    const { kind, users } = await decideDrop({
      ...settings,
      users: opened.users,
      isAgreed: async () => settings.yes || isWanted(namespace, settings.json, io),
    });
    const use = inUse(namespace, users);
    if (kind === 'dry-run') {
      return answer(
        `nothing was deleted: this was --dry-run${users.length > 0 ? `; ${use}` : ''}`,
        users,
      );
    }
    if (kind === 'in-use') {
      return answer(`nothing was deleted: ${use}; stop that first, or add --force`, users);
    }
    if (kind === 'not-agreed') {
      return answer('nothing was deleted; to delete it: rollcall namespace drop … --yes', users);
    }
    await opened.drop((one) => {
      if (settings.json) io.out(documentLine({ event: 'stream-deleted', ...one }));
      else io.err(`deleted ${one.stream}, which had ${sizeOf(one)}`);
    });
    const again =
      users.length > 0
        ? '; agents and collectors that may create streams create it anew within seconds'
        : '';
    return answer(`namespace ${namespace} is deleted${again}`, users, true);
  },
});

/** @throws {Fault} `bad-setting` */
function readNamespace(
  name: string,
  { namespace }: Pick<Common, 'namespace'>,
  source: string | undefined,
): Namespace {
  const { data, error } = Namespace.safeParse(name);
  if (error) throw new Fault('bad-setting', `'${name}': ${error.issues[0]?.message}`);
  if (source === undefined || namespace === data) return data;
  throw new Fault('bad-setting', `${source} is '${namespace}', and '${data}' is to be deleted`, {
    hint: `if you mean '${data}': --namespace ${data}, with a login that may delete its streams`,
  });
}

const sizeOf = ({ messages, bytes }: { readonly messages: number; readonly bytes: number }) =>
  `${formatCount(messages)} messages, ${(bytes / 1e6).toFixed(1)} MB`;

const inUse = (namespace: string, users: readonly string[]): string =>
  `${users.length === 1 ? 'one process uses' : `${users.length} processes use`} namespace '${namespace}': ${named(users)}`;

const named = (users: readonly string[]): string => {
  const more = users.length - mostNamed;
  return [...users.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
};

async function isWanted(namespace: string, json: boolean, io: Terminal): Promise<boolean> {
  if (json || !canAsk(io)) return false;
  io.out(`only a backup brings it back: rollcall backup --namespace ${namespace} --out FOLDER`);
  return isAgreed(io, `Delete namespace '${namespace}', with its history?`);
}
