/**
 * Records the golden histories anew: `npm run golden`, or `npm run golden -- killed outage` for some.
 * Each scenario is played by real processes on a real server, and its audit is kept.
 */
import { writeFile } from 'node:fs/promises';
import { argv, stdout } from 'node:process';
import { replaceFile } from '../../src/adapters/files/atomic-write.ts';
import { historyLine } from '../../src/adapters/files/history-line.ts';
import { placeOf } from '../../src/adapters/system/processes.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';
import { setup } from '../real/harness/global-setup.ts';
import { anonymous } from './anonymous.ts';
import { expectedPath, historyPath, outcomeOf, recorded } from './recording.ts';
import { scenarios } from './scenarios.ts';
import { Stage } from './stage.ts';

async function record(name: string): Promise<void> {
  const play = scenarios[name];
  if (!play) throw new Error(`no scenario '${name}': ${Object.keys(scenarios).join(', ')}`);
  await using stage = await Stage.open();
  await play(stage);
  const events: StoredEvent[] = [];
  for await (const event of stage.fleet.store.audit.read(0)) events.push(event);
  const { boot, namespace } = placeOf(process.pid);
  const nobody = { [boot]: 'boot', [namespace]: 'namespace' };
  const lines = [...anonymous(events, nobody)].map((event) => `${historyLine(event)}\n`);
  await replaceFile(historyPath(name), lines, { gzip: true });
  const outcome = await outcomeOf(recorded(name));
  await writeFile(expectedPath(name), `${JSON.stringify(outcome, null, 2)}\n`);
  const found =
    outcome.divergences.length > 0 ? `, diverges: ${outcome.divergences.join(', ')}` : '';
  stdout.write(`${name}: ${events.length} events${found}\n`);
}

await setup();
const names = argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(scenarios)) await record(name);
