import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { report } from './report.ts';
import { runSeeds } from './run-seeds.ts';
import type { Schedule } from './schedule/fault.ts';
import { drawSchedule } from './schedule/schedule.ts';
import { simulate } from './simulate.ts';

const usage = `usage: npm run sim -- [options]
  --seeds N        plays so many seeds (100)
  --from S         beginning with this one (1)
  --seed S         plays this one, and says what happened
  --schedule FILE  plays what was shrunk before
  --minutes M      stops after so long
  --until-stopped  until Ctrl-C, from a seed that the time of day gives: the nightly run
  --workers W      so many at once (one for each core)
  --first          stops at the first violation and does not shrink it
exit: 0 no violation, 1 some, 2 usage`;

const wholeNumber = (text: string, name: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${name} ${text}: a whole number is wanted`);
};

async function main(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: 'string' },
      from: { type: 'string' },
      seed: { type: 'string' },
      schedule: { type: 'string' },
      minutes: { type: 'string' },
      'until-stopped': { type: 'boolean', default: false },
      workers: { type: 'string' },
      first: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  if (values.schedule !== undefined)
    return playOne(JSON.parse(readFileSync(values.schedule, 'utf8')));
  if (values.seed !== undefined) return playOne(drawSchedule(wholeNumber(values.seed, 'seed')));
  const endless = values['until-stopped'] || values.minutes !== undefined;
  const fresh = endless && values.from === undefined && values.seeds === undefined;
  return runSeeds(
    {
      from: fresh ? Date.now() % 2 ** 31 : wholeNumber(values.from ?? '1', 'from'),
      seeds: wholeNumber(values.seeds ?? (endless ? `${2 ** 31}` : '100'), 'seeds'),
      minutes: values.minutes === undefined ? undefined : wholeNumber(values.minutes, 'minutes'),
      workers: Math.max(1, wholeNumber(values.workers ?? `${availableParallelism()}`, 'workers')),
      first: values.first,
    },
    say,
    signal,
  );
}

async function playOne(schedule: Schedule): Promise<number> {
  const played = await simulate(schedule);
  for (const line of report({ schedule, played })) say(line);
  return played.complaints.length === 0 ? 0 : 1;
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
try {
  process.exitCode = await main(process.argv.slice(2), stop.signal);
} catch (error) {
  // Any other error is a bug of the simulation, not of its caller.
  const isUsage =
    error instanceof RangeError ||
    `${(error as { code?: unknown }).code}`.startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof Error) || !isUsage) throw error;
  process.stderr.write(`${error.message}\n${usage}\n`);
  process.exitCode = 2;
}
