import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import type { AgentRow } from '../../domain/fleet/directory-rows.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import { compareAgents } from '../../domain/fleet/row-order.ts';
import { policyKey } from '../../domain/identity/registry-keys.ts';
import { isAcknowledged } from '../../domain/losses/acknowledged.ts';
import type { LostAgent } from '../../domain/losses/losses.ts';
import { readPolicy } from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { readLosses } from '../../runtime/operator/read-losses.ts';
import { lostLines } from '../audit/lost-agents.ts';
import { nowOf, type OpenHistory, openHistory } from '../audit/open-history.ts';
import { type Common, command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { source } from '../command/settings/history.ts';
import { printFleetList } from '../gc/print-fleet-list.ts';
import { recentFlaps } from '../gc/recent-flaps.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { agentTable } from '../tables/agent-table.ts';
import { withZone } from '../tables/apply-filter.ts';
import { type listLook, listSettings } from '../tables/print-list.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';

const fields = ['host', 'agent', 'zone', 'state'] as const;

export const agents = command({
  name: 'agents',
  summary: 'list agents, each with its current run and state; or those that are lost',
  settings: {
    ...listSettings(fields),
    lost: {
      flag: '--lost',
      description:
        'list the agents that were declared dead and did not come back, with the instances that were removed with them',
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
      'also run, term, and how often each returned from suspicion in the last hour and in 24 h',
    ],
    ['rollcall agents -o yaml', 'one YAML document per agent'],
    [
      'rollcall agents --lost',
      'what each zone and each service lost, since when, and what is left',
    ],
  ],
  async run({ settings, io }) {
    if (settings.lost) return listLost(settings, io);
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

/** What operators have acknowledged; nothing is known of it from a file, or from a policy that cannot be read. */
async function acknowledgementsOf({ connected }: OpenHistory) {
  if (connected === undefined) return [];
  const policy = readPolicy(await connected.ports.registry.read(policyKey));
  return policy.kind === 'stored' ? (policy.record.policy.acknowledged ?? []) : [];
}

async function listLost(
  settings: Common & { readonly file?: string | undefined },
  io: Terminal,
): Promise<number> {
  await using opened = await openHistory(settings, io, 'agents');
  const { history } = opened;
  const ledger = await withSpinner(io, 'reading the history', () =>
    readLosses(history, io.signal, systemAdapters.hash),
  );
  const lost = ledger.lost();
  if (settings.json) for (const one of lost) io.out(jsonLine(one));
  else {
    const all = await acknowledgementsOf(opened);
    const known = {
      remaining: ledger,
      isAcknowledged: (one: LostAgent) => isAcknowledged(one, all),
    };
    for (const line of lostLines(lost, known, await nowOf(opened), io)) io.out(line);
  }
  const { first } = await history.range();
  if (!settings.json && first > 1) {
    io.out(io.palette.dim(`the history begins at event ${first}: earlier losses are not known`));
  }
  return exitCodes.done;
}
