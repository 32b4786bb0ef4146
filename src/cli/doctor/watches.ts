import type { Inspection } from '../../composition/store/open-inspection.ts';
import { Fault } from '../../domain/fault.ts';
import { allKeys, allRunLeases, allSeats } from '../../domain/identity/registry-keys.ts';
import { plural } from '../tables/footer.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

/** A watch of one stream needs a consumer on it. A limit that is reached makes every further watcher blind. */
export async function diagnoseWatches(inspection: Inspection): Promise<readonly Finding[]> {
  const { names } = inspection;
  const found = [
    ...(await limitFindings(inspection)),
    await tryWatch(inspection, names.registry.stream, [names.registry.prefix + allKeys]),
    await tryWatch(
      inspection,
      names.leases.stream,
      [allRunLeases, allSeats].map((filter) => names.leases.prefix + filter),
    ),
    await tryWatch(inspection, names.auditStream, []),
  ].filter((finding) => finding !== undefined);
  return found.length > 0 ? found : [ok('watches', 'this user can watch all streams')];
}

/** Findings for the limits of consumers: of each stream, and of the account. */
async function limitFindings(inspection: Inspection): Promise<readonly Finding[]> {
  const { names, stream, accountConsumers } = inspection;
  const findings: Finding[] = [];
  for (const name of [names.leases.stream, names.registry.stream, names.auditStream]) {
    const info = await stream(name);
    if (info === undefined) continue;
    const { max_consumers = -1 } = info.config;
    findings.push(...limitFinding(`stream ${name}`, info.state.consumer_count, max_consumers));
  }
  const { used, most } = await accountConsumers();
  findings.push(...limitFinding('this account', used, most));
  return findings;
}

function limitFinding(whose: string, used: number, most: number): readonly Finding[] {
  if (most <= 0) return [];
  const what = `${whose} allows ${plural(most, 'JetStream consumer')}; ${used} exist`;
  const mend =
    'set `max_consumers` to -1: each collector, directory and dashboard needs JetStream consumers, and sees nothing without them';
  return [used >= most ? wrong('watches', what, mend) : note('watches', what, mend)];
}

/** Makes a consumer as a watch does, and removes it. */
async function tryWatch(
  { names, watchOnce }: Inspection,
  stream: string,
  filters: readonly string[],
): Promise<Finding | undefined> {
  try {
    await watchOnce(stream, filters);
    return undefined;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const what = `this user cannot watch ${stream}: ${cause.message}`;
    const mend =
      cause.hint ?? 'docs/how-to/permissions.md lists the permissions that each role needs';
    // A consumer of the directory reads only the registry.
    return stream === names.registry.stream
      ? wrong('watches', what, mend)
      : note('watches', `${what}; a collector or a dashboard with this login would be blind`, mend);
  }
}
