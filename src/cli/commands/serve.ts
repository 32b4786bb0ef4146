import { openHttp } from '../../composition/services/doors.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { metrics } from '../command/settings/metrics.ts';
import { doors, handOut } from '../command/settings/services.ts';
import { logOf } from '../session/connect.ts';
import { doorToken } from '../session/door-token.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { followStore, openServices } from '../session/open-services.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { escapeControls, jsonLine } from '../terminal/escape-terminal.ts';

export const serve = command({
  name: 'serve',
  summary: 'answer questions about services over HTTP, for programs of any language',
  settings: { ...doors, ...handOut, ...metrics },
  examples: [
    ['rollcall serve --http', 'at http://127.0.0.1:8601'],
    ['curl 127.0.0.1:8601/v1/services/web/pick', 'one instance that may be used'],
    [
      'rollcall serve --http 0.0.0.0:8601 --token-file token',
      'for other machines too; create the token: openssl rand -hex 32 > token',
    ],
  ],
  isDaemon: true,
  oneOf: ['http'],
  async run({ settings, io }) {
    const { http, policy, hostName = [], json } = settings;
    await using opened = new AsyncDisposableStack();
    const metered = opened.use(await openMetrics(settings, io));
    const { metrics } = metered;
    const log = logOf(io, settings);
    const view = opened.use(await openServices(settings, io, metrics));
    const names: { http?: string } = {};
    if (http) {
      const token = await doorToken(http.host, settings);
      const door = { ...http, policy, names: hostName, token };
      names.http = opened.use(await openHttp(view, door, { log, metrics })).url;
    }
    if (json) io.out(jsonLine({ event: 'listening', ...names, metrics: metered.url, pid: io.pid }));
    else if (names.http) io.out(`${io.palette.live('●')} HTTP at ${escapeControls(names.http)}`);
    let isReady = false;
    const onComplete = () => {
      if (isReady) return;
      isReady = true;
      const { age, source } = view.status;
      if (json) io.out(jsonLine({ event: 'ready', ...names, source, age: Math.round(age) }));
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
