import { type DemoContext, isSuspected, printInstances, seen, until } from './context.ts';
import type { DemoAgent } from './demo-agent.ts';
import { grace, ttl } from './environment.ts';

/** A process is killed: first dubious, then declared dead, then removed. */
export async function killOne(
  telling: DemoContext,
  actor: DemoAgent,
  others: readonly DemoAgent[],
) {
  const { narrator } = telling;
  await narrator.chapter(
    'An agent is killed',
    'Its instance is not removed immediately: it becomes dubious, and consumers see the reason.',
  );
  narrator.act(`kill -9 ${actor.pid}`, actor.name);
  actor.signal('SIGKILL');
  const dubious = await until(telling, 'waiting for its lease to lapse', () =>
    isSuspected(telling, actor),
  );
  narrator.check(`consumers see it as ${seen(telling, actor)}`, dubious !== undefined, dubious);
  printInstances(telling);
  narrator.say(
    `For a grace of ${grace / 1000} s it can still refute the suspicion. A dead process does not.`,
  );
  const gone = await until(
    telling,
    'waiting for the grace to end',
    () => seen(telling, actor) === 'gone',
  );
  const after = gone === undefined ? gone : gone + (dubious ?? 0);
  narrator.check('a collector declared it dead and removed its records', gone !== undefined, after);
  const untouched = others.every((other) => seen(telling, other) === 'live');
  narrator.check('the other instances are unchanged', untouched);
}

/** A process hangs for a while: it is suspected and refutes the suspicion. */
export async function freezeBriefly(telling: DemoContext, actor: DemoAgent) {
  const { stage, narrator } = telling;
  await narrator.chapter(
    'An agent is frozen, and resumed in time',
    'To others it looks like the dead agent: silent.',
  );
  const before = stage.row(actor);
  narrator.act(`kill -STOP ${actor.pid}`, actor.name);
  actor.signal('SIGSTOP');
  const dubious = await until(telling, 'waiting for its lease to lapse', () =>
    isSuspected(telling, actor),
  );
  narrator.check(`consumers see it as ${seen(telling, actor)}`, dubious !== undefined, dubious);
  narrator.act(`kill -CONT ${actor.pid}`, 'it resumes, and finds that its lease lapsed');
  actor.signal('SIGCONT');
  const live = await until(
    telling,
    'waiting for it to renew its lease',
    () => seen(telling, actor) === 'live',
  );
  narrator.check('it renewed its lease and refuted the suspicion', live !== undefined, live);
  const after = stage.row(actor);
  const same = before !== undefined && before.run === after?.run && before.token === after.token;
  narrator.check('same run, same registration: nothing was removed', same);
}

/** A process hangs until it is declared dead: its old run must not continue. */
export async function freezeForLong(telling: DemoContext, actor: DemoAgent) {
  const { stage, narrator } = telling;
  await narrator.chapter(
    'The same agent is frozen for too long',
    'It is declared dead although its process still exists. That is final: when the process resumes, its old run must not continue.',
  );
  const before = stage.row(actor);
  narrator.act(`kill -STOP ${actor.pid}`, actor.name);
  actor.signal('SIGSTOP');
  const gone = await until(
    telling,
    'waiting for ttl and grace to pass',
    () => seen(telling, actor) === 'gone',
  );
  narrator.check('it was declared dead, and its records were removed', gone !== undefined, gone);
  narrator.act(`kill -CONT ${actor.pid}`, 'it resumes as an expired run');
  actor.signal('SIGCONT');
  const back = await until(
    telling,
    'waiting for it to notice',
    () => seen(telling, actor) === 'live',
  );
  const after = stage.row(actor);
  const anew = back !== undefined && after?.run !== before?.run;
  narrator.check('it noticed, and started over as a new run', anew, back);
  const later = before !== undefined && after !== undefined && after.token > before.token;
  narrator.check(`its fencing token increased from ${before?.token} to ${after?.token}`, later);
}

/** An agent stops in an orderly way. */
export async function leaveInOrder(telling: DemoContext, actor: DemoAgent) {
  const { narrator } = telling;
  await narrator.chapter(
    'An agent leaves',
    'An orderly stop is not a failure: the agent removes its own records.',
  );
  narrator.act(`kill -TERM ${actor.pid}`, actor.name);
  actor.signal('SIGTERM');
  const gone = await until(
    telling,
    'waiting for it to leave',
    () => seen(telling, actor) === 'gone',
  );
  const atOnce = gone !== undefined && gone < ttl;
  narrator.check('its records are gone within its ttl, and it was never dubious', atOnce, gone);
  narrator.check('its process exited with code 0', (await actor.exit) === 0);
}
