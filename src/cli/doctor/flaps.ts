import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { defaultFlaps, isFlapping } from '../../domain/policy/flaps.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { readFlaps } from '../../runtime/operator/read-flaps.ts';
import { plural } from '../tables/footer.ts';
import { type Finding, note, ok } from './finding.ts';

const namedAtMost = 10;

/** Agents that return from suspicion or death too often. Nothing, if this login may not read the history. */
export async function diagnoseFlaps(
  { audit, serverTime }: Pick<Ports, 'audit' | 'serverTime'>,
  { fleet }: Pick<Directory, 'fleet'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const allowed = fleet.controls.policy.flaps ?? defaultFlaps;
  try {
    const flaps = await readFlaps(audit, await serverTime.now(), signal, systemAdapters.hash);
    const flapping = [...flaps]
      .filter(([, counts]) => isFlapping(counts, allowed))
      .toSorted(([, a], [, b]) => b.hour - a.hour);
    if (flapping.length === 0)
      return [
        ok(
          'flaps',
          `no agent returned from suspicion or death more than ${allowed} times in an hour`,
        ),
      ];
    const names = flapping.slice(0, namedAtMost).map(([name, { hour }]) => `${name} (${hour})`);
    const more = flapping.length > namedAtMost ? ` and ${flapping.length - namedAtMost} more` : '';
    return [
      note(
        'flaps',
        `${plural(flapping.length, 'agent')} returned from suspicion or death more than ${allowed} times in the last hour: ${names.join(', ')}${more}`,
        'their hosts or the network are overloaded, the ttl is too short (--ttl of the agent), or their processes crash; rollcall why HOST/AGENT, rollcall agents -o wide',
      ),
    ];
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return [];
  }
}
