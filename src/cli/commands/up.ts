import { join } from 'node:path';
import { z } from 'zod';
import { openEndpoint } from '../../composition/open-endpoint.ts';
import { stripCredentials } from '../../composition/store/access.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { AgentName } from '../../domain/identity/names.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { common, Switch } from '../command/settings/common.ts';
import { dashboardBeside } from '../command/settings/dashboard.ts';
import { agentSettings, collectorLease } from '../command/settings/lease.ts';
import { metrics } from '../command/settings/metrics.ts';
import type { Setting } from '../command/settings/setting.ts';
import { wholeNumber } from '../command/settings/whole-number.ts';
import { dashboardLines, tokenFiles } from '../dashboard/dashboard-lines.ts';
import { dashboardAccess, type Live, openLive } from '../dashboard/open-dashboard.ts';
import { runCollector } from '../gc/run-collector.ts';
import { resolveAgentId } from '../session/agent-options.ts';
import { connectPatiently, watchConnection } from '../session/connect.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { endpointLines } from '../terminal/endpoint-lines.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';
import { openOwnServer } from '../up/own-server.ts';
import { sentencesOf } from '../why/explain-named.ts';

const ownServer = {
  port: {
    flag: '--port <n>',
    description: 'port of the NATS server, on loopback only; 0 picks a free one',
    fallback: '4222',
    schema: wholeNumber(0, 65_535).default(4222),
  },
  store: {
    flag: '--store <dir>',
    description: 'data directory of the NATS server, kept across restarts',
    fallback: '$XDG_STATE_HOME/rollcall/nats, with --secure nats-secure',
    schema: z.string().min(1, 'not empty').optional(),
  },
  secure: {
    flag: '--secure',
    description:
      'create an account and a login for each role, like `rollcall access`; a store that was created with --secure needs the flag only once',
    schema: Switch,
  },
};

export const up = command({
  name: 'up',
  summary: 'run a nats-server with persistent data, a collector and the dashboard on this machine',
  settings: {
    ...collectorLease,
    ...metrics,
    ...dashboardBeside,
    host: agentSettings.host,
    stateDir: agentSettings.stateDir,
    ...ownServer,
  },
  examples: [
    ['rollcall up', 'then, in another terminal: rollcall agent --name first'],
    [
      'rollcall up --secure',
      'each role has its own login; the commands of this user find the login that they need',
    ],
    [
      'rollcall up --servers nats://db-1:4222',
      'uses this server; starts only the collector and the dashboard',
    ],
  ],
  isDaemon: true,
  async run({ settings, io, sourceOf }) {
    await using opened = new AsyncDisposableStack();
    const door = settings.dashboard ? await dashboardAccess(settings, io) : undefined;
    const slot = await resolveAgentId(settings, AgentName.parse('up'), io.env);
    const metered = opened.use(await openMetrics(settings, io));
    const { metrics, readiness } = metered;
    const isForeign = usesForeignServer(sourceOf, io);
    const own = isForeign ? undefined : opened.use(await openOwnServer(settings, slot.host, io));
    const access = own?.login ?? settings;
    const { servers } = access;
    const server = own?.server;
    const me = { ...slot, run: systemAdapters.entropy.runId() };
    const connected = await connectPatiently(access, io, me, { metrics });
    if (!connected) return exitCodes.done;
    opened.use(connected);
    const url = stripCredentials(servers).servers.join(',');
    const live = {
      name: `${url}, namespace ${settings.namespace}`,
      ports: connected.ports,
      lease: { ttl: settings.ttl, grace: settings.grace },
      host: settings.readOnly ? undefined : slot.host,
      sentencesOf,
    };
    const seen = door && opened.use(await openDashboard(live, door, settings, io, metrics));
    const page = door && seen?.url !== undefined ? { ...door, url: seen.url } : undefined;
    const collecting = opened.use(
      runCollector(me, { ...settings, readiness }, connected.ports, io, () => {
        if (settings.json) {
          const shown = { dashboard: page?.url ?? null, ...(door && tokenFiles(door)) };
          const more = { ...shown, metrics: metered.url, pid: io.pid };
          io.out(documentLine({ event: 'ready', servers: url, ...more }));
        } else {
          io.out(`${io.palette.live('●')} ${io.palette.bold('up')}  ${escapeControls(url)}`);
          if (page) {
            const { link, notes } = dashboardLines(page, io);
            io.out(`   dashboard  ${link}`);
            for (const note of notes) io.out(io.palette.dim(`   ${note}`));
          }
          if (own) for (const line of ownLines(own)) io.out(io.palette.dim(`   ${line}`));
        }
      }),
    );
    await using until = untilStopped(io.signal, collecting.done, ...(server ? [lost(server)] : []));
    void watchConnection(connected, io, until.signal, readiness);
    await until.ended;
    return exitCodes.done;
  },
});

/** The server and the collector of `up` do not wait for the port of the dashboard. */
const openDashboard = (
  live: Live,
  door: Parameters<typeof openLive>[1],
  { dashboardPort }: { readonly dashboardPort?: number | undefined },
  io: Terminal,
  metrics: Metrics,
) => {
  const lines = endpointLines('dashboard', true, io);
  return openEndpoint('dashboard', () => openLive(live, door, dashboardPort), metrics, lines);
};

const ownLines = ({ store, isSecure }: { store: string; isSecure: boolean }): readonly string[] => [
  `data       ${escapeControls(store)}`,
  'login      commands of this user find it; other users are refused',
  ...(isSecure
    ? [`access     more logins: rollcall access add --dir ${escapeControls(join(store, 'access'))}`]
    : []),
  'Ctrl-C stops it; the data is kept',
];

/**
 * Whether the server of --servers is used, and none is started. `NATS_URL` names a server for all tools of
 * a shell, so --port, --store or --secure mean more: a server of its own.
 */
function usesForeignServer(
  sourceOf: (setting: Setting) => string | undefined,
  io: Terminal,
): boolean {
  const servers = sourceOf(common.servers);
  const { port, store, secure } = ownServer;
  const own = [port, store, secure].map(sourceOf).find((where) => where !== undefined);
  if (servers === undefined) return false;
  const isOfAllTools = servers === common.servers.variable;
  if (own !== undefined) {
    io.err(
      isOfAllTools
        ? `${servers} is not used: ${own} asks for a server of its own`
        : `${own} is not used: ${servers} names a server, and none is started`,
    );
    return !isOfAllTools;
  }
  if (isOfAllTools) io.err(`using the server of ${servers}; none is started`);
  return true;
}

async function lost(server: {
  readonly exited: Promise<{ asked: boolean; code: number | undefined }>;
}) {
  const { asked, code } = await server.exited;
  if (asked) return;
  throw new Fault(
    'server-failed',
    `nats-server exited unexpectedly (${code === undefined ? 'killed by a signal' : `exit code ${code}`})`,
    {
      hint: 'its log is in the data directory; start again, no data is lost',
    },
  );
}
