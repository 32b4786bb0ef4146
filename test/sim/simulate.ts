import type { Millis } from '../../src/domain/time.ts';
import { type Complaint, type Written, writtenSince } from './checkers/checks.ts';
import { checkers } from './checkers.ts';
import { makePeace } from './phases/liveness-phase.ts';
import type { Schedule } from './schedule/fault.ts';
import { faults, peace } from './schedule/schedule.ts';
import { Simulated } from './simulation-result.ts';

/** The result of a schedule. */
export interface Played {
  readonly complaints: readonly Complaint[];
  readonly trace: readonly string[];
  /** Of simulated time. */
  readonly duration: Millis;
  readonly events: number;
  readonly history: readonly string[];
}

/**
 * Runs a schedule to its end, or to the first complaint that ends it.
 *
 * @param begun lets somebody else look, from before the first write
 */
export async function simulate(
  schedule: Schedule,
  begun: (sim: Simulated) => void = () => {},
): Promise<Played> {
  const sim = new Simulated(schedule);
  begun(sim);
  const complaints: Complaint[] = [];
  const complain = (guarantee: string) => (what: string) => {
    if (complaints.length >= mostComplaints) return;
    complaints.push({ guarantee, what: `at ${Math.round(sim.now)}: ${what}` });
  };
  let checks = checkers.map((one) => ({ ...one.of(sim, complain(one.guarantee)), one }));
  const batches = writtenSince(sim.fleet);
  sim.served = () => {
    const written: Written | undefined = batches();
    if (written) for (const { onWritten } of checks) onWritten?.(written);
  };
  const look = () => {
    for (const { onLook } of checks) onLook?.();
  };
  await sim.begin();
  for (const happening of schedule.happenings) {
    await sim.advance(happening.after);
    look();
    sim.note(JSON.stringify(happening));
    if (happening.what === peace) {
      await makePeace(sim, checks, complain('G4'));
    } else {
      const fault = faults.get(happening.what);
      if (!fault) throw new Error(`nothing is called ${happening.what}`);
      await fault.happen(sim, happening);
      if (sim.lost !== undefined) checks = checks.filter(({ one }) => one.survivesLoss);
    }
    if (complaints.length > 0) break;
  }
  complaints.push(...sim.fleet.bugs.map((bug) => ({ guarantee: 'bug', what: inFull(bug) })));
  return {
    complaints,
    trace: sim.trace,
    duration: sim.now,
    events: sim.fleet.audit.events.length,
    history: sim.fleet.world.audit.from(0).map(({ text }) => text),
  };
}

const mostComplaints = 20;
const inFull = (bug: unknown): string =>
  bug instanceof Error ? (bug.stack ?? bug.message) : String(bug);
