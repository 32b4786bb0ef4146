import { useFetched } from './answers.ts';
import { apiPath } from './api-path.ts';
import { Comparison } from './comparison.tsx';
import { Paths } from './paths.tsx';
import { changedPaths, changesOf } from './record-diff.ts';
import { standsNow } from './stands-now.ts';
import { moment, roll, setWords, version } from './store.ts';
import { allIn, type Document } from './stored.ts';
import { eventsOf, type Subject, subjectName, writeSubject } from './subject.ts';
import { Words } from './words.tsx';

/** Two of a kind at the page's moment: how they stand, and what differs in their records. */
export function Beside({ one, other }: { readonly one: Subject; readonly other: Subject }) {
  void version.value;
  const [a, b] = [useRecord(one), useRecord(other)];
  const stands = changedPaths(standsNow(one, roll), standsNow(other, roll));
  const records = changesOf(a, b);
  return (
    <Comparison
      label="Two compared at one moment"
      title={
        <>
          <Words text={subjectName(one)} /> <span class="dim">beside</span>{' '}
          <Words text={subjectName(other)} />
        </>
      }
      word="with"
      button={{
        says: 'Swap',
        does: () => setWords({ of: writeSubject(other), with: writeSubject(one) }),
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
  const { value } = useFetched<{ events: Document[] }>(
    subject.kind === 'host' ? null : apiPath(`${eventsOf(subject, false)}&before=${seq + 1}`),
  );
  const kind = subject.kind === 'agent' ? 'run' : subject.kind;
  return allIn(value).find(({ of, record }) => of.entity === kind && record !== null)?.record;
}
