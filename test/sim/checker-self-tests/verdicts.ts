import { HostId, type RunId, ZoneName } from '../../../src/domain/identity/names.ts';
import { holdKey } from '../../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { Checks, Written } from '../checkers/checks.ts';
import type { Simulated } from '../simulation-result.ts';
import * as lie from './histories.ts';
import { type Lies, looked, putRecord } from './notifications.ts';

/** A copy of an agent's record under another host, suspect as silent. */
const silent = ({ fleet }: Simulated, n: number): Written['records'][number] => {
  const read = fleet.record('h1/a');
  if (read.kind !== 'stored') throw new Error('an agent is needed');
  const suspect = { reason: 'silent', since: 0 };
  const text = JSON.stringify({ ...read.record, host: `h${n}`, suspect });
  return { ...lie.removedAt(`agent.h${n}.a`, undefined), text };
};

/** A run that is suspect for this long and then expired. */
export const expiredAfter = (
  suspicion: number,
  more: { by?: RunId | undefined; at?: number } = {},
) => {
  return (_: Simulated, checks: Checks): void => {
    lie.write(checks, [lie.claimed(lie.ofRun(1), 'suspected', lie.another)]);
    const at = seconds(100) + suspicion;
    lie.write(checks, [lie.claimed(lie.ofRun(1), 'expired', { ...lie.another, ...more })], [], at);
  };
};
/** A collector that was frozen and has a live view for five seconds, less than a ttl. */
const byOneThatWasStopped = async (sim: Simulated) => {
  const [one] = sim.roster.livingCollectors();
  one?.process.freeze();
  await sim.advance(seconds(20));
  one?.process.thaw();
  await sim.advance(seconds(5));
  return { by: one?.collector.self.run, at: one?.process.ports.clock.wall() ?? 0 };
};

/** A suspicion or an expiry with valid evidence, except for the given fields. */
const verdict =
  (type: string, reason: string | undefined, seen: object) =>
  (_: Simulated, checks: Checks): void => {
    const good = { lease: 'absent', hold: 'absent', brake: 'off', probe: 'no-responders' };
    const times = { silentFor: 6000, suspectFor: 10_000, policy: { ttl: 6000, grace: 10_000 } };
    const evidence = { ...good, connection: 'open', ...times, ...seen };
    const event = lie.claimed(lie.ofRun(1), type, { ...lie.another, evidence });
    lie.write(checks, [{ ...event, event: { ...event.event, reason } }]);
  };

/** Verdicts that their evidence does not support. */
export const judged: Lies = {
  G6: [
    [
      'a run expires before the end of its grace',
      /after a suspicion of 9000 ms/,
      expiredAfter(seconds(9)),
    ],
    [
      'a collector expires a run after a live view shorter than a grace',
      /by one that had seen for/,
      async (sim, checks) => {
        const more = await byOneThatWasStopped(sim);
        expiredAfter(seconds(10), more)(sim, checks);
      },
    ],
    [
      'a collector suspects a run as silent after a live view shorter than a ttl',
      /suspected by one that had seen for/,
      async (sim, checks) => {
        const event = lie.claimed(lie.ofRun(1), 'suspected', {
          ...lie.another,
          ...(await byOneThatWasStopped(sim)),
        });
        lie.write(checks, [{ ...event, event: { ...event.event, reason: 'silent' } }]);
      },
    ],
    [
      'a run expires under a hold',
      /expired under a hold/,
      (sim, checks) => {
        putRecord(sim, holdKey(HostId.parse('h1')), '{}');
        expiredAfter(seconds(10))(sim, checks);
      },
    ],
    [
      'a run expires while its lease exists',
      /its lease stands/,
      looked((sim) => void sim.fleet.audit.faults.push('h1.a.run#4: its lease stands (G6)')),
    ],
  ],
  'the evidence bears out the verdict': [
    [
      'a run is suspected as silent while its lease exists',
      /suspected, and its lease was stands/,
      verdict('suspected', 'silent', { lease: 'stands' }),
    ],
    [
      'a run is suspected as silent before its ttl is over',
      /suspected, and it was silent for 5999 ms/,
      verdict('suspected', 'silent', { silentFor: 5999 }),
    ],
    [
      'a run that merely does not answer is suspected as unreachable',
      /suspected, and asked, it was no-answer/,
      verdict('suspected', 'unreachable', { probe: 'no-answer' }),
    ],
    [
      'a run that is not late is suspected as unreachable',
      /suspected, and it was neither late nor/,
      verdict('suspected', 'unreachable', { silentFor: 2000 }),
    ],
    [
      'a run expires while its lease is unreadable',
      /expired, and its lease was unknown/,
      verdict('expired', undefined, { lease: 'unknown' }),
    ],
    [
      'a run expires although it answers',
      /expired, and asked, it was answered/,
      verdict('expired', undefined, { probe: 'answered' }),
    ],
    [
      'a run expires under a hold that the collector read',
      /expired, and a hold was stands/,
      verdict('expired', undefined, { hold: 'stands' }),
    ],
    [
      'a run expires while the brake makes it wait',
      /expired, and the brake was waits/,
      verdict('expired', undefined, { brake: 'waits' }),
    ],
    [
      'a run expires before its grace is over',
      /expired, and it was suspect for 9999 ms/,
      verdict('expired', undefined, { suspectFor: 9999 }),
    ],
  ],
  'too much silence is braked': [
    [
      'a brake is set without that many silent runs',
      /a brake for 3 of 4, and so many were never silent/,
      (_, checks) => {
        const of = { entity: 'brake', zone: ZoneName.parse('default'), run: lie.run(7) } as const;
        const evidence = { seen: 4, suspect: 3 };
        lie.write(checks, [lie.claimed(of, 'tripped', { from: 'c1/collector', evidence })]);
      },
    ],
    [
      'a run expires without a brake while all runs are silent',
      /expired without a brake, with 4 of 4/,
      (sim, checks) => {
        lie.write(
          checks,
          [],
          [1, 2, 3, 4].map((n) => silent(sim, n)),
          seconds(10),
        );
        const evidence = { brake: 'off', zone: { seen: 4, suspect: 4 } };
        lie.write(checks, [lie.claimed(lie.ofRun(1), 'expired', { ...lie.another, evidence })]);
      },
    ],
  ],
};
