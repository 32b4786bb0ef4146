import { historyFile } from '../../composition/files.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import type { WallTime } from '../../domain/time.ts';
import type { History } from '../../ports/audit.ts';
import type { Charts } from '../../ports/charts.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { Common } from '../command/command.ts';
import { connectOnce } from '../session/connect.ts';
import type { Terminal } from '../terminal/io.ts';
import { exportedCharts } from './exported-charts.ts';

/** What `now` and `10m ago` refer to: the clock of the server that has the history; for a file, the own one. */
export const nowOf = async ({ connected }: Pick<OpenHistory, 'connected'>): Promise<WallTime> =>
  connected ? connected.ports.serverTime.now() : systemAdapters.clock.wall();

/** A history to read: the audit of a namespace, or a file. */
export interface OpenHistory extends AsyncDisposable {
  readonly history: History;
  readonly keyframes: Keyframes | undefined;
  /** Charts of its events, in addition to the built-in ones. */
  readonly charts: Pick<Charts, 'get'>;
  /** Name of the history, for people. */
  readonly name: string;
  /** The connection; undefined for a file. */
  readonly connected: Awaited<ReturnType<typeof connectOnce>> | undefined;
}

/**
 * Opens the history of the settings. A file needs no server.
 * @throws {Fault} like `connectOnce`; a missing file is reported when it is read
 */
export async function openHistory(
  settings: Common & { readonly file?: string | undefined },
  io: Terminal,
  as: string,
): Promise<OpenHistory> {
  if (settings.file !== undefined) {
    return {
      history: historyFile(settings.file),
      keyframes: undefined,
      charts: exportedCharts(settings.file),
      name: `file '${settings.file}'`,
      connected: undefined,
      [Symbol.asyncDispose]: async () => {},
    };
  }
  const connected = await connectOnce(settings, io, as);
  return {
    history: connected.ports.audit,
    keyframes: connected.ports.keyframes,
    charts: connected.ports.charts,
    name: `namespace '${settings.namespace}'`,
    connected,
    [Symbol.asyncDispose]: () => connected[Symbol.asyncDispose](),
  };
}
