import { z } from 'zod';
import { appendAnchor } from '../../composition/anchor-files.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Duration } from '../../composition/time/duration.ts';
import { AgentName } from '../../domain/identity/names.ts';
import { days, hours, seconds } from '../../domain/time.ts';
import type { AnchorOptions } from '../../runtime/audit/anchors/anchor-writer.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { agentSettings, collectorLease } from '../command/settings/lease.ts';
import { metrics } from '../command/settings/metrics.ts';
import { runCollector } from '../gc/run-collector.ts';
import { resolveAgentId } from '../session/agent-options.ts';
import { connectPatiently, watchConnection } from '../session/connect.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const collector = command({
  name: 'collector',
  summary: 'watch all runs and remove the records of dead ones; several collectors share the work',
  settings: {
    ...collectorLease,
    ...metrics,
    host: agentSettings.host,
    stateDir: agentSettings.stateDir,
    name: {
      flag: '--name <name>',
      description: 'name of this collector in the audit',
      fallback: 'collector',
      schema: AgentName.default(AgentName.parse('collector')),
    },
    anchorTo: {
      flag: '--anchor-to <file>',
      description: 'append anchors of the history to this file, or to a file in this directory',
      schema: z.string().min(1, 'not empty').optional(),
    },
    anchorEvery: {
      flag: '--anchor-every <duration>',
      description: 'time between two anchors',
      fallback: '1h',
      schema: Duration.pipe(
        z.number().min(seconds(1), 'at least 1 s').max(days(30), 'at most 30 days'),
      ).default(hours(1)),
    },
  },
  examples: [
    [
      'rollcall collector',
      'two or three, on different machines, are enough for a fleet of any size',
    ],
    [
      'rollcall collector --anchor-to /mnt/evidence/anchors.jsonl',
      'also writes a digest of the history outside the store, every hour',
    ],
  ],
  isDaemon: true,
  async run({ settings, io }) {
    const slot = await resolveAgentId(settings, settings.name, io.env);
    const me = { ...slot, run: systemAdapters.entropy.runId() };
    await using metered = await openMetrics(settings, io);
    const { metrics, readiness } = metered;
    await using connected = await connectPatiently(settings, io, me, { metrics });
    if (!connected) return exitCodes.done;
    const { anchorTo, anchorEvery: every, namespace } = settings;
    const anchors: AnchorOptions | undefined =
      anchorTo === undefined
        ? undefined
        : { namespace, every, keep: (line) => appendAnchor(anchorTo, namespace, line) };
    await using collecting = runCollector(
      me,
      { ...settings, anchors, readiness },
      connected.ports,
      io,
      () => {
        const ready = { event: 'ready', ...me, term: 0, pid: io.pid, metrics: metered.url };
        if (settings.json) io.out(documentLine(ready));
        else
          io.out(
            `${escapeControls(`${slot.host}/${slot.agent}`)} waits for a seat (run ${me.run})`,
          );
      },
    );
    await using until = untilStopped(io.signal, collecting.done);
    void watchConnection(connected, io, until.signal, readiness);
    await until.ended;
    return exitCodes.done;
  },
});
