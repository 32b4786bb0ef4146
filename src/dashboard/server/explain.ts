import { getNextTransitions } from 'xstate';
import { ChainRef } from '../../domain/events.ts';
import type { Revision } from '../../domain/time.ts';
import type { WireExplained, WireNext } from '../wire.ts';
import { chartByHash } from './charts.ts';
import { machinesByName } from './over.ts';
import { Refusal } from './refusal.ts';
import type { Source } from './source.ts';
import { stateOf } from './told.ts';

/**
 * What may happen next to an entity, by its machine of today; and of one event, whether it can be.
 *
 * Guards are pure and asked; of a machine with a context only the beginning's is known here, so where a
 * guard decides, the answer says that it may be otherwise.
 * @throws {Refusal} `not-found`, `bad-request`
 */
export function explain(
  source: Source,
  entity: string,
  at: Revision | undefined,
  event: string | undefined,
): WireExplained {
  const ledger = source.ledger();
  const number = ledger.entityNumber(entityIn(entity));
  const { standing } = ledger.stoodAt({ seq: at ?? ledger.last });
  const stand = number === undefined ? undefined : standing.get(number);
  if (number === undefined || !stand) {
    throw new Refusal('not-found', 'it does not stand there: not yet, or not any more');
  }
  const name = ledger.entity(number).entity;
  const state = ledger.words.at(stand.to);
  const steppable = machinesByName.get(name);
  if (!steppable) throw new Refusal('not-found', `there is no machine '${name}'`);
  const next = nextOf(steppable, state);
  const unsure = steppable.guarded || ledger.words.at(stand.chart) !== steppable.chart;
  return { state, next, unsure, whyNot: event === undefined ? null : whyNot(next, state, event) };
}

function nextOf({ machine, edges, chart }: Steppable, state: string): readonly WireNext[] {
  const drawn = new Map(chartByHash(chart)?.edges.map((edge) => [edge.id, edge]));
  const snapshot = resolved(machine, state);
  return getNextTransitions(snapshot).flatMap((transition) => {
    const edge = drawn.get(edges.get(transition) ?? '');
    if (!edge) return [];
    const { id, event, targets, guard, description } = edge;
    return [{ event, edge: id, targets, guard, description }];
  });
}

type Steppable = NonNullable<ReturnType<(typeof machinesByName)['get']>>;

function resolved(machine: Steppable['machine'], state: string) {
  try {
    return machine.resolveState({ value: stateOf(state) as never, context: {} });
  } catch {
    throw new Refusal('not-found', `the machine of today has no state '${state}'`);
  }
}

function whyNot(next: readonly WireNext[], state: string, event: string): string | null {
  const candidates = next.filter((one) => one.event === event);
  if (candidates.length === 0) return `in ${state} there is no transition for '${event}'`;
  const guards = candidates.flatMap(({ guard }) => guard ?? []);
  if (guards.length < candidates.length) return null;
  return `only where a guard holds: ${guards.join(', ')}`;
}

/** @throws {Refusal} `bad-request` */
function entityIn(text: string): ChainRef {
  try {
    return ChainRef.parse(JSON.parse(text));
  } catch {
    throw new Refusal(
      'bad-request',
      'entity: the entity as a page of the history names it, as JSON',
    );
  }
}
