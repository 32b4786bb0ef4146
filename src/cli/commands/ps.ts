import { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { pickPolicies, selectUsable } from '../../domain/fleet/pick.ts';
import { compareInstances, troubleFirst } from '../../domain/fleet/row-order.ts';
import { ServiceName } from '../../domain/identity/names.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { readSettings } from '../command/settings/read.ts';
import { recentFlaps } from '../gc/recent-flaps.ts';
import { recentLosses } from '../gc/recent-losses.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { filterRows, instanceFields, withZone } from '../tables/apply-filter.ts';
import { footer, plural, shownOf } from '../tables/footer.ts';
import { lossDocuments, lossReport } from '../tables/loss-lines.ts';
import { listLook, listSettings, printDocuments } from '../tables/print-list.ts';

const service = {
  flag: '--service <name>',
  description: 'only the instances of this service',
  schema: ServiceName.optional(),
};

export const ps = command({
  name: 'ps',
  summary: 'list instances with their state and the reason for it',
  args: '[service]',
  settings: {
    ...listSettings(instanceFields),
    service,
    policy: {
      flag: '--policy <policy>',
      description: 'only instances that this pick policy returns: strict, prefer-live or any',
      fallback: 'list all',
      schema: z.enum(pickPolicies, { error: 'strict, prefer-live or any' }).optional(),
    },
  },
  examples: [
    ['rollcall ps', 'all instances'],
    ['rollcall ps web', 'the instances of service web'],
    ['rollcall ps --filter state:dubious host:db-1', 'what needs attention on a host'],
    ['rollcall ps --filter -state:live', 'all instances that are not live'],
    ['rollcall ps --filter label.tier=gold,silver', 'the instances with one of two labels'],
    ['rollcall ps --service web --json', 'for scripts: one JSON document per line'],
    [
      'rollcall ps -o wide',
      'also labels, and how often each agent returned from suspicion or death',
    ],
    ['rollcall ps web -o name', 'for shells: SERVICE/ID, one per line'],
    [
      'rollcall ps -o template="{{host}}:{{port}}"',
      'for shells: one line per instance, by a template of Liquid',
    ],
    ['rollcall ps --policy prefer-live', 'the instances that a consumer of the library would get'],
  ],
  async run({ settings, io, args: [named] }) {
    const wanted = serviceOf(settings.service, named);
    await using view = await openDirectoryOnce(settings, io, 'ps');
    const { directory, now } = view;
    const { policy } = settings;
    const all = directory
      .instances(wanted)
      .toSorted(compareInstances)
      .map((row) => withZone(row, directory.fleet));
    const usable = policy === undefined ? all : selectUsable(all, policy);
    const rows = filterRows(usable, settings.filter, instanceFields);
    const documents = async () => lossDocuments(await recentLosses(view, io));
    if (await printDocuments(rows, settings, (row) => `${row.service}/${row.id}`, io, documents))
      return exitCodes.done;
    const of = wanted === undefined ? '' : ` of service '${wanted}'`;
    const losses = async () => lossReport(await recentLosses(view, io), now, io, wanted);
    if (rows.length > 0) {
      const { instanceTable } = await import('../tables/instance-table.ts');
      const flaps = await recentFlaps(view, settings.output, io);
      io.out(instanceTable(troubleFirst(rows), now, listLook(io, settings.output), flaps));
      io.out('');
    } else if (usable.length > 0) {
      io.out(`no instance${of} matches --filter ${settings.filter}`);
    } else if (all.length > 0) {
      io.out(`pick policy '${policy}' returns no instance${of}`);
      io.out(io.palette.dim('all instances, with reasons: rollcall ps'));
    } else {
      const lost = await losses();
      for (const line of lost) io.out(line);
      io.out(`no instance${of} is registered in namespace '${settings.namespace}'`);
      if (lost.length === 0)
        io.out(io.palette.dim('to register some: rollcall agent --name NAME --instances FILE'));
    }
    if (all.length > 0) for (const line of await losses()) io.out(line);
    const count = { shown: rows.length, usable: usable.length, all: all.length };
    io.out(footer(directory, `${countWords(count, policy)}${of}`, io));
    return exitCodes.done;
  },
});

/** `2 of 10 instances`; with a pick policy `2 of 5 selected by 'strict' of 10 instances`. */
function countWords(
  { shown, usable, all }: { readonly shown: number; readonly usable: number; readonly all: number },
  policy: string | undefined,
): string {
  if (policy === undefined) return shownOf(shown, all, 'instance');
  const part = shown === usable ? '' : `${shown} of `;
  return `${part}${usable} selected by '${policy}' of ${plural(all, 'instance')}`;
}

/** The service of `ps SERVICE` or of `--service`. @throws {Fault} `bad-setting` */
function serviceOf(flag: ServiceName | undefined, named: string | undefined) {
  if (named === undefined) return flag;
  if (flag !== undefined && flag !== named)
    throw new Fault('bad-setting', `two services were given: '${named}' and --service '${flag}'`);
  return readSettings({ service }, { flags: { service: named }, env: {} }).service;
}
