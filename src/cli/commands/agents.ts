import { Fault } from '../../domain/fault.ts';
import type { AgentRow } from '../../domain/fleet/directory-rows.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { compareAgents } from '../../domain/fleet/row-order.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { source } from '../command/settings/history.ts';
import { printFleetList } from '../gc/print-fleet-list.ts';
import { recentFlaps } from '../gc/recent-flaps.ts';
import { listLost } from '../losses/list-lost.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { agentTable } from '../tables/agent-table.ts';
import { withZone } from '../tables/apply-filter.ts';
import { type listLook, listSettings } from '../tables/print-list.ts';

const fields = ['host', 'agent', 'zone', 'state'] as const;

export const agents = command({
  name: 'agents',
  summary: 'list agents, each with its current run and state; or those that are lost',
  settings: {
    ...listSettings(fields),
    lost: {
      flag: '--lost',
      description:
        'the same as `rollcall lost`: the agents that were declared dead and did not come back, with the instances that were removed with them',
      schema: Switch,
    },
    file: {
      ...source.file,
      description: 'with --lost: read a history file written by `audit export`',
    },
  },
  examples: [
    ['rollcall agents', 'live, suspect and expired agents'],
    ['rollcall agents --filter state:suspect host:db-*', 'silent agents of some hosts'],
    [
      'rollcall agents -o wide',
      'also run, term, and the returns from suspicion or death in the last hour and in 24 h',
    ],
    ['rollcall agents -o yaml', 'one YAML document per agent'],
    [
      'rollcall agents --lost',
      'what each zone and each service lost, since when, and what is left',
    ],
  ],
  async run({ settings, io }) {
    if (settings.lost) return listLost(settings, io, 'agents');
    if (settings.file !== undefined) {
      throw new Fault(
        'bad-setting',
        '--file works only with --lost: without it, agents are read from the registry',
        {
          hint: 'for the agents at a past moment: rollcall audit replay --file PATH --at MOMENT',
        },
      );
    }
    await using view = await openDirectoryOnce(settings, io, 'agents');
    const flaps = await recentFlaps(view, settings.output, io);
    const list = {
      ...{ noun: 'agent', fields, all: agentRows(view.directory) },
      nameOf: (row: AgentRow) => `${row.host}/${row.agent}`,
      table: (rows: readonly AgentRow[], now: WallTime, look: ReturnType<typeof listLook>) =>
        agentTable(rows, now, look, { flaps, zones: zonesOf(view.directory.fleet) }),
      none: `no agent is registered in namespace '${settings.namespace}'`,
    };
    await printFleetList(view, list, settings, io);
    return exitCodes.done;
  },
});

/** The zones of the agents by `host/agent`, as far as they have one. */
const zonesOf = (fleet: Fleet): ReadonlyMap<string, string> =>
  new Map(
    [...fleet.slots()].flatMap(({ agent }) =>
      agent?.kind === 'stored' && agent.record.zone !== undefined
        ? [[`${agent.record.host}/${agent.record.agent}`, agent.record.zone] as const]
        : [],
    ),
  );

const agentRows = (directory: Directory) =>
  directory
    .agents()
    .toSorted(compareAgents)
    .map((row) => withZone(row, directory.fleet));
