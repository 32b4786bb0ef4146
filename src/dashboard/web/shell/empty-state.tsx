import { dayTime } from '../format/format-time.ts';
import { subjectOf, writeSubject } from '../model/subject.ts';
import { connection, extent, fleet } from '../state/store.ts';
import { still, textOf } from '../widgets/still.ts';
import { SubjectLink } from '../widgets/subject-link.tsx';

/** Shown while there is no history: why, since when, and what to do. */
export function EmptyState() {
  const { hello, state, why } = connection.value ?? {};
  if (!hello || (hello.last > 0 && !(extent.value?.complete && extent.value.rows === 0))) {
    const title = state === 'broken' ? 'The dashboard server does not answer' : undefined;
    return <Loading {...{ title, text: why }} />;
  }
  return hello.last > 0 ? <section class="panel notice" ref={fillUnreadable} /> : <NoAgents />;
}

/** Shown while no agent is known: how to start one, or that the history begins too late to have one. */
export function NoAgents() {
  const { from = 1, firstAt = 0, complete = true } = extent.value ?? {};
  if (!complete) return <Loading />;
  if (from <= 1) return <section class="panel notice" ref={fill} />;
  return (
    <section class="panel notice">
      <h2>No agent is known</h2>
      <p>
        The history begins at {dayTime(firstAt)}. {textOf('begins')}{' '}
        {fleet.entities.slice(0, most).map((entity) => {
          const of = subjectOf(entity);
          return of && <SubjectLink key={writeSubject(of)} of={of} />;
        })}
      </p>
    </section>
  );
}

interface LoadingProps {
  readonly title?: string | undefined;
  readonly text?: string | null | undefined;
}

const Loading = ({ title, text }: LoadingProps) => (
  <section class="panel notice">
    <h2>{title ?? 'Loading the history …'}</h2>
    <p>{text ?? 'The newest events load first.'}</p>
  </section>
);

const most = 20;
const fill = still('no-agents');
const fillUnreadable = still('unreadable');
