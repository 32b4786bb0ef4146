import { ServiceName } from '../../domain/names.ts';
import { command } from '../command.ts';
import { system } from '../compose.ts';
import { exit } from '../exit.ts';
import { footer, plural } from '../footer.ts';
import { byName, instanceTable } from '../instance-table.ts';
import { jsonLine } from '../printable.ts';
import { openView } from '../viewing.ts';

export const ps = command({
  name: 'ps',
  about: 'the instances, each with what a consumer may think of it, and why',
  settings: {
    service: {
      flag: '--service <name>',
      about: 'only the instances of this service',
      rule: ServiceName.optional(),
    },
  },
  examples: [
    ['rollcall ps', 'all of them'],
    ['rollcall ps --service web --json', 'for a script: one JSON document per line'],
  ],
  async run({ settings, io }) {
    await using view = await openView(settings, io, 'ps');
    const { directory } = view;
    const rows = directory.instances(settings.service).toSorted(byName);
    if (settings.json) {
      for (const row of rows) io.out(jsonLine(row));
      return exit.done;
    }
    const now = system.clock.wall();
    const of = settings.service === undefined ? '' : ` of service '${settings.service}'`;
    if (rows.length > 0) {
      io.out(instanceTable(rows, now, { width: io.columns, palette: io.palette }));
      io.out('');
    } else {
      io.out(`no instance${of} is registered in namespace '${settings.namespace}'`);
      io.out(io.palette.dim('register some: rollcall agent --name NAME --instances FILE'));
    }
    io.out(footer(directory, `${plural(rows.length, 'instance')}${of}`, io));
    return exit.done;
  },
});
