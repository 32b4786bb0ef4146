import { systemAdapters } from '../../../composition/system-adapters.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { accessSettings, openAccess } from '../../session/access.ts';
import { certificateLine } from '../../tables/certificate-line.ts';
import { tableLook } from '../../tables/column-widths.ts';
import { type Column, table } from '../../tables/table.ts';
import { escapeControls } from '../../terminal/escape-terminal.ts';
import { documentLine } from '../../terminal/iso-times.ts';

interface Row {
  readonly namespace: string;
  readonly role: string;
  readonly name: string;
  readonly services?: readonly string[] | undefined;
  readonly keys: readonly string[];
}

const columns: readonly Column<Row>[] = [
  { head: 'ROLE', cell: ({ role }) => role },
  { head: 'NAME', cell: ({ name }) => escapeControls(name), isName: true },
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
  summary: 'list the logins, and until when certificates are valid; no secrets',
  settings: accessSettings,
  examples: [['rollcall access list --json', 'one login per line, with its public keys']],
  async run({ settings, io }) {
    const access = await openAccess(settings, io);
    const { members, folder } = access;
    const certificates = await access.certificates;
    if (settings.json) {
      for (const { namespace, role, name, services, keys, ...rest } of members) {
        const login = access.loginOf({ namespace, role, name, ...rest });
        io.out(
          documentLine({
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
      for (const { kind, name, until } of certificates) {
        const validUntil = new Date(until).toISOString();
        io.out(documentLine({ event: 'certificate', kind, name, validUntil }));
      }
      return exitCodes.done;
    }
    if (members.length > 0) {
      io.out(table(members, columns, tableLook(io)));
    } else io.out(`${escapeControls(folder)} has no logins`);
    const shown = { palette: io.palette, now: systemAdapters.clock.wall() };
    if (certificates.length > 0) io.out('');
    for (const one of certificates) io.out(certificateLine(one, shown));
    return exitCodes.done;
  },
});
