import { openDns, openHttp } from '../../composition/services/doors.ts';
import { Fault } from '../../domain/fault.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { metrics } from '../command/settings/metrics.ts';
import { doors, handOut } from '../command/settings/services.ts';
import { logOf } from '../session/connect.ts';
import { doorToken } from '../session/door-token.ts';
import { isLoopback } from '../session/is-loopback.ts';
import { type Door, openDoors } from '../session/open-doors.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { followStore, openServices } from '../session/open-services.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const serve = command({
  name: 'serve',
  summary: 'answer questions about services over DNS and HTTP, for programs of any language',
  settings: { ...doors, ...handOut, ...metrics },
  examples: [
    ['rollcall serve --dns', 'dig -p 8600 @127.0.0.1 _web._tcp.service.rollcall SRV'],
    ['rollcall serve --http', 'at http://127.0.0.1:8601'],
    ['curl 127.0.0.1:8601/v1/services/web/pick', 'one instance that may be used'],
    [
      'rollcall serve --dns 0.0.0.0:8600 --dns-allow 10.0.0.0/8',
      'for the machines of a network too; others are refused',
    ],
    [
      'rollcall serve --http 0.0.0.0:8601 --token-file token',
      'for other machines too; create the token: openssl rand -hex 32 > token',
    ],
  ],
  isDaemon: true,
  oneOf: ['dns', 'http'],
  async run({ settings, io }) {
    const { dns, http, policy, zone, dnsTtl, dnsAllow, hostName = [], json } = settings;
    await using opened = new AsyncDisposableStack();
    const metered = opened.use(await openMetrics(settings, io));
    const { metrics, readiness } = metered;
    const log = logOf(io, settings);
    const view = opened.use(await openServices(settings, io, metrics));
    const doors: Door[] = [];
    if (dns) {
      const door = { ...dns, policy, zone, ttl: dnsTtl, allow: allowedClients(dns.host, dnsAllow) };
      doors.push({ name: 'dns', open: () => openDns(view, door, { log, metrics }) });
    }
    if (http) {
      const token = await doorToken(http.host, settings);
      const door = { ...http, policy, names: hostName, token };
      doors.push({ name: 'http', open: () => openHttp(view, door, { log, metrics }) });
    }
    const names = opened.use(await openDoors(doors, io, metrics)).urls;
    if (json)
      io.out(documentLine({ event: 'listening', ...names, metrics: metered.url, pid: io.pid }));
    const open = io.palette.live('●');
    if (names.dns && !json) io.out(`${open} DNS at ${escapeControls(names.dns)}, zone ${zone}`);
    if (names.http && !json) io.out(`${open} HTTP at ${escapeControls(names.http)}`);
    let isReady = false;
    const onComplete = () => {
      readiness.report('start', undefined);
      if (isReady) return;
      isReady = true;
      const { age, source } = view.status;
      if (json) io.out(documentLine({ event: 'ready', ...names, source, age: Math.round(age) }));
      else io.out(io.palette.dim(`  the view is complete (${source}); Ctrl-C stops it`));
    };
    await using until = untilStopped(io.signal);
    const { signal } = until;
    await Promise.race([
      followStore(view, settings, io, { metrics, signal, onComplete }),
      until.ended,
    ]);
    return exitCodes.done;
  },
});

/** @throws {Fault} `bad-setting` if other machines could connect and none is allowed */
function allowedClients(host: string, allowed: readonly string[] | undefined): readonly string[] {
  if (allowed !== undefined || isLoopback(host)) return allowed ?? [];
  throw new Fault(
    'bad-setting',
    `--dns ${host} is reachable from other machines and needs --dns-allow`,
    { hint: 'name the networks of the clients, as in 10.0.0.0/8; 0.0.0.0/0,::/0 is every machine' },
  );
}
