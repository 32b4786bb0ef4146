import { layoutChart } from '../../composition/chart-rendering.ts';
import { historyFile } from '../../composition/files.ts';
import { planLive } from '../../composition/gc-plan-now.ts';
import { parseEntity } from '../../composition/names/entity-name.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import type { IngestProgress } from '../../dashboard/server/history/ingest.ts';
import { LiveSource, type Source } from '../../dashboard/server/history/live-source.ts';
import { openRecording } from '../../dashboard/server/history/recorded-source.ts';
import { watchedNow } from '../../dashboard/server/history/watched-since.ts';
import { Assets } from '../../dashboard/server/http/assets.ts';
import { startHttpServer } from '../../dashboard/server/http-server.ts';
import { Actions } from '../../dashboard/server/routes/actions.ts';
import { chartImageCache } from '../../dashboard/server/routes/chart-images.ts';
import { Streams } from '../../dashboard/server/routes/event-stream.ts';
import { GcPlans } from '../../dashboard/server/routes/gc-plans.ts';
import type { Api } from '../../dashboard/server/routes.ts';
import { type BrakeForecast, forecastBrakes } from '../../domain/collection/brake-forecast.ts';
import { Fault } from '../../domain/fault.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import type { HostId } from '../../domain/identity/names.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { History } from '../../ports/audit.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { Log } from '../../ports/log.ts';
import type { Ports } from '../../ports/ports.ts';
import { Directory } from '../../runtime/directory/directory.ts';
import { usualPort } from '../command/settings/dashboard.ts';
import { version } from '../command/version.ts';
import { pageFiles, sampleFile } from '../session/dashboard-assets.ts';
import type { Terminal } from '../terminal/io.ts';
import { dashboardTls } from './dashboard-tls.ts';
import { type DashboardTokens, dashboardTokens } from './dashboard-token.ts';

/** Settings of the dashboard. */
export interface DashboardSettings {
  readonly bind: string;
  readonly hostName?: readonly string[] | undefined;
  readonly tokenFile?: string | undefined;
  readonly lookTokenFile?: string | undefined;
  readonly dashboardTlsCert?: string | undefined;
  readonly dashboardTlsKey?: string | undefined;
  readonly readOnly: boolean;
  /** Only of a command that can show what is public. */
  readonly sample?: boolean;
  /** Only of a command whose `--port` is that of the NATS server. */
  readonly dashboardPort?: number | undefined;
}

/** A running dashboard. */
export interface Dashboard extends AsyncDisposable {
  readonly url: string;
  readonly access: DashboardTokens;
}

/**
 * Checks the access settings first, so that a refused setting ends the command before it starts anything.
 * @throws {Fault} `bad-setting`
 */
export async function dashboardAccess(settings: DashboardSettings, io: Pick<Terminal, 'env'>) {
  const access = await dashboardTokens({ ...settings, isPublic: settings.sample ?? false }, io);
  const tls = await dashboardTls(settings);
  const flag = 'dashboardPort' in settings ? '--dashboard-port' : '--port';
  return { host: settings.bind, names: settings.hostName ?? [], access, tls, flag };
}

type Door = Awaited<ReturnType<typeof dashboardAccess>>;

/** The sentences of `rollcall why`; the command passes them, because the folder of `why` comes later. */
type SentencesOf = (
  shown: {
    readonly name: string;
    readonly history: History;
    readonly keyframes: Keyframes | undefined;
    readonly ports: Ports | undefined;
    readonly brakes?: () => Promise<readonly BrakeForecast[]>;
  },
  ...of: Parameters<Api['sentencesOf']>
) => ReturnType<Api['sentencesOf']>;

/** Source of a live dashboard. */
export interface Live {
  /** Name of the source, for people. */
  readonly name: string;
  readonly ports: Ports;
  readonly lease: LeasePolicy;
  /** Host recorded for actions; undefined disables actions. */
  readonly host: HostId | undefined;
  readonly onProgress?: IngestProgress;
  readonly sentencesOf: SentencesOf;
}

