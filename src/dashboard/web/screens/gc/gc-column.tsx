import type { ApiPlanRow } from '../../../api-types.ts';
import { soonestFirst } from '../../model/gc-pipeline.ts';
import { noForecast } from '../../model/issues.ts';
import { fleet, version } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { Countdown } from '../../widgets/countdown.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { SubjectLink } from '../../widgets/subject-link.tsx';

interface ColumnProps {
  readonly title: string;
  readonly empty: string;
  /** undefined: the plan is not known. */
  readonly rows: readonly ApiPlanRow[] | undefined;
}

/** Instead of what only the plan tells. */
export const notKnown = 'Not known without the plan.';

/** One stage of the removal of a dead run, with a card per run. */
export function GcColumn({ title, empty, rows }: ColumnProps) {
  return (
    <section class="panel column" aria-label={title}>
      <h2>
        {title} <span class="dim">{rows?.length ?? '–'}</span>
      </h2>
      {rows?.length ? null : <p class="dim">{rows ? empty : notKnown}</p>}
      <ul>
        {soonestFirst(rows ?? [])
          .slice(0, 60)
          .map((row, n) => (
            <PlanCard key={`${row.kind} ${row.run ?? row.key ?? n}`} row={row} />
          ))}
      </ul>
      {rows && rows.length > 60 ? <p class="dim">and {rows.length - 60} more</p> : null}
    </section>
  );
}

function PlanCard({ row }: { readonly row: ApiPlanRow }) {
  void version.value;
  const { kind, next, at, detail, status, reason, waits, removes } = row;
  return (
    <li class="card">
      <header>
        <PlanLink row={row} />
        <StateBadge status={status} reason={reason} />
      </header>
      <p>
        {next === 'nothing'
          ? (detail ?? 'needs an operator')
          : fleet.observation === 'unobserved'
            ? noForecast
            : [
                { remove: 'removed', expire: 'expires', suspect: 'suspected' }[next],
                ' ',
                <Countdown key="at" to={at} />,
              ]}
      </p>
      <p class="dim">{kind === 'record' ? 'not removed' : `removes ${removes}`}</p>
      {waits === '' ? null : <p class="waits">waits: {waits}</p>}
    </li>
  );
}

/** The agent of a plan row, linked to its history. A key without an owner has no link. */
function PlanLink({ row: { host, agent, key } }: { readonly row: ApiPlanRow }) {
  if (host === null || agent === null) return <BidiText text={key ?? '?'} />;
  return <SubjectLink of={{ kind: 'agent', host, agent }} />;
}
