import { changedPaths, changesOf } from '../../format/record-diff.ts';
import { allIn, type Document } from '../../model/event-document.ts';
import { eventsOf, type Subject, subjectName, writeSubject } from '../../model/subject.ts';
import { subjectState } from '../../model/subject-state.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { moment, roll, setParams, version } from '../../state/store.ts';
import { useFetch } from '../../state/use-query.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { Comparison } from '../../widgets/comparison-panel.tsx';
import { Paths } from '../../widgets/field-diff.tsx';

/** Two of a kind at the page's moment: how they stand, and what differs in their records. */
export function CompareEntities({
  one,
  other,
}: {
  readonly one: Subject;
  readonly other: Subject;
}) {
  void version.value;
  const [a, b] = [useRecord(one), useRecord(other)];
  const stands = changedPaths(subjectState(one, roll), subjectState(other, roll));
  const records = changesOf(a, b);
  return (
    <Comparison
      label="Two compared at one moment"
      title={
        <>
          <BidiText text={subjectName(one)} /> <span class="dim">beside</span>{' '}
          <BidiText text={subjectName(other)} />
        </>
      }
      word="with"
      button={{
        says: 'Swap',
        does: () => setParams({ of: writeSubject(other), with: writeSubject(one) }),
      }}
    >
      <div class="columns">
        <section>
          <h4>How they stand</h4>
          {stands.length === 0 ? <p class="dim">The same.</p> : null}
          <Paths changes={stands} />
        </section>
        {one.kind === 'host' ? null : (
          <section>
            <h4>Their records</h4>
            {records.length === 0 ? <p class="dim">Nothing differs.</p> : null}
            <Paths changes={records} />
          </section>
        )}
      </div>
    </Comparison>
  );
}

/** The newest record of a subject up to the page's moment. */
function useRecord(subject: Subject) {
  const seq = moment.value?.seq ?? 0;
  const { value } = useFetch<{ events: Document[] }>(
    subject.kind === 'host' ? null : apiPath(`${eventsOf(subject, false)}&before=${seq + 1}`),
  );
  const kind = subject.kind === 'agent' ? 'run' : subject.kind;
  return allIn(value).find(({ of, record }) => of.entity === kind && record !== null)?.record;
}