/** @throws {Fault} `port-taken`, `bad-setting` */
export async function openLive(
  { name, ports, lease, host, onProgress, sentencesOf }: Live,
  door: Door,
  port: number | undefined,
): Promise<Dashboard & { readonly caughtUp: Promise<void> }> {
  await using opened = new AsyncDisposableStack();
  const source = opened.use(new LiveSource(name, ports, onProgress));
  const directory = opened.use(new Directory(ports));
  const plan = (fleet: Fleet) => planLive(fleet, lease, ports);
  const now = async () => {
    await directory.ready;
    return { fleet: directory.fleet, now: await ports.serverTime.now() };
  };
  const brakes = async () => {
    const view = await now();
    return forecastBrakes(view.fleet, view.now, watchedNow(source));
  };
  const api = {
    ...apiOf(source, (...of) => sentencesOf({ ...namesOf(source), ports, brakes }, ...of)),
    actions: host === undefined ? undefined : new Actions(host, lease, ports, plan),
    why: 'this dashboard is read-only: it was started with --read-only',
    plans: new GcPlans(source, { now, plan }),
  };
  const serving = opened.use(await listen(door, port, api, sentencesOf, ports.log));
  const closing = opened.move();
  return {
    url: serving.url,
    access: door.access,
    caughtUp: source.caughtUp,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** A dashboard of a history file. @throws {Fault} `port-taken`, `bad-setting` */
export async function openRecorded(
  {
    file,
    name,
    sentencesOf,
    signal,
  }: {
    readonly file: string;
    readonly name: string;
    readonly sentencesOf: SentencesOf;
    readonly signal: AbortSignal;
  },
  door: Door,
  port: number | undefined,
  log: Log,
  onProgress: IngestProgress,
): Promise<Dashboard> {
  const source = await openRecording(name, historyFile(file, signal), onProgress);
  if (source.index().last === 0) {
    throw new Fault('bad-setting', `${file} contains no event`, {
      hint: 'to write a history file: rollcall audit export --out FILE',
    });
  }
  return listen(door, port, recordedApi(source, sentencesOf), sentencesOf, log);
}

const recordedApi = (source: Source, sentencesOf: SentencesOf): Api => ({
  ...apiOf(source, (...of) => sentencesOf({ ...namesOf(source), ports: undefined }, ...of)),
  actions: undefined,
  why: 'this is a recording and cannot be changed',
  plans: new GcPlans(source, undefined),
});

const apiOf = (source: Source, sentencesOf: Api['sentencesOf']) => ({
  version: version(),
  source,
  subjectsOf: (name: string, all: boolean) =>
    parseEntity(name).flatMap((one) => (all ? one.all : one.own)),
  sentencesOf,
  streams: new Streams(),
  draw: chartImageCache((chart, collapsed) => layoutChart(chart, { collapsed })),
});

const namesOf = ({ name, history, keyframes }: Source) => ({ name, history, keyframes });

async function listen(
  door: Door,
  port: number | undefined,
  api: Api,
  sentencesOf: SentencesOf,
  log: Log,
): Promise<Dashboard> {
  const assets = new Assets(await pageFiles());
  let opened: Promise<Api> | undefined;
  const sample = () => {
    opened ??= openRecording('a sample', historyFile(sampleFile)).then((source) =>
      recordedApi(source, sentencesOf),
    );
    return opened;
  };
  const { access, ...place } = door;
  const start = async (at: number) => {
    const apis = { '': async () => api, 'sample/': sample };
    const { tokens } = access;
    const clock = systemAdapters.clock;
    const serving = await startHttpServer({ ...place, tokens, assets, apis, log, clock, port: at });
    return { ...serving, access };
  };
  if (port !== undefined) return start(port);
  try {
    return await start(usualPort);
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'port-taken') throw cause;
    return start(0);
  }
}
