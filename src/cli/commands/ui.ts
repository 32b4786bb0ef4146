import { stripCredentials } from '../../composition/store/access.ts';
import { AgentName } from '../../domain/identity/names.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { dashboard } from '../command/settings/dashboard.ts';
import { source } from '../command/settings/history.ts';
import { agentSettings, collectorLease } from '../command/settings/lease.ts';
import { dashboardLines, tokenFiles } from '../dashboard/dashboard-lines.ts';
import {
  type Dashboard,
  dashboardAccess,
  openLive,
  openRecorded,
} from '../dashboard/open-dashboard.ts';
import { resolveAgentId } from '../session/agent-options.ts';
import { connectPatiently, logOf, watchConnection } from '../session/connect.ts';
import { sampleFile } from '../session/dashboard-assets.ts';
import { untilStopped } from '../session/until-stopped.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { sentencesOf } from '../why/explain-named.ts';

export const ui = command({
  name: 'ui',
  summary: 'serve the dashboard: the fleet now and in the past, in a browser',
  settings: {
    ...dashboard,
    ...source,
    sample: {
      flag: '--sample',
      description: 'show a sample recording of two minutes; no server is needed',
      schema: Switch,
    },
    ...collectorLease,
    host: agentSettings.host,
    stateDir: agentSettings.stateDir,
  },
  examples: [
    ['rollcall ui --servers nats://db-1:4222', 'then open the address it prints'],
    [
      'rollcall ui --file audit.ndjson.gz',
      'shows a file written by `audit export`; no server is needed',
    ],
    [
      'rollcall ui --bind 0.0.0.0 --token-file token',
      'for other machines too; create the token: openssl rand -hex 32 > token',
    ],
  ],
  isDaemon: true,
  async run({ settings, io }) {
    await using opened = new AsyncDisposableStack();
    const door = await dashboardAccess(settings, io);
    const file = settings.sample ? sampleFile : settings.file;
    const name = settings.sample ? 'a sample recording' : (file ?? '');
    await using until = untilStopped(io.signal);
    if (file !== undefined) {
      const dashboard = await withSpinner(io, 'reading the history', (say) =>
        openRecorded(
          { file, name, sentencesOf, signal: io.signal },
          door,
          settings.port,
          logOf(io, settings),
          (done, of) => say(`reading the history: ${Math.floor((100 * done) / Math.max(1, of))} %`),
        ),
      );
      opened.use(dashboard);
      sayReady(dashboard, settings, io);
      await until.ended;
      return exitCodes.done;
    }
    const connected = await connectPatiently(settings, io, 'ui', { create: false });
    if (!connected) return exitCodes.done;
    opened.use(connected);
    const slot = await resolveAgentId(settings, AgentName.parse('dashboard'), io.env);
    const where = `${stripCredentials(settings.servers).servers.join(', ')}, namespace ${settings.namespace}`;
    const live = {
      name: where,
      ports: connected.ports,
      lease: { ttl: settings.ttl, grace: settings.grace },
      host: settings.readOnly ? undefined : slot.host,
      sentencesOf,
    };
    const dashboard = opened.use(await openLive(live, door, settings.port));
    sayReady(dashboard, settings, io);
    void watchConnection(connected, io, until.signal);
    await until.ended;
    return exitCodes.done;
  },
});

function sayReady(dashboard: Dashboard, { json }: { readonly json: boolean }, io: Terminal): void {
  const { url } = dashboard;
  io.started(url);
  if (json) {
    io.out(documentLine({ event: 'ready', dashboard: url, ...tokenFiles(dashboard), pid: io.pid }));
  } else {
    const { link, notes } = dashboardLines(dashboard, io);
    io.out(`${io.palette.live('●')} ${io.palette.bold('dashboard')}  ${link}`);
    for (const line of [...notes, 'Ctrl-C stops it']) io.out(io.palette.dim(`   ${line}`));
  }
}
