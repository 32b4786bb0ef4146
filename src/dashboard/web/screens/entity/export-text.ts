import type { ApiEntity } from '../../../api-types.ts';
import type { Transition } from '../../../history/query-types.ts';
import { entityName } from '../../model/subject.ts';

/** A transition with its entity instead of the entity's number. */
export type NamedTransition = Omit<Transition, 'entity'> & { readonly entity: ApiEntity };

/** A history as text, oldest first. */
export const exportText = {
  JSON: (rows: readonly NamedTransition[]): string => JSON.stringify(rows, null, 2),
  NDJSON: (rows: readonly NamedTransition[]): string =>
    rows.map((row) => JSON.stringify(row)).join('\n'),
  Markdown: (rows: readonly NamedTransition[]): string =>
    [
      '| seq | stored at | entity | event | from | to | why | by |',
      '|---|---|---|---|---|---|---|---|',
      ...rows.map(({ seq, at, entity, type, from, to, note }) =>
        line([
          String(seq),
          new Date(at).toISOString(),
          `${entity.entity} ${entityName(entity)}`,
          type,
          from ?? '',
          to,
          note.why ?? '',
          note.by ?? '',
        ]),
      ),
    ].join('\n'),
} as const;

const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** Escapes a name so that it cannot end its cell or add markup. */
const cell = (text: string): string =>
  text.replace(/[\\|`*_[\]<>&]/g, (one) => `\\${one}`).replace(/\s+/g, ' ');
