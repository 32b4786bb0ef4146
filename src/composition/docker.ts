import { Engine } from '../adapters/docker/engine.ts';
import { systemClock } from '../adapters/system/clock.ts';
import { systemProcesses, thisProcess } from '../adapters/system/processes.ts';
import type { Slot } from '../domain/identity/names.ts';
import { instancesOfAgentFilter } from '../domain/identity/registry-keys.ts';
import { InstanceSpec } from '../domain/records/desired-instances.ts';
import { readInstance } from '../domain/records/stored-record.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Ports } from '../ports/ports.ts';
import { retryUntilAvailable } from '../runtime/support/retry.ts';
import { DockerSource } from './instances/docker-source.ts';
import type { DockerSourceOptions } from './instances/docker-source-options.ts';
import type { InstanceSources } from './instances/instance-sources.ts';

/** The containers of one engine, as instances of an agent. */
export interface Docker {
  /**
   * Finds out, before the agent starts, what it has to register. If the engine does not answer, the
   * instances of an earlier process stay as they are in the registry.
   */
  begin(slot: Slot, ports: Ports, signal: AbortSignal): Promise<void>;
  run(signal: AbortSignal): Promise<void>;
}

export function openDocker(
  socketPath: string,
  options: DockerSourceOptions,
  sources: InstanceSources,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): Docker {
  const source = sources.of('docker');
  const here = thisProcess();
  const processes = systemProcesses(here);
  const docker = new DockerSource(new Engine(socketPath), source, options, {
    clock: systemClock,
    log,
    metrics,
    isGone: (pid) => processes.isGone({ ...here, pid }),
  });
  return {
    run: (signal) => docker.run(signal),
    async begin(slot, ports, signal) {
      if (await docker.begin(signal)) return;
      const read = () => ports.registry.list([instancesOfAgentFilter(slot)], 0, []);
      for (const entry of (await retryUntilAvailable(ports, signal, read)) ?? []) {
        const found = readInstance(entry);
        if (found.kind !== 'stored' || found.record.labels['docker.id'] === undefined) continue;
        const { state, detail = '' } = found.record;
        docker.adopt(
          InstanceSpec.parse(found.record),
          state === 'failing' ? { state, detail } : { state },
        );
      }
    },
  };
}
