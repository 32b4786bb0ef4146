import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptSeeds } from './kept-seeds.ts';
import type { Outcome } from './play-seeds.ts';
import { report } from './report.ts';
import { drawSchedule } from './schedule/schedule.ts';
import { type Shrunk, shrink } from './shrink.ts';
import { simulate } from './simulate.ts';
import { playAll } from './workers.ts';

export interface RunOptions {
  readonly from: number;
  readonly seeds: number;
  readonly minutes: number | undefined;
  readonly workers: number;
  /** Stop at the first violation, and do not shrink it. */
  readonly first: boolean;
}

const progressEvery = 5000;
const shrinkFor = 60_000;
/** At most this many violations are shrunk: others are most likely the same. */
const mostShrunk = 3;

/** Runs many seeds, the kept ones first. Returns 0 without violations, else 1. */
export async function runSeeds(
  { from, seeds, minutes, workers, first }: RunOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort(), { once: true });
  const timer =
    minutes === undefined ? undefined : setTimeout(() => stop.abort(), minutes * 60_000);
  const sum = { seeds: 0, hours: 0, events: 0 };
  const failed: Outcome[] = [];
  const began = performance.now();
  const progress = () => {
    const rate = (sum.seeds / ((performance.now() - began) / 1000)).toFixed(1);
    say(
      `${sum.seeds} seeds, ${sum.hours.toFixed(0)} simulated hours, ${sum.events} transitions, ${rate} seeds/s, ${failed.length} violations`,
    );
  };
  const ticking = setInterval(progress, progressEvery);
  say(`kept seeds, then ${from} and on`);
  try {
    await playAll(
      upTo(from, seeds),
      workers,
      (outcome) => {
        sum.seeds += 1;
        sum.hours += outcome.duration / 3_600_000;
        sum.events += outcome.events;
        if (outcome.complaints.length === 0) return;
        failed.push(outcome);
        const [complaint] = outcome.complaints;
        say(`seed ${outcome.seed}: ${complaint?.guarantee}: ${complaint?.what}`);
        say(`  again: npm run sim -- --seed ${outcome.seed}`);
        if (first) stop.abort();
      },
      stop.signal,
    );
  } finally {
    clearInterval(ticking);
    clearTimeout(timer);
  }
  progress();
  if (!first && !signal.aborted) {
    for (const { seed } of failed.slice(0, mostShrunk)) await tellShrunk(seed, say, signal);
  }
  return failed.length === 0 ? 0 : 1;
}

function* upTo(from: number, seeds: number): Generator<number> {
  yield* keptSeeds.keys();
  for (let n = 0; n < seeds; n += 1) yield from + n;
}

async function tellShrunk(
  seed: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const schedule = drawSchedule(seed);
  const failed: Shrunk = { schedule, played: await simulate(schedule) };
  const until = performance.now() + shrinkFor;
  const shrunk = await shrink(failed, () => signal.aborted || performance.now() > until);
  const file = join(mkdtempSync(join(tmpdir(), 'rollcall-sim-')), `seed-${seed}.json`);
  writeFileSync(file, JSON.stringify(shrunk.schedule, undefined, 1));
  const [before, after] = [schedule, shrunk.schedule].map(({ happenings }) => happenings.length);
  say(`\nseed ${seed}, shrunk from ${before} happenings to ${after}:`);
  for (const line of report(shrunk)) say(line);
  say(`again: npm run sim -- --schedule ${file}`);
}
