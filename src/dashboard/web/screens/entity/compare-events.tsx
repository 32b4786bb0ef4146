import { changedPaths, changesOf } from '../../format/record-diff.ts';
import { type Document, storedIn } from '../../model/event-document.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { useFetch } from '../../state/use-query.ts';
import { Comparison } from '../../widgets/comparison-panel.tsx';
import { Paths } from '../../widgets/field-diff.tsx';

/** Two events: how the record differs from one to the other, and then whatever else does. */
export function CompareEvents({ rows }: { readonly rows: readonly number[] }) {
  const [a = 0, b = 0] = [...rows].sort((x, y) => x - y);
  const one = useFetch<Document>(apiPath(`event/${a}`));
  const other = useFetch<Document>(apiPath(`event/${b}`));
  const failed = one.failed ?? other.failed;
  if (failed !== undefined) return <p class="panel notice bad">{failed}</p>;
  const [old, young] = [storedIn(one.value), storedIn(other.value)];
  if (!old || !young) return null;
  const records = changesOf(old.record, young.record);
  const { record: _, ...before } = old;
  const { record: __, ...after } = young;
  return (
    <Comparison label="Two events compared" title={`seq ${a} → seq ${b}`} word="rows">
      <div class="columns">
        <section>
          <h4>The record</h4>
          {old.record === null && young.record === null ? (
            <p class="dim">Neither wrote one.</p>
          ) : records.length === 0 ? (
            <p class="dim">The same.</p>
          ) : null}
          <Paths changes={records} />
        </section>
        <section>
          <h4>The event itself</h4>
          <Paths changes={changedPaths(before, after)} />
        </section>
      </div>
    </Comparison>
  );
}
