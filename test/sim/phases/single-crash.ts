import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import { takeoverDelay } from '../../../src/runtime/collector/seat-priority.ts';
import type { Process } from '../../runtime/support/process.ts';
import { lateness } from '../schedule/parameters.ts';
import type { Simulated } from '../simulation-result.ts';

/** Cost and duration of the removal of one dead agent while everything else worked. */
export interface Death {
  readonly run: string;
  readonly instances: number;
  readonly at: MonotonicTime;
  /** When the last consumer was notified that each instance is dubious. */
  readonly dubiousAt: MonotonicTime | undefined;
  readonly goneAt: MonotonicTime | undefined;
  /** Stored commits of collectors. */
  readonly commits: number;
  readonly attempts: number;
  /** Transitions that several collectors tried before a second one had a reason to. */
  readonly crowded: readonly string[];
}

/** A frozen agent shows only silence: its connection stays open. */
const waysToDie = ['killed', 'without power', 'frozen'] as const;

/** Kills one agent, waits until it must be removed, and restarts it; undefined without an agent to kill. */
export async function dieInPeace(sim: Simulated): Promise<Death | undefined> {
  const [one] = sim.roster.alive();
  if (!one) return undefined;
  const { run, slot } = one.agent;
  const place = `${slot.host}/${slot.agent}`;
  const instances = Object.keys(sim.fleet.instances(place)).length;
  const watchers = sim.roster.livingCollectors().map(({ process }) => process);
  const tried = new Map(watchers.map((process) => [process, process.commits.length]));
  const at = sim.now;
  const dubious = new Map<string, MonotonicTime>();
  for (const [name, consumer] of sim.roster.consumers) {
    consumer.onTold = () => {
      const mine = consumer.told().filter((row) => row.run === run);
      const isSo = mine.every(({ state }) => state === 'dubious');
      if (isSo && !dubious.has(name)) dubious.set(name, sim.now);
    };
  }
  const until: Millis = (sim.shape.lease.ttl + sim.shape.lease.grace) * 1.01 + seconds(10);
  const how = waysToDie[Math.floor(sim.fraction() * waysToDie.length)] ?? 'killed';
  if (how === 'killed') await sim.fleet.kill(one.process);
  else if (how === 'without power') one.process.vanish();
  else one.process.freeze();
  sim.note(`${run} dies in peace: ${how}`);
  let goneAt: MonotonicTime | undefined;
  let stored = 0;
  const { events } = sim.fleet.audit;
  let told = events.length;
  const before = sim.served;
  sim.served = () => {
    before();
    const mine = events.slice(told).filter(({ of }) => 'run' in of && of.run === run);
    told = events.length;
    if (mine.length > 0) stored += 1;
    if (mine.some(({ of, event }) => of.entity === 'run' && event.type === 'removed'))
      goneAt = sim.now;
  };
  const since = (process: Process) => process.commits.slice(tried.get(process));
  // Whoever comes second waits at least so long from the first sign of it, which is the death itself.
  const alone: Millis = takeoverDelay * (1 - 2 * sim.shape.drift) - 1;
  await sim.advance(alone);
  const crowded = severalTried(watchers.map((one) => subjectsIn(since(one), run)));
  await sim.advance(until + 6 * lateness(sim.shape) - alone);
  sim.served = before;
  for (const consumer of sim.roster.consumers.values()) consumer.onTold = () => {};
  const attempts = watchers.flatMap((one) => subjectsIn(since(one), run)).length;
  await sim.fleet.kill(one.process);
  sim.roster.startIfFree(place);
  await sim.advance(seconds(5));
  const dubiousAt =
    instances > 0 && dubious.size === sim.roster.consumers.size
      ? Math.max(...dubious.values())
      : undefined;
  return { run, instances, at, dubiousAt, goneAt, commits: stored, attempts, crowded };
}

/** The first transition of each commit about the run. */
const subjectsIn = (commits: Process['commits'], run: string): readonly string[] =>
  commits.flatMap(
    ({ commit }) => commit.events.find(({ subject }) => subject.includes(run))?.subject ?? [],
  );

const severalTried = (each: readonly (readonly string[])[]): readonly string[] => {
  const all = each.flatMap((subjects) => [...new Set(subjects)]);
  return [...new Set(all.filter((subject, n) => all.indexOf(subject) !== n))];
};
