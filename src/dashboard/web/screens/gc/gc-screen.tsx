import '../../styles/gc.css';
import type { ApiGcPlan, ApiPlanRow } from '../../../api-types.ts';
import type { Transition } from '../../../history/query-types.ts';
import { watchingText } from '../../model/gc-pipeline.ts';
import { ActionButton, LastActionResult } from '../../shell/action-dialog.tsx';
import { noAnswer } from '../../state/cursor.ts';
import {
  actionsDisabledReason,
  clock,
  extent,
  fleet,
  isPast,
  isStale,
  moment,
  momentPath,
  nothingRecorded,
  shownAt,
  version,
} from '../../state/store.ts';
import { useFetch, useHistoryQuery } from '../../state/use-query.ts';
import { useThrottled } from '../../state/use-throttled.ts';
import { textOf } from '../../widgets/still.ts';
import { BrakesPanel } from './brakes-panel.tsx';
import { CollectorsPanel } from './collectors-panel.tsx';
import { GcColumn } from './gc-column.tsx';
import { HoldsPanel } from './holds-panel.tsx';
import { RecentRemovals } from './recent-removals.tsx';

/** What will be removed, when, why, and what delays it. */
export function GcScreen() {
  void version.value;
  const upTo = moment.value?.seq ?? 0;
  // No event records which leases exist, so the plan is fetched again every 5 s.
  const fresh = isPast.value ? 0 : Math.floor(clock.value / 5000);
  const path = useThrottled(`${momentPath('plan')}#${upTo} ${fresh}`, isPast.value ? 300 : 1000);
  const isAway = isStale.value && !isPast.value;
  const isKnown = !isAway && nothingRecorded.value === null;
  const { value, failed: why } = useFetch<ApiGcPlan>(isKnown ? path : null);
  const [plan, failed] = isKnown ? [value, why] : [undefined, noAnswer];
  const older = extent.value?.from;
  const removed = useHistoryQuery<Transition[]>(
    { ask: 'found', types: ['removed', 'left'], upTo },
    older,
  );
  const rowsIn = (column: ApiPlanRow['column']) =>
    plan?.rows.filter((row) => row.column === column);
  const stuck = rowsIn('stuck');
  return (
    <>
      <section class="panel head" aria-label="GC">
        <h1>GC</h1>
        <span class="verdict">
          {plan
            ? `${watchingText(fleet, shownAt.value)} · ${plan.verdict}`
            : (nothingRecorded.value ??
              (failed === undefined ? 'Loading the plan …' : `The plan is not known: ${failed}.`))}
        </span>
        {plan?.estimate ? <span class="chip">{textOf('estimate')}</span> : null}
        <span class="grow" />
        <ActionButton of={{ action: 'sweep' }}>Sweep now …</ActionButton>
      </section>
      {actionsDisabledReason.value === null ? null : (
        <p class="off dim">Actions are off: {actionsDisabledReason.value}</p>
      )}
      <LastActionResult class="panel" />
      <CollectorsPanel />
      <BrakesPanel plan={plan} />
      <div class="pipeline">
        <GcColumn title="In grace" empty="No run is in its grace." rows={rowsIn('grace')} />
        <GcColumn title="Held back" empty="Nothing is held back." rows={rowsIn('held')} />
        <GcColumn
          title="Being removed"
          empty="Nothing is being removed."
          rows={rowsIn('removing')}
        />
        <RecentRemovals removed={removed} />
      </div>
      {!stuck?.length ? null : (
        <div class="pipeline">
          <GcColumn title="Stuck: an operator must act" empty="" rows={stuck} />
        </div>
      )}
      <HoldsPanel holds={plan?.holds} />
    </>
  );
}
