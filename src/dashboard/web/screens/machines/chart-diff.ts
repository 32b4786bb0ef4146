import type { ChartData, ChartNode } from './chart-states.ts';

/** What one chart has and another has not, in words. */
export interface Differs {
  readonly mark: '+' | '−' | '~';
  readonly what: string;
}

/** What became of a machine: states and lines that came, went, or say something else. */
export function chartDiff(before: ChartData, after: ChartData): readonly Differs[] {
  return [
    ...differing(before.nodes, after.nodes, ({ id }) => `state ${id}`),
    ...differing(
      before.edges,
      after.edges,
      ({ source, event, targets }) => `${source} — ${event} → ${targets.join(', ') || 'itself'}`,
    ),
  ];
}

function differing<T extends Pick<ChartNode, 'id'>>(
  before: readonly T[],
  after: readonly T[],
  words: (one: T) => string,
): readonly Differs[] {
  const [old, young] = [before, after].map((all) => new Map(all.map((one) => [one.id, one])));
  const gone = before.filter(({ id }) => !young?.has(id));
  const found: Differs[] = gone.map((one) => ({ mark: '−', what: words(one) }));
  for (const one of after) {
    const was = old?.get(one.id);
    if (!was) found.push({ mark: '+', what: words(one) });
    else if (JSON.stringify(was) !== JSON.stringify(one))
      found.push({ mark: '~', what: words(one) });
  }
  return found;
}
