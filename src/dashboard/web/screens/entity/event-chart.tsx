import { useMemo, useState } from 'preact/hooks';
import type { Chart } from '../../../../charts/model/chart-data.ts';
import type { Transition } from '../../../history/query-types.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { navigate } from '../../state/store.ts';
import { useFetch } from '../../state/use-query.ts';
import { textOf } from '../../widgets/still.ts';
import { activeIds } from '../machines/chart-states.ts';
import { ChartView } from '../machines/chart-view.tsx';
import type { Highlights } from '../machines/highlight-chart.ts';

interface Props {
  readonly machine: string;
  readonly event: Transition;
}

/** A small chart of the machine version that the event used, with the edge and the state it led to. */
export function EventChart({ machine, event }: Props) {
  const { chart, to, edges, seq } = event;
  const [missing, setMissing] = useState(false);
  const { value, failed } = useFetch<Chart>(apiPath(`charts/${chart}.json`));
  const painted: Highlights = useMemo(
    () => ({
      active: activeIds(machine, to),
      last: edges,
      nodes: {},
      edges: {},
      chosen: '',
    }),
    [machine, seq],
  );
  if (missing || failed !== undefined) {
    return (
      <p class="dim" data-testid="no-picture">
        Chart #{chart} is unknown to this server, so there is no picture of it.
      </p>
    );
  }
  if (value?.hash !== chart) return <p class="dim">Drawing …</p>;
  return (
    <div class="thumb">
      <ChartView
        hash={chart}
        chart={value}
        closed={[]}
        painted={painted}
        zoom="fit"
        label={`Chart of machine ${machine} at that time, with the edge taken. ${textOf('chart-keys')}`}
        onChoose={(node) =>
          navigate({ screen: 'machines', at: seq, params: { machine, chart, node } })
        }
        onMissing={() => setMissing(true)}
      />
    </div>
  );
}
