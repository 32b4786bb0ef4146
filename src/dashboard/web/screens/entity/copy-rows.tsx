import type { Transition } from '../../../history/query-types.ts';
import { fleet } from '../../state/store.ts';
import { CopyButton } from '../../widgets/copy-button.tsx';

/** Copies the rows that pass the filters, oldest first, each with its entity instead of the entity's number. */
export function CopyRows({ rows }: { readonly rows: readonly Transition[] }) {
  const named = () =>
    rows
      .flatMap((row) => {
        const entity = fleet.entities[row.entity];
        return entity ? [{ ...row, entity }] : [];
      })
      .reverse();
  return <CopyButton text={() => JSON.stringify(named(), null, 2)}>Copy rows as JSON</CopyButton>;
}
