import { system } from '../../composition/compose.ts';
import { AgentName } from '../../domain/identity/names.ts';
import { command } from '../command/command.ts';
import { exit } from '../command/exit.ts';
import { agency, lease } from '../command/settings/lease.ts';
import { metrics } from '../command/settings/metrics.ts';
import { collect } from '../gc/run-collector.ts';
import { slotOf } from '../session/agent-options.ts';
import { connectPatiently, watchConnection } from '../session/connect.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { stopping } from '../session/until-stopped.ts';
import { jsonLine, printable } from '../terminal/escape-terminal.ts';

export const collector = command({
  name: 'collector',
  about: 'watch all runs and remove what dead ones left; several share the work',
  settings: {
    ...lease,
    ...metrics,
    host: agency.host,
    stateDir: agency.stateDir,
    name: {
      flag: '--name <name>',
      about: 'what this collector is called in the audit',
      fallback: 'collector',
      rule: AgentName.default(AgentName.parse('collector')),
    },
  },
  examples: [
    ['rollcall collector', 'one on each of two or three machines is enough for any fleet'],
  ],
  async run({ settings, io }) {
    const slot = await slotOf(settings, settings.name, io.env);
    const me = { ...slot, run: system.entropy.runId() };
    await using metered = await openMetrics(settings, io);
    const { meters, url } = metered;
    await using connected = await connectPatiently(settings, io, me, { meters });
    if (!connected) return exit.done;
    await using collecting = collect(me, settings, connected.ports, io, () => {
      const ready = { event: 'ready', ...me, term: 0, pid: io.pid, metrics: url };
      if (settings.json) io.out(jsonLine(ready));
      else io.out(`${printable(`${slot.host}/${slot.agent}`)} waits for a seat (run ${me.run})`);
    });
    await using until = stopping(io.signal, collecting.done);
    void watchConnection(connected.store, io, until.signal);
    await until.ended;
    return exit.done;
  },
});
