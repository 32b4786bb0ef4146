import { systemAdapters } from '../../../composition/system-adapters.ts';
import { seconds } from '../../../domain/time.ts';
import { Agent } from '../../../runtime/agent/agent.ts';
import { patience, type Trial } from '../stage/trial.ts';

/** Frozen until it is suspect: rule 14. */
export async function freezeBriefly(trial: Trial): Promise<void> {
  const { ttl } = trial.stage;
  const { process, ...live } = await trial.startLive();
  process.signal('SIGSTOP');
  const isSuspect = async () => (await trial.agent())?.record.suspect !== undefined;
  await trial.meanwhile(14, 'a collector suspects it', isSuspect, patience + 2 * ttl);
  process.signal('SIGCONT');
  await trial.must(
    14,
    'its record is no longer suspect',
    async () => {
      const now = await trial.live();
      return now && now.agent.record.suspect === undefined;
    },
    patience + 2 * ttl,
  );
  const now = await trial.agent();
  if (now?.record.run !== live.agent.record.run) {
    trial.fail(14, `it started over as ${now?.record.run}, although it was only suspect`);
  }
}

/** Frozen until it is declared dead and removed: rules 12 and 15. */
export async function freezeUntilExpired(trial: Trial): Promise<void> {
  const { ttl } = trial.stage;
  const { process, ...live } = await trial.startLive();
  const { run } = live.agent.record;
  process.signal('SIGSTOP');
  const isGone = async () => (await trial.agent()) === undefined;
  await trial.meanwhile(15, 'a collector removes its records', isGone, 2 * patience + 3 * ttl);
  process.signal('SIGCONT');
  const what = 'it is live again, as a new run';
  const again = await trial.must(15, what, () => trial.live(undefined, [run]), patience + 3 * ttl);
  trial.pass(12, `${run}, then after an expiry ${again.agent.record.run}`);
}

/** Frozen while another run takes its slot: rule 16. */
export async function supersede(trial: Trial): Promise<void> {
  const { ttl, ports } = trial.stage;
  const { process } = await trial.startLive();
  process.signal('SIGSTOP');
  await using successor = new Agent(
    {
      slot: trial.slot,
      lease: { ttl: seconds(2), grace: seconds(10) },
      process: systemAdapters.thisProcess(),
      takeover: true,
      whenExpired: 'exit',
      drainFor: 0,
      leaveWithin: seconds(3),
      collect: false,
      onTransition: () => {},
    },
    [],
    ports,
  );
  await successor.ready;
  process.signal('SIGCONT');
  await trial.must(
    16,
    'its process ended',
    () => process.exitCode !== undefined,
    patience + 2 * ttl,
  );
}
