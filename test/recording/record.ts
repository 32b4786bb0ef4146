/**
 * Records the sample that the package ships: `npm run recording`. Two minutes of a fleet of real
 * processes on a real server, told by its audit.
 */
import { stdout } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { replaceFile } from '../../src/adapters/files/atomic-write.ts';
import { historyLine } from '../../src/adapters/files/history-line.ts';
import { placeOf } from '../../src/adapters/system/processes.ts';
import { sampleFile } from '../../src/cli/session/sample-recording.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';
import { anonymous } from '../golden/anonymous.ts';
import { Stage } from '../golden/stage.ts';
import { setup } from '../real/harness/global-setup.ts';
import { play } from './story.ts';

await setup();
await using stage = await Stage.open();
const say = (what: string) =>
  void stdout.write(`${new Date().toTimeString().slice(0, 8)} ${what}\n`);
await play(stage.fleet, say);
await sleep(500);
const events: StoredEvent[] = [];
for await (const event of stage.fleet.store.audit.read(0)) events.push(event);
const { boot, namespace } = placeOf(process.pid);
const nobody = { [boot]: 'boot', [namespace]: 'namespace' };
const lines = [...anonymous(events, nobody)].map((event) => `${historyLine(event)}\n`);
await replaceFile(sampleFile, lines, { gzip: true });
say(`${events.length} events`);
