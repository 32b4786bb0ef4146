import { type DemoContext, isSuspected, printInstances, seen, until } from './context.ts';
import type { DemoAgent } from './demo-agent.ts';
import { grace, ttl } from './environment.ts';

/** A process that is killed: first dubious, then declared dead, then collected. */
export async function killOne(
  telling: DemoContext,
  actor: DemoAgent,
  others: readonly DemoAgent[],
) {
  const { narrator } = telling;
  await narrator.chapter(
    'One is killed: it can say nothing any more',
    'Its instance is not gone at once: nobody knows yet. It is dubious, and consumers are told why.',
  );
  narrator.act(`kill -9 ${actor.pid}`, actor.name);
  actor.signal('SIGKILL');
  const dubious = await until(telling, 'it falls silent', () => isSuspected(telling, actor));
  narrator.check(`consumers see it as ${seen(telling, actor)}`, dubious !== undefined, dubious);
  printInstances(telling);
  narrator.say(
    `For a grace of ${grace / 1000} s it could still refute that. A dead process does not.`,
  );
  const gone = await until(telling, 'the grace passes', () => seen(telling, actor) === 'gone');
  const after = gone === undefined ? gone : gone + (dubious ?? 0);
  narrator.check(
    'a collector declared it dead and removed what it left',
    gone !== undefined,
    after,
  );
  const untouched = others.every((other) => seen(telling, other) === 'live');
  narrator.check('nothing of anybody else was touched', untouched);
}

/** One that hangs for a while: suspected, and it takes that back itself. */
export async function freezeBriefly(telling: DemoContext, actor: DemoAgent) {
  const { stage, narrator } = telling;
  await narrator.chapter(
    'One is frozen, and thawed in time',
    'From outside it looks just like the dead one: silent.',
  );
  const before = stage.row(actor);
  narrator.act(`kill -STOP ${actor.pid}`, actor.name);
  actor.signal('SIGSTOP');
  const dubious = await until(telling, 'its lease lapses', () => isSuspected(telling, actor));
  narrator.check(`consumers see it as ${seen(telling, actor)}`, dubious !== undefined, dubious);
  narrator.act(`kill -CONT ${actor.pid}`, 'it wakes, and finds that its lease lapsed');
  actor.signal('SIGCONT');
  const live = await until(telling, 'it speaks up', () => seen(telling, actor) === 'live');
  narrator.check('it took its lease again and refuted the suspicion', live !== undefined, live);
  const after = stage.row(actor);
  const same = before !== undefined && before.run === after?.run && before.token === after.token;
  narrator.check('the same run, the same registration: nothing was removed', same);
}

/** One that hangs until it was declared dead: it must not go on as if it lived. */
export async function freezeForLong(telling: DemoContext, actor: DemoAgent) {
  const { stage, narrator } = telling;
  await narrator.chapter(
    'It is frozen again, for too long',
    'Now it is declared dead while it is not. That is final. What must not happen: that it wakes and goes on as if nothing had been.',
  );
  const before = stage.row(actor);
  narrator.act(`kill -STOP ${actor.pid}`, actor.name);
  actor.signal('SIGSTOP');
  const gone = await until(telling, 'ttl and grace pass', () => seen(telling, actor) === 'gone');
  narrator.check('it was declared dead, and collected', gone !== undefined, gone);
  narrator.act(`kill -CONT ${actor.pid}`, 'it wakes as a run that is over');
  actor.signal('SIGCONT');
  const back = await until(telling, 'it finds out', () => seen(telling, actor) === 'live');
  const after = stage.row(actor);
  const anew = back !== undefined && after?.run !== before?.run;
  narrator.check('it found out, and started over as a new run', anew, back);
  const later = before !== undefined && after !== undefined && after.token > before.token;
  narrator.check(`its fencing token went up, from ${before?.token} to ${after?.token}`, later);
}

/** An orderly stop. */
export async function leaveInOrder(telling: DemoContext, actor: DemoAgent) {
  const { narrator } = telling;
  await narrator.chapter(
    'One leaves',
    'An orderly stop is no death: it removes what is its own and says goodbye.',
  );
  narrator.act(`kill -TERM ${actor.pid}`, actor.name);
  actor.signal('SIGTERM');
  const gone = await until(telling, 'it leaves', () => seen(telling, actor) === 'gone');
  const atOnce = gone !== undefined && gone < ttl;
  narrator.check('it is gone at once, and nobody had to wonder', atOnce, gone);
  narrator.check('its process ended with 0', (await actor.exit) === 0);
}
