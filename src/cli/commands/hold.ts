import { z } from 'zod';
import {
  covers,
  formatTarget,
  holdAt,
  parseTarget,
} from '../../composition/names/host-or-agent.ts';
import { Duration } from '../../composition/time/duration.ts';
import { compareAgents } from '../../domain/fleet/row-order.ts';
import { days, seconds } from '../../domain/time.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { endOfHold, planHold as plan } from '../../runtime/operator/operator-actions.ts';
import { signingAuthor } from '../../runtime/transitions/record-change.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { coverLines, refuseUncovered } from '../gc/hold-coverage.ts';
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
import { untilWords } from '../tables/fleet-lines.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { when } from '../terminal/format-time.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { shellWord } from '../terminal/shell-quoted.ts';

const longest = days(30);

export const hold = command({
  name: 'hold',
  summary:
    'put a host or agent on hold (maintenance): until it ends, no run there is declared dead',
  args: '<host[/agent]>',
  settings: {
    for: {
      flag: '--for <duration>',
      description: 'duration from now; run the command again to change the end',
      schema: Duration.pipe(
        z.number().min(seconds(1), 'at least 1 s').max(longest, 'at most 30 days'),
      ),
    },
    ...reasonSettings,
    ...aheadSettings,
    ...dryRunSettings,
    ...operatorSettings,
  },
  examples: [
    ['rollcall hold db-1 --for 10m --why "new kernel"', 'all agents of a host'],
    ['rollcall hold db-1/postgres --for 1h', 'one agent: HOST/AGENT'],
    ['rollcall hold db-1 --for 30m', 'run again: the hold now ends in 30 minutes'],
    ['rollcall hold db-2 --for 1h --ahead', 'a host that has no agent yet'],
  ],
  async run({ settings, io, args: [text = ''] }) {
    const place = parseTarget(text);
    await using view = await openDirectoryOnce(settings, io, 'hold');
    const { ports, directory } = view;
    const author = signingAuthor(await operatorIdentity(settings, io), ports);
    const before = holdAt(directory.fleet, place);
    const covers = coveredBy(directory, place);
    if (covers.length === 0 && before === undefined && !settings.ahead) {
      const hosts = directory.agents().map((row) => row.host);
      refuseUncovered('agent', formatTarget(place), hosts, 'rollcall agents');
    }
    const why = givenReason(settings) ?? before?.why;
    const until = await endOfHold(settings.for, ports);
    const wished = { ...place, until, ...(why !== undefined && { why }) };
    const { dryRun } = settings;
    const change = dryRun
      ? before === undefined
        ? 'planned'
        : 'extended'
      : await plan(author, wished, ports, operatorTimeout(io));
    const now = until - settings.for;
    if (settings.json) {
      io.out(
        documentLine({
          ...{ event: 'hold', change, host: place.host, agent: place.agent ?? null, until },
          ...{ why: why ?? null, was: before?.until ?? null, by: author.actor },
          ...(dryRun && { dryRun }),
          covers: covers.map(({ host, agent, run, state, reason }) => {
            return { host, agent, run, state, reason };
          }),
        }),
      );
      return exitCodes.done;
    }
    const name = formatTarget(place);
    if (dryRun) io.out(io.palette.dim(dryRunLine));
    const was = before ? `; the previous end was ${when(before.until, now)}` : '';
    io.out(
      escapeControls(`${name} is on hold ${untilWords(until, now)}${why ? `: ${why}` : ''}${was}`),
    );
    for (const line of coverLines(covers, place, now, io)) io.out(line);
    if (!dryRun)
      io.out(
        io.palette.dim(escapeControls(`to end it early: rollcall release ${shellWord(name)}`)),
      );
    return exitCodes.done;
  },
});

const coveredBy = (directory: Directory, place: ReturnType<typeof parseTarget>) =>
  directory
    .agents()
    .filter((row) => covers(row, place))
    .toSorted(compareAgents);
