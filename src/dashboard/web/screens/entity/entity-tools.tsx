import type { Transition } from '../../../history/query-types.ts';
import { type Subject, subjectName, writeSubject } from '../../model/subject.ts';
import { roll, setParams } from '../../state/store.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { exportText, type Named } from './export-text.ts';

/** What is shown, to take along. */
export function CopyRows({ rows }: { readonly rows: readonly Transition[] }) {
  const named = (): readonly Named[] =>
    rows
      .flatMap((row) => {
        const entity = roll.entities[row.entity];
        return entity ? [{ ...row, entity }] : [];
      })
      .reverse();
  return (
    <fieldset class="sizes" aria-label="Copy what is shown">
      {(['JSON', 'NDJSON', 'Markdown'] as const).map((kind) => (
        <CopyButton key={kind} label={`Copy as ${kind}`} text={() => exportText[kind](named())}>
          {kind}
        </CopyButton>
      ))}
    </fieldset>
  );
}

/** Another one of its kind, to be put beside it. */
export function BesideWhom({ subject }: { readonly subject: Subject }) {
  const others = peersOf(subject);
  return (
    <>
      <input
        type="search"
        list="peers"
        placeholder="compare with …"
        aria-label={`Compare with another ${subject.kind} at this moment`}
        onInput={(event) => {
          const found = others.get(event.currentTarget.value.trim());
          if (!found) return;
          setParams({ with: writeSubject(found) });
          event.currentTarget.value = '';
        }}
      />
      <datalist id="peers">
        {[...others.keys()].slice(0, 500).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

/** All of its kind but itself, by name. */
function peersOf(subject: Subject): ReadonlyMap<string, Subject> {
  const found = new Map<string, Subject>();
  for (const { host, agent, instances } of roll.slots()) {
    if (subject.kind === 'instance') {
      for (const { service, id } of instances) put({ kind: 'instance', service, id });
    } else put(subject.kind === 'host' ? { kind: 'host', host } : { kind: 'agent', host, agent });
  }
  found.delete(subjectName(subject));
  return found;

  function put(one: Subject): void {
    found.set(subjectName(one), one);
  }
}
