import { useMemo, useRef } from 'preact/hooks';
import type { Chart } from '../../../../charts/model/chart-data.ts';
import { moment, route } from '../../state/store.ts';
import { overview, readClosed } from './collapsed-states.ts';

/**
 * The closed states: as in the address, or else those that no entity was in when the chart was opened.
 * Later transitions open and close nothing.
 */
export function useClosedStates(
  chart: Chart | undefined,
  active: ReadonlySet<string>,
  actor: number | undefined,
): readonly string[] {
  const closed = route.value.params['closed'];
  const opened = useRef<{ readonly key: string; readonly closed: readonly string[] }>(undefined);
  const key = `${chart?.hash} ${actor}`;
  if (chart && moment.value && opened.current?.key !== key) {
    opened.current = { key, closed: overview(chart, active) };
  }
  const begun = opened.current?.key === key ? opened.current.closed : [];
  return useMemo(() => (chart && readClosed(chart, closed)) ?? begun, [chart, closed, begun]);
}
