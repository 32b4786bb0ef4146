import type { Chart } from '../../../../charts/model/chart-data.ts';
import { formatCount, formatNumber } from '../../format/format-time.ts';
import type { EntityState } from '../../model/agent-model.ts';
import { Fact } from '../../widgets/fact.tsx';
import { textOf } from '../../widgets/still.ts';
import { ActorSummary } from './actor-summary.tsx';
import { activeIds } from './chart-states.ts';
import type { Highlights } from './highlight-chart.ts';
import { NextTransitions } from './next-transitions.tsx';
import { OccupantList } from './occupant-list.tsx';

interface Props {
  readonly chart: Chart | undefined;
  readonly machine: string;
  readonly actor: EntityState | undefined;
  readonly painted: Highlights;
  readonly all: readonly EntityState[];
}

/** The selected state or edge, the entities in it, and what may happen next. */
export function Inspector({ chart, machine, actor, painted, all }: Props) {
  const node = chart?.nodes.find(({ id }) => id === painted.chosen);
  const edge = chart?.edges.find(({ id }) => id === painted.chosen);
  const occupants = node ? all.filter(({ state }) => activeIds(machine, state).has(node.id)) : [];
  return (
    <aside class="panel inspector" aria-label="Inspector">
      {actor ? <ActorSummary actor={actor} /> : null}
      {node ? (
        <section>
          <h2>{node.id.split('.').slice(1).join(' › ') || node.id}</h2>
          {node.description === null ? null : <p>{node.description}</p>}
          <p class="dim">
            {node.kind}; {formatNumber(occupants.length)} in this state at this moment
          </p>
          <OccupantList of={occupants} />
        </section>
      ) : null}
      {edge ? (
        <section>
          <h2>{edge.event}</h2>
          {edge.description === null ? null : <p>{edge.description}</p>}
          <dl class="facts">
            <Fact name="from">{edge.source}</Fact>
            <Fact name="to">{edge.targets.join(', ') || 'the same state'}</Fact>
            <Fact name="guard">{edge.guard}</Fact>
            <Fact name="actions">{edge.actions.join(', ')}</Fact>
            <Fact name="taken">{formatCount(painted.edges[edge.id] ?? 0, 'time')}</Fact>
          </dl>
        </section>
      ) : null}
      {actor ? <NextTransitions actor={actor} /> : null}
      {node || edge || actor ? null : (
        <p class="dim">
          {formatCount(all.length, 'entity uses', 'entities use')} this machine. {textOf('inspect')}
        </p>
      )}
    </aside>
  );
}
