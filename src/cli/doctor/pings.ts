import { Fault } from '../../domain/fault.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { plural } from '../tables/footer.ts';
import { type Finding, note, ok } from './finding.ts';

const answerWithin: Millis = seconds(2);
/** How many runs are asked. */
const askedAtMost = 100;
const namedAtMost = 10;

/**
 * Pings live runs. A run without a subscription gets no notices, and a collector cannot ask it. Nothing, if
 * this user may not ping.
 */
export async function diagnosePings(
  { messaging }: Pick<Ports, 'messaging'>,
  { fleet }: Pick<Directory, 'fleet'>,
): Promise<readonly Finding[]> {
  const live = [...fleet.slots()]
    .flatMap(({ agent }) => (agent?.kind === 'stored' ? [agent.record] : []))
    // A suspect run may be dead, and is about to be pinged by a collector anyway.
    .filter(({ phase, suspect }) => phase === 'live' && suspect === undefined)
    .slice(0, askedAtMost);
  if (live.length === 0) return [];
  try {
    const answers = await Promise.all(
      live.map(async (run) => ({ run, pong: await messaging.ping(run, answerWithin) })),
    );
    const deaf = answers.filter(({ pong }) => pong === 'no-responders').map(({ run }) => run);
    if (deaf.length === 0) return [ok('pings', `pings reach ${plural(live.length, 'live agent')}`)];
    const names = deaf.slice(0, namedAtMost).map(({ host, agent }) => `${host}/${agent}`);
    const more = deaf.length > namedAtMost ? ` and ${deaf.length - namedAtMost} more` : '';
    return [
      note(
        'pings',
        `pings do not reach ${plural(deaf.length, 'live agent')}: ${names.join(', ')}${more}`,
        'let their users subscribe to rollcall.<namespace>.run.<host>.> (docs/how-to/permissions.md); their logs have `pings-refused`',
      ),
    ];
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return [];
  }
}
