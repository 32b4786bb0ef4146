import { type Entity, parseEntity } from '../../composition/names/entity-name.ts';
import type { BrakeForecast } from '../../domain/collection/brake-forecast.ts';
import { Fault } from '../../domain/fault.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import type { OpenHistory } from '../audit/open-history.ts';
import { inTimeZone } from '../terminal/format-time.ts';
import type { Explanation, ExplanationContext } from './context.ts';
import { explain } from './explain.ts';
import { past, present } from './load-context.ts';
import { selectEntity, unreadableEvents, withRecords } from './resolve-entity.ts';

/**
 * Explains what a name means in a history. `contextOf` loads the context of these entities.
 * @throws {Fault} `not-found`, `ambiguous`, `event-unreadable`; what `contextOf` throws
 */
export async function explainNamed(
  name: string,
  candidates: readonly Entity[],
  opened: Pick<OpenHistory, 'history' | 'name'>,
  contextOf: (entities: readonly Entity[]) => Promise<ExplanationContext>,
): Promise<readonly Explanation[]> {
  const entities = await Promise.all(candidates.map((one) => withRecords(one, opened)));
  const context = await contextOf(entities);
  const entity = await selectEntity(name, entities, context, opened);
  const explanations = await explain(entity, context);
  if (explanations.length === 0) throw unreadableEvents(name, entity);
  return explanations;
}

/** The history that the dashboard shows; `ports` if it is that of a live store. */
interface Shown extends Pick<OpenHistory, 'history' | 'keyframes' | 'name'> {
  readonly ports: Pick<Ports, 'registry' | 'leases' | 'serverTime'> | undefined;
  /** The brakes of the present, as the dashboard's own view forecasts them: its pages agree. */
  readonly brakes?: () => Promise<readonly BrakeForecast[]>;
}

/** What the dashboard asks for. */
interface Asked {
  readonly kind: 'agent' | 'instance';
  readonly name: string;
  readonly at: Revision | undefined;
  /** The moment after that event to which ages count; undefined: the time of the event. */
  readonly time: WallTime | undefined;
  /** The time zone of the reader; undefined: that of this process. */
  readonly zone: string | undefined;
}

/**
 * The sentences of `rollcall why`, for the dashboard: a list for each registration, the active one first.
 * `at`: after this event; undefined: the present.
 * @throws {Fault} `bad-name`, and as {@link explainNamed}
 */
export async function sentencesOf(
  shown: Shown,
  { kind, name, at, time, zone }: Asked,
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const { history, keyframes, ports, brakes } = shown;
  const candidates = parseEntity(name).filter((one) => one.kind === kind);
  if (candidates.length === 0)
    throw new Fault('bad-name', `'${name}' is not the name of an ${kind}`);
  const contextOf = async (entities: readonly Entity[]) =>
    at === undefined && ports
      ? present(
          entities.flatMap(({ records }) => records),
          ports,
          history,
          brakes,
        )
      : past(
          { seq: at ?? (await history.range()).last },
          { history, keyframes, leases: ports?.leases },
          signal,
          time,
        );
  const work = () => explainNamed(name, candidates, shown, contextOf);
  const explanations = await (zone === undefined ? work() : inTimeZone(zone, work));
  return explanations.map(({ sentences }) => sentences);
}
