import process, { stderr, stdout } from 'node:process';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { scriptOptions } from '../../../tools/script-options.ts';
import { setup } from '../harness/global-setup.ts';
import { replayCommand, standardCast } from './environment.ts';
import { drawPlan, planLines } from './faults/fault-plan.ts';
import { type Engine, probeEngine, startServers } from './process-or-container.ts';
import { play } from './run-schedule.ts';

const usage = `usage: npm run chaos -- [options]
plays random faults on three servers with real processes, then checks the history and every promise
  --minutes M      so long (10)
  --seed S         of the faults; a red run prints its own (the time of day)
  --agents N       so many (8)
  --processes      servers as processes
  --containers     servers as containers; ends if there is no Docker engine
exit: 0 every promise held, 1 some did not, 2 usage`;

const values = scriptOptions(usage, {
  minutes: { type: 'string', default: '10' },
  seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  agents: { type: 'string', default: '8' },
  containers: { type: 'boolean', default: false },
  processes: { type: 'boolean', default: false },
});

const say = (line: string) => void stderr.write(`${line}\n`);
const chosen: Engine = values.processes
  ? { kind: 'processes', because: 'as told' }
  : await probeEngine();
if (values.containers && chosen.kind === 'processes') throw new Error(chosen.because);
const cast = standardCast(Number(values.agents));
const lease = { ttl: seconds(3), grace: seconds(3) };
const length = minutes(Number(values.minutes));
const plan = drawPlan({ seed: Number(values.seed), length, lease }, cast);
say(`chaos: ${replayCommand(plan, cast, chosen.kind)}`);
say(
  `on ${chosen.kind}${chosen.kind === 'processes' ? ` (${chosen.because})` : ` of ${chosen.image}`}`,
);
for (const line of planLines(plan)) say(line);
if (chosen.kind === 'processes') await setup();
const stop = new AbortController();
// All child processes end before this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

async function played(): Promise<number> {
  await using servers = await startServers(chosen);
  const report = await play(plan, cast, servers, say, stop.signal);
  stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  say(`rollcall audit verify --file ${report.file}`);
  return report.complaints.length > 0 ? 1 : 0;
}

// Without an explicit exit, node 26 loops forever in its own clean-up after some runs (seen with gdb, in
// `Environment::CleanupHandles`), although this program has closed all its handles.
process.exit(await played());
