import { join } from 'node:path';
import { isSecureStore, secureStore } from '../../composition/access/secure-store.ts';
import { startServer } from '../../composition/store/embedded-server.ts';
import { localPorts } from '../../composition/store/local-login.ts';
import { offerLocalAccess, offerLocalLogin } from '../../composition/store/offer-local-login.ts';
import { localLoginDir, stateDir } from '../../composition/xdg-directories.ts';
import type { HostId } from '../../domain/identity/names.ts';
import { publishCharts } from '../../runtime/transitions/publish-charts.ts';
import { type Common, withoutLogin } from '../command/command.ts';
import { connectPatiently } from '../session/connect.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { afterPrevious } from './after-previous.ts';

interface OwnServerSettings extends Common {
  readonly port: number;
  readonly store?: string | undefined;
  readonly secure: boolean;
}

/**
 * Starts the server of `rollcall up`, and lets the commands of this user find their logins. Disposal stops it.
 * @throws {Fault} as `startServer`; `bad-setting`
 */
export async function openOwnServer(settings: OwnServerSettings, host: HostId, io: Terminal) {
  await using opened = new AsyncDisposableStack();
  const usual = settings.secure ? 'nats-secure' : 'nats';
  const store = settings.store ?? join(stateDir(io.env), usual);
  const isSecure = settings.secure || isSecureStore(store);
  const { namespace } = settings;
  const access = isSecure ? await secureStore(store, { namespace, host }) : undefined;
  const server = opened.use(
    await withSpinner(io, 'starting nats-server', (say) => {
      const where = { storeDir: store, port: settings.port, needsLogin: true };
      const progress = io.errIsTerminal ? say : io.err;
      const options = { ...where, accounts: access?.accounts, tls: access?.tls };
      const start = () => startServer(options, io.env, progress, io.signal);
      return afterPrevious(start, {
        isRunning: () => localPorts(localLoginDir(io.env)).length > 0,
        say: progress,
        signal: io.signal,
      });
    }),
  );
  const place = { folder: localLoginDir(io.env), pid: io.pid };
  const at = { ...withoutLogin(settings), servers: [server.url] };
  if (access === undefined) {
    opened.use(await offerLocalLogin(server, { ...place, store }));
    const login = { user: server.app.user, password: server.app.pass };
    const closing = opened.move();
    return { server, store, isSecure, login: { ...at, ...login }, ...disposing(closing) };
  }
  await access.started(server);
  {
    const deploy = { ...at, ...access.deploy };
    await using connected = await connectPatiently(deploy, io, 'up');
    if (connected) await publishCharts(connected.ports);
  }
  opened.use(await offerLocalAccess(server, { access: access.folder, host }, place));
  const closing = opened.move();
  return { server, store, isSecure, login: { ...at, ...access.collector }, ...disposing(closing) };
}

const disposing = (closing: AsyncDisposableStack): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => closing.disposeAsync(),
});
