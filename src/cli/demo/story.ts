import { type Millis, seconds } from '../../domain/time.ts';
import { changeLine } from '../change-lines.ts';
import { system } from '../compose.ts';
import { byName, instanceTable } from '../instance-table.ts';
import type { Io } from '../io.ts';
import type { Actor } from './actor.ts';
import { tellAudit } from './audit-chapter.ts';
import type { Narrator } from './narrator.ts';
import { grace, type Stage, ttl } from './stage.ts';

/** Longer than anything takes; a machine may be slow, a story that never ends is none. */
const within: Millis = seconds(30);

const cast = [
  { host: 'oslo', name: 'web', service: 'web', port: 8001 },
  { host: 'paris', name: 'web', service: 'web', port: 8002 },
  { host: 'lima', name: 'web', service: 'web', port: 8003 },
  { host: 'lima', name: 'db', service: 'db', port: 5432 },
] as const;

/** The story, chapter by chapter; it ends with the first one that does not come out as told. */
export async function tellStory(stage: Stage, narrator: Narrator, io: Io): Promise<void> {
  const company = await start(stage, narrator, io);
  const [oslo, paris, , db] = company;
  if (!oslo || !paris || !db) return;
  const chapters = [
    () => kill(stage, narrator, io, oslo, company),
    () => freeze(stage, narrator, paris),
    () => freezeForLong(stage, narrator, paris),
    () => leave(stage, narrator, db),
    () => tellAudit(stage, narrator, oslo, io.columns),
  ];
  for (const chapter of chapters) {
    io.signal.throwIfAborted();
    if (narrator.failed > 0) return;
    await chapter();
  }
}

async function start(stage: Stage, narrator: Narrator, io: Io): Promise<readonly Actor[]> {
  await narrator.chapter(
    'Four agents start, each a process of its own',
    `Each holds a lease of ${ttl / 1000} s, renews it every ${((ttl / 3000) as number).toFixed(1)} s, and registers what it runs.`,
  );
  const company = await Promise.all(cast.map((part) => stage.cast(part)));
  for (const actor of company) {
    narrator.act(
      `rollcall agent --host ${actor.part.host} --name ${actor.part.name}`,
      `process ${actor.pid}`,
    );
  }
  await narrator.waiting('they register', () => Promise.all(company.map(({ ready }) => ready)));
  const live = await stage.until(
    () => company.every((one) => stage.row(one)?.state === 'live'),
    within,
  );
  narrator.say('');
  look(stage, narrator, io);
  narrator.check('a consumer sees four live instances', live !== undefined, narrator.elapsed);
  stage.audience = (change) => narrator.block(changeLine(change, io.palette, system.clock.wall()));
  return company;
}

async function kill(
  stage: Stage,
  narrator: Narrator,
  io: Io,
  oslo: Actor,
  company: readonly Actor[],
) {
  await narrator.chapter(
    'One is killed: it can say nothing any more',
    'Its instance is not gone at once: nobody knows yet. It is dubious, and consumers are told why.',
  );
  narrator.act(`kill -9 ${oslo.pid}`, oslo.name);
  oslo.signal('SIGKILL');
  const dubious = await waitFor(
    stage,
    narrator,
    'it falls silent',
    () => stage.row(oslo)?.state === 'dubious',
  );
  const reason = stage.row(oslo)?.reason;
  look(stage, narrator, io);
  narrator.check(`consumers see it as dubious (${reason})`, dubious !== undefined, dubious);
  narrator.say(
    `For a grace of ${grace / 1000} s it could still take that back. A dead process does not.`,
  );
  const gone = await waitFor(
    stage,
    narrator,
    'the grace passes',
    () => stage.row(oslo) === undefined,
  );
  narrator.check(
    'a collector declared it dead and removed what it left',
    gone !== undefined,
    (gone ?? 0) + (dubious ?? 0),
  );
  const others = company.filter((one) => one !== oslo);
  narrator.check(
    'nothing of anybody else was touched',
    others.every((one) => stage.row(one)?.state === 'live'),
  );
}

async function freeze(stage: Stage, narrator: Narrator, paris: Actor) {
  await narrator.chapter(
    'One is frozen, and thawed in time',
    'From outside it looks just like the dead one: silent.',
  );
  const before = stage.row(paris);
  narrator.act(`kill -STOP ${paris.pid}`, paris.name);
  paris.signal('SIGSTOP');
  const dubious = await waitFor(
    stage,
    narrator,
    'its lease lapses',
    () => stage.row(paris)?.state === 'dubious',
  );
  narrator.check('consumers see it as dubious', dubious !== undefined, dubious);
  narrator.act(`kill -CONT ${paris.pid}`, 'it wakes, and finds that its lease lapsed');
  paris.signal('SIGCONT');
  const live = await waitFor(
    stage,
    narrator,
    'it speaks up',
    () => stage.row(paris)?.state === 'live',
  );
  narrator.check('it took its lease again and refuted the suspicion', live !== undefined, live);
  const after = stage.row(paris);
  const same = before !== undefined && before.run === after?.run && before.token === after.token;
  narrator.check('the same run, the same registration: nothing was removed', same);
}

async function freezeForLong(stage: Stage, narrator: Narrator, paris: Actor) {
  await narrator.chapter(
    'It is frozen again, for too long',
    'Now it is declared dead while it is not. That is final: what must not happen is that it wakes',
    'and acts as if nothing had been.',
  );
  const before = stage.row(paris);
  narrator.act(`kill -STOP ${paris.pid}`, paris.name);
  paris.signal('SIGSTOP');
  const gone = await waitFor(
    stage,
    narrator,
    'ttl and grace pass',
    () => stage.row(paris) === undefined,
  );
  narrator.check('it was declared dead, and collected', gone !== undefined, gone);
  narrator.act(`kill -CONT ${paris.pid}`, 'it wakes as a run that is over');
  paris.signal('SIGCONT');
  const back = await waitFor(
    stage,
    narrator,
    'it finds out',
    () => stage.row(paris)?.state === 'live',
  );
  const after = stage.row(paris);
  narrator.check(
    'it found out, and started over as a new run',
    back !== undefined && after?.run !== before?.run,
    back,
  );
  const later = before !== undefined && after !== undefined && after.token > before.token;
  narrator.check(`its fencing token went up, from ${before?.token} to ${after?.token}`, later);
}

async function leave(stage: Stage, narrator: Narrator, db: Actor) {
  await narrator.chapter(
    'One leaves',
    'An orderly stop is no death: it removes its own and says goodbye.',
  );
  narrator.act(`kill -TERM ${db.pid}`, db.name);
  db.signal('SIGTERM');
  const gone = await waitFor(stage, narrator, 'it leaves', () => stage.row(db) === undefined);
  narrator.check('it is gone, without having been dubious', gone !== undefined && gone < ttl, gone);
  narrator.check('the process ended with 0', (await db.exit) === 0);
}

const waitFor = (stage: Stage, narrator: Narrator, text: string, claim: () => boolean) =>
  narrator.waiting(text, () => stage.until(claim, within));

/** The view as it is now. */
function look(stage: Stage, narrator: Narrator, { columns, palette }: Io): void {
  const rows = stage.directory.instances().toSorted(byName);
  narrator.block(`${instanceTable(rows, system.clock.wall(), { width: columns - 2, palette })}`);
  narrator.say('');
}
