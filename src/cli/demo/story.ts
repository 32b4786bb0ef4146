import { systemAdapters } from '../../composition/system-adapters.ts';
import type { MonotonicTime } from '../../domain/time.ts';
import { changeLine } from '../tables/change-lines.ts';
import { showAudit } from './audit-chapter.ts';
import { freezeBriefly, freezeForLong, killOne, leaveInOrder } from './chapters.ts';
import { type DemoContext, printInstances, seen, until } from './context.ts';
import type { DemoAgent } from './demo-agent.ts';
import { ttl } from './environment.ts';

const oslo = { host: 'oslo', name: 'web', service: 'web', port: 8001 };
const paris = { host: 'paris', name: 'web', service: 'web', port: 8002 };
const lima = { host: 'lima', name: 'web', service: 'web', port: 8003 };
const database = { host: 'lima', name: 'db', service: 'db', port: 5432 };

/** Runs the chapters; stops after the first with a failed check. */
export async function runChapters(telling: DemoContext): Promise<void> {
  const { stage, narrator, io } = telling;
  const began = systemAdapters.clock.monotonic();
  const [killed, frozen, bystander, leaving] = await Promise.all([
    stage.cast(oslo),
    stage.cast(paris),
    stage.cast(lima),
    stage.cast(database),
  ]);
  const chapters = [
    () => start(telling, [killed, frozen, bystander, leaving], began),
    () => killOne(telling, killed, [frozen, bystander, leaving]),
    () => freezeBriefly(telling, frozen),
    () => freezeForLong(telling, frozen),
    () => leaveInOrder(telling, leaving),
    () => showAudit(telling, killed, leaving),
  ];
  for (const chapter of chapters) {
    io.signal.throwIfAborted();
    if (narrator.failed === 0) await chapter();
  }
}

/** `began`: when the agents were started. Before that, a server may have been downloaded. */
async function start(
  telling: DemoContext,
  company: readonly DemoAgent[],
  began: MonotonicTime,
): Promise<void> {
  const { stage, narrator, io } = telling;
  const renewal = `${(ttl / 3000).toFixed(0)} s`;
  await narrator.chapter(
    'Four agents start, each in its own process',
    `Each has a lease of ${ttl / 1000} s, renews it every ${renewal}, and registers one instance.`,
  );
  for (const { part, pid } of company) {
    narrator.act(`rollcall agent --host ${part.host} --name ${part.name}`, `process ${pid}`);
  }
  await narrator.waiting('waiting for the agents to register', () =>
    Promise.all(company.map(({ ready }) => ready)),
  );
  const allLive = () => company.every((actor) => seen(telling, actor) === 'live');
  const live = await until(telling, 'waiting for the collector', allLive);
  const took = systemAdapters.clock.monotonic() - began;
  printInstances(telling);
  narrator.check('a consumer sees four live instances', live !== undefined, took);
  stage.onChange = (change) =>
    narrator.block(changeLine(change, io.palette, systemAdapters.clock.wall()));
}
