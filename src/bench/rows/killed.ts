import { setTimeout as pause } from 'node:timers/promises';
import { errors } from '@nats-io/transport-node';
import { systemEntropy } from '../../adapters/system/entropy.ts';
import type { RunRef } from '../../domain/names.ts';
import { renewEvery } from '../../domain/policy.ts';
import { runSubject } from '../../domain/subjects.ts';
import { type Millis, type Monotonic, seconds } from '../../domain/time.ts';
import { countReasons, type Doubted, DubiousWatch } from '../dubious-watch.ts';
import type { Result, Row } from '../row.ts';
import type { Stage } from '../stage.ts';

/** Killed at once; fewer than 30 % of all, so that no brake is on. */
const victims = 25;
const bystanders = 75;
const grace = seconds(1);
const roundsOf = (quick: boolean): number => (quick ? 1 : 4);

/**
 * A process is killed: until its instances are dubious to a consumer, who has no advisories to go by.
 *
 * Many agents in one process give many samples at one kill, since their renewals are spread.
 */
export const killed = (name: string, ttl: Millis): Row => ({
  name,
  takes: (quick) => seconds(4) + ttl / 3 + roundsOf(quick) * (ttl + seconds(4)),

  async measure(stage) {
    const { quick, signal, say } = stage;
    const lease = { ttl, grace };
    say('starting a collector and the agents that stay');
    await stage.start('collect', { lease });
    await using watch = new DubiousWatch(stage.ports);
    const crowd = { instances: 1, lease };
    const stay = await stage.start('keep-agents', { ...crowd, host: 'stay', agents: bystanders });
    const doubts: Doubted[] = [];
    const samples: number[] = [];
    const closed: number[] = [];
    for (let round = 1; round <= roundsOf(quick); round += 1) {
      say(`kill ${round} of ${roundsOf(quick)}: starting ${victims} agents`);
      const task = { ...crowd, host: `host-${round}`, agents: victims };
      await using worker = await stage.start('keep-agents', task);
      const runs = worker.answer;
      await watch.live(runs, signal);
      await pause(renewEvery(lease) * systemEntropy.fraction(), undefined, { signal });
      say(`kill ${round} of ${roundsOf(quick)}: waiting until all ${victims} are dubious`);
      const at = performance.now();
      worker.kill('SIGKILL');
      closed.push(...(await Promise.all(runs.map((run) => unheard(run, at, stage)))));
      const seen = await watch.doubted(runs, { within: ttl + seconds(10), signal });
      doubts.push(...seen);
      samples.push(...seen.map((doubt) => doubt.at - at));
    }
    const suspectedFalsely = watch.doubts(stay.answer);
    return [
      result(name, ttl, samples, closed, { reasons: countReasons(doubts), suspectedFalsely }),
    ];
  },
});

const result = (
  name: string,
  ttl: Millis,
  samples: readonly number[],
  closed: readonly number[],
  notes: NonNullable<Result['notes']>,
): Result => ({
  name,
  what: `process killed → dubious, no advisories, ttl ${ttl / 1000} s`,
  unit: 'ms',
  samples,
  floor: { what: 'killed → nobody listens on its subject', samples: closed },
  limit: { of: 'median', atMost: 1500 },
  notes,
});

/** Asks every millisecond until the server knows nobody who would hear it. */
async function unheard(run: RunRef, since: Monotonic, stage: Stage): Promise<Millis> {
  const { bare, names, signal } = stage;
  const subject = names.runPrefix + runSubject(run);
  let after: Millis | undefined;
  while (after === undefined) {
    void bare.request(subject, '', { timeout: 1000 }).catch((cause: unknown) => {
      if (cause instanceof errors.RequestError && cause.isNoResponders()) {
        after ??= performance.now() - since;
      }
    });
    await pause(1, undefined, { signal });
  }
  return after;
}
