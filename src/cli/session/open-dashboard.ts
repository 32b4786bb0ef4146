import { layoutChart } from '../../composition/chart-rendering.ts';
import { parseEntity } from '../../composition/entity-name.ts';
import { historyFile } from '../../composition/files.ts';
import { planLive } from '../../composition/gc-plan-now.ts';
import type { Progress } from '../../dashboard/server/history/ingest.ts';
import { LiveSource, type Source } from '../../dashboard/server/history/live-source.ts';
import { openRecording } from '../../dashboard/server/history/recorded-source.ts';
import { Assets } from '../../dashboard/server/http/assets.ts';
import { startHttpServer } from '../../dashboard/server/http-server.ts';
import { Actions } from '../../dashboard/server/routes/actions.ts';
import { chartImageCache } from '../../dashboard/server/routes/chart-images.ts';
import { Streams } from '../../dashboard/server/routes/stream-limit.ts';
import type { Api } from '../../dashboard/server/routes.ts';
import { Fault } from '../../domain/fault.ts';
import type { Fleet } from '../../domain/fleet/fleet.ts';
import type { HostId } from '../../domain/identity/names.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { Log } from '../../ports/log.ts';
import type { Ports } from '../../ports/ports.ts';
import { Directory } from '../../runtime/directory/directory.ts';
import { usualPort } from '../command/settings/dashboard.ts';
import { version } from '../command/version.ts';
import type { Terminal } from '../terminal/io.ts';
import { pageFiles } from './dashboard-assets.ts';
import { dashboardToken } from './dashboard-token.ts';
import { sampleFile } from './sample-recording.ts';

/** What the settings say about the dashboard. */
export interface DashboardSettings {
  readonly bind: string;
  readonly hostName?: readonly string[] | undefined;
  readonly tokenFile?: string | undefined;
  readonly readOnly: boolean;
}

/** A dashboard that can be looked at. */
export interface Dashboard extends AsyncDisposable {
  readonly url: string;
}

/**
 * Opens the door before anything is behind it: a setting that is refused ends the command at once.
 * @throws {Fault} `bad-setting`
 */
export async function dashboardAccess(settings: DashboardSettings, io: Pick<Terminal, 'env'>) {
  const token = await dashboardToken(settings, io);
  return { host: settings.bind, names: settings.hostName ?? [], token };
}

type Door = Awaited<ReturnType<typeof dashboardAccess>>;

/** A history that goes on, and what can be asked and done beside it. */
export interface Live {
  /** What is looked at, for people. */
  readonly name: string;
  readonly ports: Ports;
  readonly lease: LeasePolicy;
  /** The machine by whose name something is done here; undefined: nothing is. */
  readonly host: HostId | undefined;
  readonly onProgress?: Progress;
}

/** @throws {Fault} `port-taken`, `bad-setting` */
export async function openLive(
  { name, ports, lease, host, onProgress }: Live,
  door: Door,
  port: number | undefined,
): Promise<Dashboard & { readonly caughtUp: Promise<void> }> {
  await using opened = new AsyncDisposableStack();
  const source = opened.use(new LiveSource(name, ports, onProgress));
  const directory = opened.use(new Directory(ports));
  const plan = (fleet: Fleet) => planLive(fleet, lease, ports);
  const api = {
    ...apiOf(source),
    actions: host === undefined ? undefined : new Actions(host, lease, ports, plan),
    why: 'this dashboard only shows: it was started with --read-only',
    planNow: async () => {
      await directory.ready;
      return { fleet: directory.fleet, plan: await plan(directory.fleet) };
    },
  };
  const serving = opened.use(await listen(door, port, api, ports.log));
  const closing = opened.move();
  return {
    url: serving.url,
    caughtUp: source.caughtUp,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

/** A history from a file. @throws {Fault} likewise, and `bad-setting` for the file */
export async function openRecorded(
  { file, name }: { readonly file: string; readonly name: string },
  door: Door,
  port: number | undefined,
  log: Log,
  onProgress: Progress,
): Promise<Dashboard> {
  const source = await openRecording(name, historyFile(file), onProgress);
  if (source.ledger().last === 0) {
    throw new Fault('bad-setting', `${file}: there is no event in it`, {
      hint: '`rollcall audit export --out FILE` writes such a file',
    });
  }
  return listen(door, port, recordedApi(source), log);
}

const recordedApi = (source: Source): Api => ({
  ...apiOf(source),
  actions: undefined,
  why: 'this is a recording: nothing in it can be changed',
  planNow: undefined,
});

const apiOf = (source: Source) => ({
  version: version(),
  source,
  subjectsOf: (name: string, all: boolean) =>
    parseEntity(name).flatMap((one) => (all ? one.all : one.own)),
  streams: new Streams(),
  draw: chartImageCache((chart, collapsed) => layoutChart(chart, { collapsed })),
});

async function listen(
  door: Door,
  port: number | undefined,
  api: Api,
  log: Log,
): Promise<Dashboard> {
  const assets = new Assets(await pageFiles());
  let opened: Promise<Api> | undefined;
  const sample = () => {
    opened ??= openRecording('a sample', historyFile(sampleFile)).then(recordedApi);
    return opened;
  };
  const serving = { ...door, assets, apis: { '': async () => api, 'sample/': sample }, log };
  if (port !== undefined) return startHttpServer({ ...serving, port });
  try {
    return await startHttpServer({ ...serving, port: usualPort });
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'port-taken') throw cause;
    return startHttpServer({ ...serving, port: 0 });
  }
}
