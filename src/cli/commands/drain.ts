import { z } from 'zod';
import {
  formatDrainTarget,
  isDrained,
  parseDrainTarget,
} from '../../composition/names/drain-target.ts';
import { Duration } from '../../composition/time/duration.ts';
import { Fault } from '../../domain/fault.ts';
import type { AgentRow } from '../../domain/fleet/directory-rows.ts';
import { compareInstances } from '../../domain/fleet/row-order.ts';
import type { DrainTarget } from '../../domain/identity/names.ts';
import { drainKey } from '../../domain/identity/registry-keys.ts';
import { days, seconds } from '../../domain/time.ts';
import { planDrain } from '../../runtime/operator/drain-actions.ts';
import { endOfHold } from '../../runtime/operator/operator-actions.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { refuseUncovered } from '../gc/hold-coverage.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import {
  aheadSettings,
  dryRunLine,
  dryRunSettings,
  givenReason,
  operatorIdentity,
  operatorSettings,
  operatorTimeout,
  reasonSettings,
} from '../session/operator.ts';
import { tableLook } from '../tables/column-widths.ts';
import { untilWords } from '../tables/fleet-lines.ts';
import { plural } from '../tables/footer.ts';
import { instanceTable } from '../tables/instance-table.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { shellWord } from '../terminal/shell-quoted.ts';

const longest = days(30);

export const drain = command({
  name: 'drain',
  summary: 'turn traffic away from a host or an instance, until it is undrained',
  args: '<host|service/id>',
  settings: {
    for: {
      flag: '--for <duration>',
      description:
        'ends by itself after this time; without it, the drain lasts until rollcall undrain',
      schema: Duration.pipe(
        z.number().min(seconds(1), 'at least 1 s').max(longest, 'at most 30 days'),
      ).optional(),
    },
    ...reasonSettings,
    ...aheadSettings,
    ...dryRunSettings,
    ...operatorSettings,
  },
  examples: [
    ['rollcall drain db-1 --for 30m --why "new disk"', 'all instances on a host'],
    ['rollcall drain web/web-1', 'one instance: SERVICE/ID'],
    ['rollcall drain db-1 --dry-run', 'which instances it would drain'],
    ['rollcall drain db-1 --for 1h', 'run again: the drain now ends in one hour'],
  ],
  async run({ settings, io, args: [text = ''] }) {
    const target = parseDrainTarget(text);
    await using view = await openDirectoryOnce(settings, io, 'drain');
    const { ports, directory } = view;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const key = drainKey(target);
    const before = [...directory.fleet.controls.drains()].find((one) => one.key === key)?.record;
    const covers = directory
      .instances()
      .filter((row) => isDrained(row, target))
      .toSorted(compareInstances);
    const name = formatDrainTarget(target);
    const isAgent = directory.agents().some((one) => isNamed(one, target));
    const meant = `${name} is an agent; to drain its host: rollcall drain ${shellWord(name.slice(0, name.indexOf('/')))}`;
    const hosts = directory.agents().map((row) => row.host);
    const isKnown = covers.length > 0 || ('host' in target && hosts.includes(target.host));
    if (!isKnown && before === undefined && !settings.ahead) {
      if (isAgent)
        throw new Fault('not-found', `no instance ${name} is registered`, { hint: meant });
      refuseUncovered('instance', name, hosts, 'rollcall ps');
    }
    const why = givenReason(settings) ?? before?.why;
    const until = settings.for === undefined ? undefined : await endOfHold(settings.for, ports);
    const wished = {
      target,
      ...(until !== undefined && { until }),
      ...(why !== undefined && { why }),
    };
    const { dryRun } = settings;
    const change = dryRun
      ? before === undefined
        ? 'planned'
        : 'changed'
      : await planDrain(author, wished, ports, operatorTimeout(io));
    if (settings.json) {
      io.out(
        documentLine({
          ...{ event: 'drain', change, target, until: until ?? null, why: why ?? null },
          ...{ by: author.actor, ...(dryRun && { dryRun }) },
          covers: covers.map(({ service, id, host, agent, state, reason }) => {
            return { service, id, host, agent, state, reason };
          }),
        }),
      );
      return exitCodes.done;
    }
    if (dryRun) io.out(io.palette.dim(dryRunLine));
    const now = until === undefined ? view.now : until - (settings.for ?? 0);
    const end = until === undefined ? 'until it is undrained' : untilWords(until, now);
    io.out(escapeControls(`${name} is drained ${end}${why === undefined ? '' : `: ${why}`}`));
    if (covers.length === 0) {
      const none = `no instance of ${name} is registered: the drain covers instances that are registered later`;
      io.out(io.palette.dubious(escapeControls(none)));
      io.out(io.palette.dim('registered instances: rollcall ps'));
      if (isAgent) io.out(io.palette.dubious(escapeControls(meant)));
    } else {
      io.out(`consumers send no new requests to ${plural(covers.length, 'instance')}:`);
      io.out('');
      io.out(instanceTable(covers, now, tableLook(io)));
      io.out('');
    }
    if (!dryRun)
      io.out(io.palette.dim(escapeControls(`to end it: rollcall undrain ${shellWord(name)}`)));
    return exitCodes.done;
  },
});

/** Whether the target reads like the name of an agent, HOST/AGENT, as `rollcall hold` takes it. */
const isNamed = ({ host, agent }: AgentRow, target: DrainTarget): boolean =>
  'service' in target && target.service === host && target.id === agent;
