import { jsonLog } from '../../composition/json-log.ts';
import type { Readiness } from '../../composition/metrics-endpoint.ts';
import { type Access, connectionOptions, loginExpiry } from '../../composition/store/access.ts';
import type { openStore, portsOf } from '../../composition/store/open-store.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault, type FaultCode } from '../../domain/fault.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import { type Millis, seconds, type WallTime } from '../../domain/time.ts';
import { type Metrics, noopMetrics } from '../../ports/metrics.ts';
import type { Common } from '../command/command.ts';
import type { Terminal } from '../terminal/io.ts';
import { withSpinner } from '../terminal/spinner.ts';
import { terminalLog } from '../terminal/terminal-log.ts';

/** The NATS client is loaded by what connects, not by `--help`. */
const loadStore = () => import('../../composition/store/open-store.ts');

/** Timeout of interactive commands. */
const answerWithin: Millis = seconds(3);
/** A server of `rollcall up` listens before its login can be found, and one that reloads refuses valid logins. */
const refusedAtMost: Millis = seconds(10);

/** Temporary failures; the first agent may create a missing namespace. */
const passing: ReadonlySet<FaultCode> = new Set<FaultCode>(['store-unavailable', 'not-found']);

/** A log: documents with --json, else text, at a terminal or not. */
export const logOf = (io: Terminal, { json, logLevel }: Pick<Common, 'json' | 'logLevel'>) =>
  json ? jsonLog(logLevel, io.err) : terminalLog(io, logLevel, systemAdapters.clock.wall);

/**
 * Opens the store for an interactive command. Creates no streams, unless `create` is set.
 * @throws {Fault} `store-unavailable` after `within`, 3 s by default; `not-found`
 */
export async function connectOnce(
  settings: Common,
  io: Terminal,
  as: string,
  { create = false, within = answerWithin }: { create?: boolean; within?: Millis } = {},
) {
  const access = await connectionOptions(settings);
  const opening = { as, signal: io.signal, within, create };
  const opener = await loadStore();
  const store = await withSpinner(io, `connecting to ${access.servers.join(', ')}`, () =>
    opener.openStore(access, opening),
  );
  const ports = opener.portsOf(store, { log: logOf(io, settings), metrics: noopMetrics });
  return connected({ settings, access }, store, ports);
}

interface PatientOptions {
  readonly signal: AbortSignal;
  readonly create: boolean;
  readonly metrics: Metrics;
  /** Called once, after the first failed attempt. */
  readonly onUnreachable: () => void;
}

/**
 * Opens the store for a long-running command: retries until it answers, and prints once that it waits.
 * A run also publishes its charts. Undefined if stopped before the store answered.
 * @throws {Fault} `store-refused` after 10 s
 */
export async function connectPatiently(
  settings: Common,
  io: Terminal,
  as: RunRef | string,
  {
    signal = io.signal,
    create = true,
    metrics = noopMetrics,
    onUnreachable = () => {},
  }: Partial<PatientOptions> = {},
) {
  const access = await connectionOptions(settings);
  const opener = await loadStore();
  const { OpeningPatience } = await import('../../composition/store/opening-patience.ts');
  const patience = new OpeningPatience();
  let refusedSince: Millis | undefined;
  const mayPass = () => {
    const now = systemAdapters.clock.monotonic();
    refusedSince ??= now;
    return now - refusedSince < refusedAtMost;
  };
  for (let tries = 0; !signal.aborted; tries += 1) {
    using attempt = patience.measure();
    try {
      const { within } = patience;
      const store = await opener.openStore(access, { as, signal, within, answerWithin, create });
      if (tries > 0) io.err(`connected to ${store.status().server}`);
      const ports = opener.portsOf(store, { log: logOf(io, settings), metrics });
      if (typeof as !== 'string') {
        const { publishCharts } = await import('../../runtime/transitions/publish-charts.ts');
        void publishCharts(ports);
      }
      return connected({ settings, access }, store, ports);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      const isPassing = passing.has(cause.code) || (cause.code === 'store-refused' && mayPass());
      if (!isPassing) throw cause;
      if (signal.aborted) return undefined;
      if (tries === 0) {
        io.err(`${cause.message}; retrying`);
        onUnreachable();
      }
      const pause = patience.pauseAfter(attempt.elapsed);
      await systemAdapters.clock.sleep(pause, signal);
    }
  }
  return undefined;
}

