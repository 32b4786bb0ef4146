import type { Docker } from '../../composition/docker.ts';
import type { InstanceSources } from '../../composition/instances/instance-sources.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Common } from '../command/command.ts';
import type { docker } from '../command/settings/docker.ts';
import type { Values } from '../command/settings/setting.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { logOf } from './connect.ts';

type ContainerSettings = Common & Values<typeof docker> & { readonly address?: string | undefined };

/** The containers of this host as a source of instances, if they are set. */
export async function openContainers(
  settings: ContainerSettings,
  sources: InstanceSources,
  io: Terminal,
  metrics: Metrics,
): Promise<Docker | undefined> {
  const { docker: socket, dockerLinger: linger, address } = settings;
  if (socket === undefined) return undefined;
  const { openDocker } = await import('../../composition/docker.ts');
  const onComplaint = (text: string) => io.err(escapeControls(text));
  return openDocker(socket, { address, linger, onComplaint }, sources, {
    log: logOf(io, settings),
    metrics,
  });
}
