import type { Container } from '../../adapters/docker/container.ts';
import type { ContainerInstance } from '../../adapters/docker/container-instances.ts';
import { mostInstances } from '../../domain/records/record-budget.ts';
import type { Millis, MonotonicTime } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Metrics } from '../../ports/metrics.ts';

export const tooMany = `an agent registers at most ${mostInstances} instances of containers; others are left out`;

export interface DockerSourceOptions {
  /** Address of this host, for ports that are published on all addresses. */
  readonly address: string | undefined;
  /** How long a container that failed stays registered as failing. */
  readonly linger: Millis;
  /** Tells a person what is wrong with a container. Called once for each text. */
  readonly onComplaint: (text: string) => void;
}

export interface DockerSourcePorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Counts how often the engine answered, and did not. */
  readonly metrics?: Pick<Metrics, 'doorAnswered'>;
  /** Whether a process of this machine has ended. */
  readonly isGone: (pid: number) => boolean;
}

/** A container with its instances, as they were seen last. */
export interface Known {
  readonly container: Container;
  readonly instances: readonly ContainerInstance[];
  /** When it was first seen stopped. */
  readonly stoppedAt: MonotonicTime | undefined;
  /** Whether its process was seen from here, so that its end can be seen without the engine. */
  readonly isVisible: boolean;
}

/** What is known of a container after it was read. `before`: at the reading before. */
export function knownOf(
  container: Container,
  seen: Pick<Known, 'instances' | 'isVisible'> & {
    readonly before: Known | undefined;
    readonly now: MonotonicTime;
  },
): Known {
  const { before, now, instances, isVisible } = seen;
  if (container.State.Status !== 'exited' && container.State.Status !== 'dead') {
    return { container, instances, stoppedAt: undefined, isVisible };
  }
  // A stopped container has no ports and addresses any more.
  const last = before?.instances ?? instances;
  return { container, instances: last, stoppedAt: before?.stoppedAt ?? now, isVisible };
}
