import { expect, test } from 'vitest';
import type { ApiEntity } from '../../../src/dashboard/api-types.ts';
import type { Lane } from '../../../src/dashboard/history/query-types.ts';
import { runQuery } from '../../../src/dashboard/history/run-query.ts';
import { TransitionLog } from '../../../src/dashboard/history/transition-log.ts';
import { pageOf } from '../support/sample-histories.ts';
import { present, run } from '../web/support/sample-fleet.ts';

const agent = run('h');
const session: ApiEntity = {
  ...(agent as Extract<ApiEntity, { entity: 'session' }>),
  entity: 'session',
};

/** The lane of a session: each event is an entity, a type and a state, one a second. */
function laneOf(events: readonly (readonly [ApiEntity, string, string])[], from = 0): Lane {
  const log = new TransitionLog();
  const history = events.map(([entity, type, to], n) => ({
    ...{ seq: n + 1, at: (n + 1) * 1000, entity, type, to, edges: [], note: undefined },
  }));
  log.append(pageOf(history, 1, history.length));
  log.complete();
  const entities = [log.entities.values.findIndex((one) => one.entity === 'session')];
  return (runQuery(log, { ask: 'lanes', entities, from, to: 60_000 }) as Lane[])[0] as Lane;
}

const killed = [
  [agent, 'announced', present('live')],
  [session, 'reconciled', 'serving'],
  [agent, 'suspected', present('live', 'suspect')],
  [agent, 'expired', 'expired'],
  [agent, 'removed', 'gone'],
] as const;
const stepsOf = ({ steps }: Lane) => steps.map(([at, state, type]) => [at, state, type]);

test('the lane of a killed process ends when its run is declared dead', () => {
  expect(stepsOf(laneOf(killed))).toEqual([
    [2000, 'serving', 'reconciled'],
    [4000, 'gone', 'expired'],
  ]);
  expect(laneOf(killed, 4500)).toMatchObject({ start: 'gone', steps: [] });
  expect(laneOf(killed.slice(0, 3), 3500)).toMatchObject({ start: 'serving', steps: [] });
});

test('a process that was frozen and then stops records more than the end of its run', () => {
  const thawed = [...killed, [session, 'ended', 'fenced']] as const;
  expect(stepsOf(laneOf(thawed))).toEqual([
    [2000, 'serving', 'reconciled'],
    [4000, 'gone', 'expired'],
    [6000, 'fenced', 'ended'],
  ]);
});

test('a session that stopped by itself has no other end', () => {
  const left = [
    ...[killed[0], killed[1]],
    [session, 'left', 'stopped'],
    [agent, 'left', 'left'],
  ] as const;
  expect(stepsOf(laneOf(left)).at(-1)).toEqual([3000, 'stopped', 'left']);
  expect(laneOf(left, 4500).start).toBe('stopped');
});
