import { useMemo, useState } from 'preact/hooks';
import type { Transition } from '../questions.ts';
import { activeIds } from './chart-states.ts';
import { ChartView, type Painted } from './chart-view.tsx';
import { go } from './store.ts';

interface Props {
  readonly machine: string;
  readonly event: Transition;
}

/** The machine of that time, small: the edge that was taken lit, and where it led to. */
export function EventChart({ machine, event }: Props) {
  const { chart, to, edges, seq } = event;
  const [missing, setMissing] = useState(false);
  const painted: Painted = useMemo(
    () => ({
      active: activeIds(machine, to),
      last: edges,
      nodes: {},
      edges: {},
      coverage: false,
      chosen: '',
    }),
    [machine, seq],
  );
  if (missing) {
    return (
      <p class="dim" data-testid="no-picture">
        Chart #{chart} is not known here: there is no picture of it.
      </p>
    );
  }
  return (
    <div class="thumb">
      <ChartView
        hash={chart}
        machine={machine}
        collapsed=""
        painted={painted}
        onChoose={(node) => go({ screen: 'machines', at: seq, words: { machine, chart, node } })}
        onMissing={() => setMissing(true)}
      />
    </div>
  );
}
