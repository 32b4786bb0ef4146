import { getOwn } from '../../domain/json.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Common } from '../command/command.ts';
import { openDirectoryOnce } from '../session/open-view.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import type { LiveNames } from './complete.ts';

/** Who presses the tab key does not wait for a server that does not answer (live-names.ts). */
const connectWithin: Millis = seconds(0.6);
const readWithin: Millis = seconds(0.9);

/**
 * Prints the names of these kinds in the namespace, one per line. A name with characters that a terminal would not show
 * is left out: what is inserted must be what is seen.
 * @throws {Fault} as `openDirectoryOnce`
 */
export async function printNames(
  kinds: readonly LiveNames[],
  settings: Common,
  io: Terminal,
): Promise<void> {
  const times = { within: readWithin, connectWithin };
  await using view = await openDirectoryOnce(settings, io, 'completion', times);
  const [instances, agents] = [view.directory.instances(), view.directory.agents()];
  const lists: Readonly<Record<LiveNames, () => readonly string[]>> = {
    services: () => instances.map(({ service }) => service),
    instances: () => instances.map(({ service, id }) => `${service}/${id}`),
    agents: () => agents.map(({ host, agent }) => `${host}/${agent}`),
    hosts: () => agents.map(({ host }) => host),
  };
  const names = new Set(kinds.flatMap((kind) => getOwn(lists, kind)?.() ?? []));
  for (const name of names) if (escapeControls(name) === name) io.out(name);
}
