import '../../styles/issues.css';
import { useState } from 'preact/hooks';
import { since } from '../../format/format-time.ts';
import type { Issue, Issues } from '../../model/issues.ts';
import { writeSubject } from '../../model/subject.ts';
import { ActionButton } from '../../shell/action-dialog.tsx';
import { isPast, isStale, navigate, nothingRecorded, now, setParams } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { Countdown } from '../../widgets/countdown.tsx';
import { StateBadge } from '../../widgets/state-badge.tsx';
import { textOf } from '../../widgets/still.ts';

const firstShown = 8;
/** As many rows as the button to see them needs are not folded. */
const folded = 2;
const mostShown = 200;

/** The issues that need attention, most serious first. Without issues it says so. */
export function IssueList({ issues }: { readonly issues: Issues }) {
  const [all, setAll] = useState(false);
  if (issues.count === 0) {
    return (
      <section class="panel calm-line" aria-label="Needs attention">
        {isStale.value && !isPast.value
          ? textOf('not-known')
          : (nothingRecorded.value ?? (
              <>
                <span class="state s-live">✓</span> Nothing needs attention.
              </>
            ))}
      </section>
    );
  }
  const isLong = issues.count > firstShown + folded;
  const shown = issues.first(all || !isLong ? mostShown : firstShown);
  return (
    <section class="panel attention" aria-label="Needs attention">
      <h2>
        Needs attention <span class="dim">{issues.count}</span>
      </h2>
      <ul class="rows">
        {shown.map((one) => (
          <IssueRow key={one.key} issue={one} />
        ))}
      </ul>
      {isLong ? (
        <button type="button" class="quiet" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show ${issues.count - firstShown} more`}
        </button>
      ) : null}
    </section>
  );
}

/** The agent that an issue is about, or the host of several. */
function subjectOf([slot, ...more]: Issue['slots'] = []): string {
  if (!slot) return '';
  const { host, agent } = slot;
  return writeSubject(more.length > 0 ? { kind: 'host', host } : { kind: 'agent', host, agent });
}

function IssueRow({ issue }: { readonly issue: Issue }) {
  const { status, title, reason, next, at = null, slots, filter, instance, acknowledge } = issue;
  const show = () => {
    if (instance) {
      const { service, id } = instance;
      const of = writeSubject({ kind: 'instance', service, id });
      navigate({ screen: 'entity', params: { of } });
    } else if (filter === undefined) setParams({ sel: subjectOf(slots) });
    else setParams({ f: filter, state: '', old: '1' });
  };
  return (
    <li>
      <button type="button" class="issue" onClick={show}>
        <StateBadge status={status} />
        <BidiText class="name cut" text={title} />
        <span class="why cut">{reason}</span>
        <span class="num">{issue.since && since(issue.since, now.value)}</span>
        <span class="next">
          {next} <Countdown to={at} />
        </span>
      </button>
      {acknowledge ? (
        <ActionButton
          of={{ action: 'acknowledge', ...acknowledge }}
          label={`Acknowledge the losses: ${title}`}
        >
          ✓
        </ActionButton>
      ) : null}
    </li>
  );
}
