import type { ApiGcPlan } from '../../../api-types.ts';
import { formatCount } from '../../format/format-time.ts';
import { type DryRunEntry, dryRun } from './dry-run-model.ts';
import { PlanLink } from './gc-column.tsx';

/** What a sweep would remove now. Nothing is changed. */
export function DryRunList({ plan }: { readonly plan: ApiGcPlan }) {
  const { removed, uncertain, kept } = dryRun(plan);
  return (
    <section class="panel dry" aria-label="Dry run">
      <h2>
        Dry run <span class="dim">what a sweep would remove now; nothing is changed</span>
      </h2>
      <Part
        of={removed}
        title={`Removes ${removed.length}`}
        empty="A sweep would remove nothing."
      />
      <Part of={uncertain} title={`May remove ${uncertain.length}`} empty="" />
      <Part of={kept} title={`Keeps ${kept.length}`} empty="" />
    </section>
  );
}

const rowLimit = 60;

function Part({
  of,
  title,
  empty,
}: {
  readonly of: readonly DryRunEntry[];
  readonly title: string;
  readonly empty: string;
}) {
  if (of.length === 0) return empty === '' ? null : <p class="dim">{empty}</p>;
  return (
    <>
      <h3>{title}</h3>
      <ul class="rows">
        {of.slice(0, rowLimit).map(({ row, text }, n) => {
          const { run, key, why } = row;
          return (
            <li key={`${row.kind} ${run ?? key ?? n}`} class="happened">
              <PlanLink row={row} />
              <b>{why}</b>
              <span class="why">{text}</span>
            </li>
          );
        })}
      </ul>
      {of.length > rowLimit ? (
        <p class="dim">and {formatCount(of.length - rowLimit, 'more', 'more')}</p>
      ) : null}
    </>
  );
}
