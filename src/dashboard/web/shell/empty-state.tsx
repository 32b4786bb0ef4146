import { dayTime, formatCount } from '../format/format-time.ts';
import { subjectOf, writeSubject } from '../model/subject.ts';
import { connection, extent, fleet } from '../state/store.ts';
import { still } from '../widgets/still.ts';
import { SubjectLink } from '../widgets/subject-link.tsx';

/** Shown while there is no history: why, since when, and what to do. */
export function EmptyState() {
  const { hello, state, why } = connection.value ?? {};
  if (!hello || (hello.last > 0 && !(extent.value?.complete && extent.value.rows === 0))) {
    return (
      <section class="panel notice">
        <h2>
          {state === 'broken' ? 'The dashboard server does not answer' : 'Loading the history …'}
        </h2>
        <p>{why ?? 'The newest events load first.'}</p>
      </section>
    );
  }
  if (hello.last > 0) {
    return (
      <section class="panel notice">
        <h2>No event can be read</h2>
        <p>
          This version understands none of the {formatCount(hello.last - hello.first + 1, 'event')}{' '}
          stored. <code>rollcall audit verify</code> says why.
        </p>
      </section>
    );
  }
  return <NoAgents />;
}

/** Shown while no agent is known: how to start one, or that the history begins too late to have one. */
export function NoAgents() {
  const { from = 1, firstAt = 0, complete = true } = extent.value ?? {};
  if (complete && from <= 1) return <section class="panel notice" ref={fill} />;
  const known = new Map(
    fleet.entities
      .map(subjectOf)
      .flatMap((one) => (one ? [[writeSubject(one), one] as const] : [])),
  );
  return (
    <section class="panel notice">
      <h2>{complete ? 'No agent is known' : 'Loading the history …'}</h2>
      <p>
        {complete
          ? `The history begins at ${dayTime(firstAt)}. An agent that did not change since then is not in it.`
          : 'The newest events load first.'}
      </p>
      {known.size === 0 ? null : (
        <p>
          It has events of{' '}
          {[...known].slice(0, most).map(([key, one]) => (
            <span key={key}>
              <SubjectLink of={one} />{' '}
            </span>
          ))}
          {known.size > most ? `and ${known.size - most} more` : ''}
        </p>
      )}
    </section>
  );
}

const most = 20;
const fill = still('no-agents');
