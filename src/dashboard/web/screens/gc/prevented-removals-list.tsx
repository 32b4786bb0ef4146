import { useState } from 'preact/hooks';
import type { Transition } from '../../../history/query-types.ts';
import { roll } from '../../state/store.ts';
import { TransitionLine } from '../../widgets/transition-line.tsx';
import {
  findPreventedRemovals,
  type PreventionReason,
  preventionReasons,
} from './prevented-removals.ts';

const atATime = 40;

/** Every removal that rightly was not made, with its record; and what no record says. */
export function ConflictsAvoided({ told }: { readonly told: readonly Transition[] | undefined }) {
  const [only, setOnly] = useState<PreventionReason | null>(null);
  const [most, setMost] = useState(atATime);
  const all = findPreventedRemovals(told ?? [], (one) => roll.entities[one]?.entity ?? '');
  const shown = only === null ? all : all.filter(({ kind }) => kind === only);
  const kinds = (Object.keys(preventionReasons) as PreventionReason[]).flatMap((kind) => {
    const count = all.filter((one) => one.kind === kind).length;
    return count === 0 ? [] : [{ kind, count }];
  });
  return (
    <section class="panel" aria-label="Conflicts avoided">
      <header class="row">
        <h2>
          Conflicts avoided{' '}
          <span class="dim">
            {all.length}
            {(told?.length ?? 0) >= 400 ? ', the newest' : ''}
          </span>
        </h2>
        <span class="grow" />
        {kinds.length < 2
          ? null
          : kinds.map(({ kind, count }) => (
              <button
                key={kind}
                type="button"
                aria-pressed={only === kind}
                onClick={() => setOnly(only === kind ? null : kind)}
              >
                {kind} {count}
              </button>
            ))}
      </header>
      {told && all.length === 0 ? (
        <p class="dim">None so far: nothing that looked dead came back, nothing was held.</p>
      ) : null}
      <ul class="rows">
        {shown.slice(0, most).map(({ transition, kind, detail }) => (
          <TransitionLine key={transition.seq} transition={transition} class="happened">
            <b>{kind}</b>
            <span class="why">
              {preventionReasons[kind]}
              {detail === '' ? null : <span class="dim"> — {detail}</span>}
            </span>
          </TransitionLine>
        ))}
      </ul>
      {shown.length > most ? (
        <p class="more">
          <button type="button" onClick={() => setMost(most + atATime)}>
            Show {Math.min(atATime, shown.length - most)} more of {shown.length - most}
          </button>
        </p>
      ) : null}
      <p class="dim">
        Only what changed a record is in the audit. That a lease stood at the last look, that
        somebody answered a question, or that another write came first changes none: each collector
        counts those in <code>rollcall_conflicts_avoided_total</code>.
      </p>
    </section>
  );
}
