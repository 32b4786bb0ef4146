import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { days, seconds } from '../../../src/domain/time.ts';
import { replayCommand, standardCast } from './environment.ts';
import { drawPlan } from './faults/fault-plan.ts';
import { probeEngine, startServers } from './process-or-container.ts';
import { play } from './run-schedule.ts';

const cast = standardCast(6);
const lease = { ttl: seconds(3), grace: seconds(3) };

/** A new seed each day: six hours of chaos in a year. A failure prints its seed. */
const seed = Math.floor(Date.now() / days(1));

test('a fleet on real servers converges after a minute of faults', async ({ signal }) => {
  const engine = await probeEngine();
  const plan = drawPlan({ seed, length: seconds(40), lease }, cast);
  const told: string[] = [];
  await using servers = await startServers(engine);
  const report = await play(plan, cast, servers, (line) => void told.push(line), signal);
  const how = replayCommand(plan, cast, engine.kind);
  expect(report.complaints, `${how}\n${told.join('\n')}\nhistory: ${report.file}`).toEqual([]);
  // A start alone has four events: of the session, the run and its instance.
  expect(report.events, how).toBeGreaterThan(4 * cast.agents.length);
  await rm(dirname(report.file), { recursive: true });
}, 180_000);
