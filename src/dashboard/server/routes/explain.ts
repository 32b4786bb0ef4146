import { getNextTransitions } from 'xstate';
import { ApiError } from '../../../adapters/http-server/api-error.ts';
import { parseAuditEvent } from '../../../domain/events/audit-entry.ts';
import { ChainRef, type StateValue } from '../../../domain/events/event-schema.ts';
import { chainSubject } from '../../../domain/events/event-subjects.ts';
import type { Revision } from '../../../domain/time.ts';
import { initialTransition, transition } from '../../../runtime/transitions/transition.ts';
import type { ApiExplanation, ApiNextTransition } from '../../api-types.ts';
import { machinesByName } from '../history/final-states.ts';
import type { Source } from '../history/live-source.ts';
import { decodeState, encodeState } from '../history/to-row.ts';
import { chartByHash } from './chart-lookup.ts';
import { eventsOf } from './events.ts';

/**
 * The transitions that the current machine allows an entity next.
 *
 * Guards are evaluated with the context from replaying the entity's events. This needs all its events,
 * made by the current machine; otherwise the answer is marked `unsure`. An ended entity has no next
 * transitions, which is a normal answer.
 * @throws {ApiError} `not-found`, `bad-request`
 */
export async function explain(
  source: Source,
  entity: string,
  at: Revision | undefined,
): Promise<ApiExplanation> {
  const index = source.index();
  const number = index.entityNumber(entityIn(entity));
  const upTo = at ?? index.last;
  const { states } = index.stateAt({ seq: upTo });
  const known = number === undefined ? undefined : states.get(number);
  if (number === undefined || !known) {
    const last = number === undefined ? undefined : index.lastOf(number, upTo);
    if (!last) throw new ApiError('not-found', 'the entity does not exist at this moment');
    return { state: index.words.at(last.to), next: [], unsure: false };
  }
  const of = index.entity(number);
  const state = index.words.at(known.to);
  const steppable = machinesByName.get(of.entity);
  if (!steppable) throw new ApiError('not-found', `there is no machine '${of.entity}'`);
  const isOfToday = index.words.at(known.chart) === steppable.chart;
  const context =
    isOfToday && steppable.hasGuards ? await contextOf(source, of, steppable, upTo) : undefined;
  const next = nextOf(steppable, state, context);
  const unsure = !isOfToday || next.some(({ guard, holds }) => guard !== null && holds === null);
  return { state, next, unsure };
}

/** Maximum number of events of a chain that are replayed. */
const longest = 500;

/** The machine's context after the entity's events; undefined: events are missing or do not match it. */
async function contextOf(
  source: Source,
  of: ChainRef,
  steppable: Steppable,
  upTo: Revision,
): Promise<object | undefined> {
  const stored = await eventsOf(source, [`${chainSubject(of)}.*`], upTo + 1, longest);
  let { to, context }: { to: StateValue; context: unknown } = initialTransition(steppable);
  for (const [n, one] of stored.toReversed().entries()) {
    const read = parseAuditEvent(one, () => '');
    if (read.kind !== 'event' || read.event.n !== n + 1) return undefined;
    if (read.event.from !== null) {
      const taken = transition(steppable, { value: to, context }, read.event.event);
      if (taken === 'ignored') return undefined;
      ({ to, context } = taken);
    }
    if (encodeState(to) !== encodeState(read.event.to)) return undefined;
  }
  return stored.length === 0 ? undefined : (context as object);
}

function nextOf(
  { machine, edges, chart }: Steppable,
  state: string,
  context: object | undefined,
): readonly ApiNextTransition[] {
  const drawn = new Map(chartByHash(chart)?.edges.map((edge) => [edge.id, edge]));
  const snapshot = resolved(machine, state, context ?? {});
  return getNextTransitions(snapshot).flatMap((transition) => {
    const edge = drawn.get(edges.get(transition) ?? '');
    if (!edge) return [];
    const { id, event, targets, guard, description } = edge;
    const holds =
      guard === null || !context
        ? null
        : machine.getTransitionData(snapshot, { type: event }).includes(transition);
    return [{ event, edge: id, targets, guard, holds, description }];
  });
}

type Steppable = NonNullable<ReturnType<(typeof machinesByName)['get']>>;

function resolved(machine: Steppable['machine'], state: string, context: object) {
  try {
    return machine.resolveState({ value: decodeState(state) as never, context });
  } catch {
    throw new ApiError('not-found', `the current machine has no state '${state}'`);
  }
}

/** @throws {ApiError} `bad-request` */
function entityIn(text: string): ChainRef {
  try {
    return ChainRef.parse(JSON.parse(text));
  } catch {
    throw new ApiError(
      'bad-request',
      'entity: must be an entity as in a page of the history, as JSON',
    );
  }
}
