import { listInstances, watchInstancesFile } from '../../composition/files.ts';
import type { InstanceSource } from '../../composition/instances/instance-sources.ts';
import type { ListedInstance } from '../../composition/instances/listed-instances.ts';
import { HealthChecks, initialHealth } from '../../composition/instances/running-checks.ts';
import type { Readiness } from '../../composition/metrics-endpoint.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds, type WallTime } from '../../domain/time.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

/** Polling interval, as file system notifications may be missing. */
const readEvery: Millis = seconds(3);

/**
 * How long a file must be unchanged before instances that it no longer lists are removed: a program may
 * still be writing it. A file that is replaced by a rename is complete.
 */
const shrinksAfter: Millis = seconds(3);

/**
 * Keeps the instances of an agent equal to its instances file and runs their checks, until the signal. A file with
 * errors is reported, in the metrics and by `/readyz` too, and the instances stay unchanged.
 */
export async function followInstancesFile(
  source: InstanceSource,
  file: string,
  first: readonly ListedInstance[],
  io: Terminal,
  signal: AbortSignal,
  shown: { readonly metrics: Metrics; readonly readiness: Readiness },
): Promise<void> {
  const checks = new HealthChecks(source);
  let listed = JSON.stringify(first);
  let current = first;
  let complaint = '';
  let invalidSince: WallTime | undefined;
  const report = (why?: string): void => {
    invalidSince = why === undefined ? undefined : (invalidSince ?? systemAdapters.clock.wall());
    shown.metrics.instancesFile?.(invalidSince);
    shown.readiness.warn('instances-file', why && invalidText(why, invalidSince));
  };
  checks.replace(first);
  try {
    for await (const { stillFor } of watchInstancesFile(file, readEvery, signal)) {
      try {
        const now = await listInstances(file, source.slot);
        if (complaint !== '') io.err(`${escapeControls(file)} is valid again`);
        complaint = '';
        report();
        if (JSON.stringify(now) === listed) continue;
        if (isShorter(now, current) && stillFor < shrinksAfter) continue;
        current = now;
        listed = JSON.stringify(now);
        source.replace(
          now.map(({ spec }) => spec),
          initialHealth(now),
        );
        checks.replace(now);
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
        if (cause.message !== complaint) io.err(complaintOf(cause));
        complaint = cause.message;
        report(complaint);
      }
    }
  } finally {
    checks.stop();
  }
}

/** Whether an instance is missing. */
function isShorter(now: readonly ListedInstance[], before: readonly ListedInstance[]): boolean {
  const names = new Set(now.map(nameOf));
  return before.some((one) => !names.has(nameOf(one)));
}

const nameOf = ({ spec }: ListedInstance): string => JSON.stringify([spec.service, spec.id]);

const invalidText = (why: string, since: WallTime = 0): string =>
  `the instances file has an error since ${new Date(since).toISOString()}, and its last valid content stays registered: ${escapeControls(why.split('\n', 1)[0] ?? '')}`;

const complaintOf = (cause: Fault): string =>
  `${cause.message.split('\n').map(escapeControls).join('\n')}\nthe registered instances stay unchanged`;
