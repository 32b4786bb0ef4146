import { AgentName } from '../../domain/identity/names.ts';
import { withoutLogin } from '../access.ts';
import { command } from '../command.ts';
import { jsonLog } from '../compose.ts';
import { connectPatiently, watchConnection } from '../connect.ts';
import { type Dashboard, dashboardDoor, openLive, openRecorded } from '../dashboard.ts';
import { exit } from '../exit.ts';
import type { Io } from '../io.ts';
import { jsonLine, printable } from '../printable.ts';
import { sampleFile } from '../sample.ts';
import { Switch } from '../settings/common.ts';
import { dashboard } from '../settings/dashboard.ts';
import { source } from '../settings/history.ts';
import { agency, lease } from '../settings/lease.ts';
import { slotOf } from '../slot.ts';
import { spinning } from '../spinner.ts';
import { stopping } from '../stopping.ts';

export const ui = command({
  name: 'ui',
  about: 'the dashboard: the fleet as it is and as it was, in a browser',
  settings: {
    ...dashboard,
    ...source,
    sample: {
      flag: '--sample',
      about: 'show two minutes of a recorded fleet; no server is needed',
      rule: Switch,
    },
    ...lease,
    host: agency.host,
    stateDir: agency.stateDir,
  },
  examples: [
    ['rollcall ui --servers nats://db-1:4222', 'then open the address that it says'],
    [
      'rollcall ui --file audit.ndjson.gz',
      'a history that `audit export` wrote; no server is needed',
    ],
    [
      'rollcall ui --bind 0.0.0.0 --token-file token',
      'for others too: openssl rand -hex 32 > token',
    ],
  ],
  async run({ settings, io }) {
    await using opened = new AsyncDisposableStack();
    const door = await dashboardDoor(settings, io);
    const file = settings.sample ? sampleFile : settings.file;
    const name = settings.sample ? 'a sample recording' : (file ?? '');
    await using until = stopping(io.signal);
    if (file !== undefined) {
      const dashboard = await spinning(io, 'reading the history', (say) =>
        openRecorded({ file, name }, door, settings.port, jsonLog(settings.logLevel), (done, of) =>
          say(`reading the history: ${Math.floor((100 * done) / Math.max(1, of))} %`),
        ),
      );
      opened.use(dashboard);
      sayReady(dashboard, settings, io);
      await until.ended;
      return exit.done;
    }
    const connected = await connectPatiently(settings, io, 'ui', { create: false });
    if (!connected) return exit.done;
    opened.use(connected);
    const slot = await slotOf(settings, AgentName.parse('dashboard'), io.env);
    const where = `${withoutLogin(settings.servers).servers.join(', ')}, namespace ${settings.namespace}`;
    const live = {
      name: where,
      ports: connected.ports,
      lease: { ttl: settings.ttl, grace: settings.grace },
      host: settings.readOnly ? undefined : slot.host,
    };
    const dashboard = opened.use(await openLive(live, door, settings.port));
    sayReady(dashboard, settings, io);
    void watchConnection(connected.store, io, until.signal);
    await until.ended;
    return exit.done;
  },
});

function sayReady({ url }: Dashboard, { json }: { readonly json: boolean }, io: Io): void {
  if (json) {
    io.out(jsonLine({ event: 'ready', dashboard: url, pid: io.pid }));
  } else {
    io.out(`${io.palette.live('●')} ${io.palette.bold('dashboard')}  ${printable(url)}`);
    io.out(io.palette.dim('   Ctrl-C stops it; nothing else does'));
  }
}
