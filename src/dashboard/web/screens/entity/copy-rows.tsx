import type { Transition } from '../../../history/query-types.ts';
import { fleet } from '../../state/store.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';
import { exportText, type NamedTransition } from './export-text.ts';

/** Copies the rows that pass the filters. */
export function CopyRows({ rows }: { readonly rows: readonly Transition[] }) {
  const named = (): readonly NamedTransition[] =>
    rows
      .flatMap((row) => {
        const entity = fleet.entities[row.entity];
        return entity ? [{ ...row, entity }] : [];
      })
      .reverse();
  return (
    <fieldset class="sizes" aria-label="Copy these rows">
      {(['JSON', 'NDJSON', 'Markdown'] as const).map((kind) => (
        <CopyButton key={kind} label={`Copy as ${kind}`} text={() => exportText[kind](named())}>
          {kind}
        </CopyButton>
      ))}
    </fieldset>
  );
}
