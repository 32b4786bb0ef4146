import { historyFile } from '../../composition/files.ts';

import type { History } from '../../ports/audit.ts';
import type { Charts } from '../../ports/charts.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import type { Common } from '../command/command.ts';
import { connectOnce } from '../session/connect.ts';
import type { Terminal } from '../terminal/io.ts';
import { chartsBeside } from './exported-charts.ts';

/** A history that a command reads: the audit of a namespace, or a file. */
export interface OpenHistory extends AsyncDisposable {
  readonly history: History;
  readonly keyframes: Keyframes | undefined;
  /** What its events are drawn with, beside the charts of this version. */
  readonly charts: Pick<Charts, 'get'>;
  /** What people are told that it is. */
  readonly name: string;
  /** Undefined where it is a file: then there is nothing else to ask. */
  readonly connected: Awaited<ReturnType<typeof connectOnce>> | undefined;
}

/**
 * The history that the settings name; where that is a file, no server is asked.
 * @throws {Fault} as `connectOnce` does; a file that is not there is said when it is read
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
      charts: chartsBeside(settings.file),
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
