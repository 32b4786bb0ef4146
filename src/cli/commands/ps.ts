import { z } from 'zod';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { pickPolicies, selectUsable } from '../../domain/fleet/pick.ts';
import { compareInstances } from '../../domain/fleet/row-order.ts';
import { ServiceName } from '../../domain/identity/names.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { footer, plural } from '../tables/footer.ts';
import { instanceTable } from '../tables/instance-table.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';

export const ps = command({
  name: 'ps',
  summary: 'list instances with their state and the reason for it',
  settings: {
    service: {
      flag: '--service <name>',
      description: 'only the instances of this service',
      schema: ServiceName.optional(),
    },
    policy: {
      flag: '--policy <policy>',
      description: 'only instances that this selection policy returns: strict, prefer-live or any',
      fallback: 'list all',
      schema: z.enum(pickPolicies, { error: 'strict, prefer-live or any' }).optional(),
    },
  },
  examples: [
    ['rollcall ps', 'all instances'],
    ['rollcall ps --service web --json', 'for scripts: one JSON document per line'],
    ['rollcall ps --policy prefer-live', 'the instances that a consumer of the library would get'],
  ],
  async run({ settings, io }) {
    await using view = await openDirectoryOnce(settings, io, 'ps');
    const { directory } = view;
    const { policy } = settings;
    const all = directory.instances(settings.service).toSorted(compareInstances);
    const rows = policy === undefined ? all : selectUsable(all, policy);
    if (settings.json) {
      for (const row of rows) io.out(jsonLine(row));
      return exitCodes.done;
    }
    const now = systemAdapters.clock.wall();
    const of = settings.service === undefined ? '' : ` of service '${settings.service}'`;
    if (rows.length > 0) {
      io.out(instanceTable(rows, now, { width: io.columns, palette: io.palette }));
      io.out('');
    } else if (all.length > 0) {
      io.out(`selection policy '${policy}' returns no instance${of}`);
      io.out(io.palette.dim('all instances, with reasons: rollcall ps'));
    } else {
      io.out(`no instance${of} is registered in namespace '${settings.namespace}'`);
      io.out(io.palette.dim('to register some: rollcall agent --name NAME --instances FILE'));
    }
    const count = `${plural(all.length, 'instance')}${of}`;
    const selected = policy === undefined ? '' : `${rows.length} selected by '${policy}' of `;
    io.out(footer(directory, `${selected}${count}`, io));
    return exitCodes.done;
  },
});
