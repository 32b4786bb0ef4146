import type { ListedContext } from '../../../composition/access/contexts.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { tableLook } from '../../tables/column-widths.ts';
import { type Column, table } from '../../tables/table.ts';
import { escapeControls } from '../../terminal/escape-terminal.ts';
import { documentLine } from '../../terminal/iso-times.ts';
import { openContexts } from './open-contexts.ts';

const withoutLogin = (servers: string): string => servers.replaceAll(/[^,/@]*@/g, '');

const columns: readonly Column<ListedContext>[] = [
  {
    head: 'NAME',
    cell: ({ name, isCurrent }) => escapeControls(isCurrent ? `${name} *` : name),
    isName: true,
  },
  {
    head: 'SERVERS',
    cell: ({ settings }) => escapeControls(withoutLogin(settings['servers'] ?? '')),
    shrinks: true,
  },
  { head: 'NAMESPACE', cell: ({ settings }) => escapeControls(settings['namespace'] ?? '') },
  { head: 'FROM', cell: ({ from }) => from },
];

export const contextList = command({
  name: 'context list',
  summary: 'list the contexts of rollcall and of the command nats; the current one has a *',
  settings: {},
  examples: [['rollcall context list --json', 'one context per line; no secrets']],
  async run({ settings, io }) {
    const all = await openContexts(io.env).list();
    if (settings.json) {
      for (const { name, from, isCurrent, settings: of } of all) {
        const servers = of['servers'] === undefined ? null : withoutLogin(of['servers']);
        const namespace = of['namespace'] ?? null;
        io.out(
          documentLine({ event: 'context', name, from, current: isCurrent, servers, namespace }),
        );
      }
    } else if (all.length > 0) {
      io.out(table(all, columns, tableLook(io)));
    } else {
      io.out('no contexts; a new one: rollcall context add NAME --servers …');
    }
    return exitCodes.done;
  },
});
