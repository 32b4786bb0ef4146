import { z } from 'zod';
import { systemAdapters } from '../../composition/compose.ts';
import { pickPolicies, selectUsable } from '../../domain/fleet/pick.ts';
import { ServiceName } from '../../domain/identity/names.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { footer, plural } from '../tables/footer.ts';
import { byName, instanceTable } from '../tables/instance-table.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';

export const ps = command({
  name: 'ps',
  summary: 'the instances, each with what a consumer may think of it, and why',
  settings: {
    service: {
      flag: '--service <name>',
      description: 'only the instances of this service',
      schema: ServiceName.optional(),
    },
    policy: {
      flag: '--policy <policy>',
      description: 'only what a consumer is handed: strict, prefer-live or any',
      fallback: 'all that stand',
      schema: z.enum(pickPolicies, { error: 'strict, prefer-live or any' }).optional(),
    },
  },
  examples: [
    ['rollcall ps', 'all of them'],
    ['rollcall ps --service web --json', 'for a script: one JSON document per line'],
    ['rollcall ps --policy prefer-live', 'what a consumer of the library would be handed'],
  ],
  async run({ settings, io }) {
    await using view = await openDirectoryOnce(settings, io, 'ps');
    const { directory } = view;
    const { policy } = settings;
    const all = directory.instances(settings.service).toSorted(byName);
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
      io.out(`a consumer who asks for '${policy}' is handed no instance${of}`);
      io.out(io.palette.dim('what stands, and why it is not handed out: rollcall ps'));
    } else {
      io.out(`no instance${of} is registered in namespace '${settings.namespace}'`);
      io.out(io.palette.dim('register some: rollcall agent --name NAME --instances FILE'));
    }
    const counted = `${plural(all.length, 'instance')}${of}`;
    const handed = policy === undefined ? '' : `${rows.length} for '${policy}' of `;
    io.out(footer(directory, `${handed}${counted}`, io));
    return exitCodes.done;
  },
});
