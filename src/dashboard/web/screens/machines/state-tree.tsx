import type { Chart, ChartNode } from '../../../../charts/model/chart-data.ts';
import { moveInGrid } from '../../widgets/grid-navigation.ts';
import { shortCount } from './chart-states.ts';
import { nameOf } from './collapsed-states.ts';
import type { Highlights } from './highlight-chart.ts';

const signs: Readonly<Record<string, string>> = {
  atomic: '○',
  compound: '▾',
  parallel: '‖',
  final: '◉',
  history: 'H',
};

interface Props {
  readonly chart: Chart;
  readonly painted: Highlights;
  /** The states closed in the picture. The outline always lists all. */
  readonly closed: readonly string[];
  onChoose(id: string): void;
  onToggle(id: string): void;
}

/** The machine as a text tree: the accessible form of the picture, and quicker to search. */
export function StateTree({ chart, painted, closed, onChoose, onToggle }: Props) {
  const root = chart.nodes.find(({ parent }) => parent === null);
  return root ? (
    <ul class="outline" onKeyDown={moveInGrid} aria-label={`States of ${chart.machine}`}>
      {branch(root)}
    </ul>
  ) : null;
  function branch(node: ChartNode) {
    const inner = chart.nodes.filter(({ parent }) => parent === node.id);
    const edges = chart.edges.filter(({ source }) => source === node.id);
    const on = painted.active.has(node.id);
    const count = painted.nodes[node.id];
    const sign = on && inner.length === 0 ? '●' : (signs[node.kind] ?? '○');
    const isOpen = !closed.includes(node.id);
    return (
      <li key={node.id}>
        {inner.length > 0 && node.parent !== null ? (
          <button
            type="button"
            data-cell=""
            class="quiet sign"
            aria-expanded={isOpen}
            aria-label={`${nameOf(node)} in the picture`}
            title={isOpen ? 'Close it in the picture' : 'Open it in the picture'}
            onClick={() => onToggle(node.id)}
          >
            {isOpen ? sign : '▸'}
          </button>
        ) : (
          <span class="sign" aria-hidden="true">
            {sign}
          </span>
        )}
        <button
          type="button"
          data-cell=""
          class={`link${on ? ' on' : ''}${painted.chosen === node.id ? ' chosen' : ''}`}
          aria-current={on ? 'step' : undefined}
          title={node.description ?? ''}
          onClick={() => onChoose(node.id)}
        >
          {nameOf(node)}
          {count === undefined ? null : <span class="count"> {shortCount(count)}</span>}
        </button>
        {edges.length === 0 ? null : (
          <ul class="edges">
            {edges.map((edge) => {
              const times = painted.edges[edge.id] ?? 0;
              return (
                <li key={edge.id}>
                  <button
                    type="button"
                    data-cell=""
                    class={`link edge${painted.last.includes(edge.id) ? ' last' : ''}${painted.chosen === edge.id ? ' chosen' : ''}`}
                    title={edge.description ?? ''}
                    onClick={() => onChoose(edge.id)}
                  >
                    → {edge.event}
                    {edge.guard === null ? '' : ` [${edge.guard}]`}
                    {times === 0 ? null : <span class="count"> ×{shortCount(times)}</span>}
                  </button>
                </li>
              );
            })}
          </ul>
        )}
        {inner.length === 0 ? null : <ul>{inner.map(branch)}</ul>}
      </li>
    );
  }
}
