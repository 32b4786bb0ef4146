import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { accessSettings, openAccess } from '../../session/access.ts';
import { type Column, table } from '../../tables/table.ts';
import { escapeControls, jsonLine } from '../../terminal/escape-terminal.ts';

interface Row {
  readonly namespace: string;
  readonly role: string;
  readonly name: string;
  readonly services?: readonly string[] | undefined;
  readonly keys: readonly string[];
}

const columns: readonly Column<Row>[] = [
  { head: 'ROLE', cell: ({ role }) => role },
  { head: 'NAME', cell: ({ name }) => escapeControls(name), shrinks: true },
  { head: 'NAMESPACE', cell: ({ namespace }) => namespace },
  {
    head: 'SERVICES',
    cell: ({ services }) => escapeControls(services?.join(', ') ?? ''),
    shrinks: true,
  },
  { head: 'KEYS', cell: ({ keys }) => (keys.length > 1 ? '2: being rotated' : '1') },
];

export const accessList = command({
  name: 'access list',
  summary: 'list the logins; no secrets',
  settings: accessSettings,
  examples: [['rollcall access list --json', 'one login per line, with its public keys']],
  async run({ settings, io }) {
    const { members, loginOf, folder } = await openAccess(settings, io).then((access) => ({
      members: access.members,
      folder: access.folder,
      loginOf: access.loginOf.bind(access),
    }));
    if (settings.json) {
      for (const { namespace, role, name, services, keys, ...rest } of members) {
        const login = loginOf({ namespace, role, name, ...rest });
        io.out(
          jsonLine({
            event: 'login',
            role,
            name,
            namespace,
            services: services ?? null,
            keys,
            login,
          }),
        );
      }
    } else if (members.length > 0) {
      io.out(table(members, columns, { width: io.tableWidth, palette: io.palette }));
    } else io.out(`${escapeControls(folder)} has no logins`);
    return exitCodes.done;
  },
});