type Opened = Awaited<ReturnType<typeof openStore>>;

const connected = (
  { settings, access }: { readonly settings: Common; readonly access: Access },
  store: Opened,
  ports: ReturnType<typeof portsOf>,
) => ({
  store,
  ports,
  login: { name: loginOf(settings), expires: () => loginExpiry(access) },
  [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
});

/** What a login is called in a message; never the secret. */
function loginOf({ user, token, creds, nkey }: Common): string {
  if (user !== undefined) return `the login of user '${user}'`;
  if (token !== undefined) return 'the token';
  if (creds !== undefined) return `the credentials in ${creds}`;
  return nkey === undefined ? 'a connection without a login' : `the nkey in ${nkey}`;
}

type Connected = Pick<ReturnType<typeof connected>, 'store' | 'ports' | 'login'>;

/**
 * Prints when the connection or the store is lost and restored, and counts it, until the signal. A process that can do
 * nothing without a connection reports that to its `readiness`.
 */
export async function watchConnection(
  { store, ports, login }: Connected,
  io: Terminal,
  signal: AbortSignal,
  readiness?: Readiness,
): Promise<void> {
  // That of a connection does not change: the file is read when one is made.
  let loginExpires = login.expires();
  let up = true;
  let { reconnects } = store.status();
  let { recreated } = store.keeper;
  let failure: string | undefined;
  let refusal: string | undefined;
  while (!signal.aborted) {
    const isLoginRefused = refusal !== undefined;
    ports.metrics.connection?.({ isUp: up, isLoginRefused, loginExpires });
    await systemAdapters.clock.sleep(seconds(0.5), signal);
    if (signal.aborted) return;
    const isRecreated = store.keeper.recreated > recreated;
    if (isRecreated) {
      io.err(
        'the streams of the namespace were missing and have been created again; agents register again',
      );
    }
    recreated = store.keeper.recreated;
    if (store.keeper.failure !== undefined && store.keeper.failure !== failure) {
      io.err(`the streams of the namespace are gone: ${store.keeper.failure}; retrying`);
    }
    if (failure !== undefined && store.keeper.failure === undefined && !isRecreated) {
      io.err('the streams of the namespace are there again');
    }
    failure = store.keeper.failure;
    const { up: now, server, loginRefusal, ...status } = store.status();
    if (loginRefusal !== undefined && loginRefusal !== refusal) {
      loginExpires = login.expires();
      io.err(
        `the server refuses ${login.name}: ${loginRefusal}${pastText(loginExpires)}; retrying (files are read at each attempt)`,
      );
    }
    refusal = loginRefusal;
    // After a key was rotated, or from a server in lame duck mode, the client reconnects within milliseconds.
    const isNew = now && status.reconnects !== reconnects;
    ({ reconnects } = status);
    if (now === up && !isNew) continue;
    up = now;
    if (isNew) loginExpires = login.expires();
    readiness?.report('store', up ? undefined : `lost the connection to ${server}`);
    io.err(up ? `reconnected to ${server}` : `lost the connection to ${server}; retrying`);
  }
}

/** That the credentials are over by the clock of this machine; empty otherwise. */
function pastText(expires: WallTime | undefined): string {
  const isPast = expires !== undefined && expires <= systemAdapters.clock.wall();
  return isPast ? `; they expired at ${new Date(expires).toISOString()}` : '';
}
