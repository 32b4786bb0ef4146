import { type Changed, valueText } from '../format/record-diff.ts';

/** Differences of two documents: sign, path, old and new value. */
export function FieldDiff({ changes }: { readonly changes: readonly Changed[] }) {
  return (
    <ul class="paths">
      {changes.map(({ path, mark, before, after }) => (
        <li key={path} class={mark === '+' ? 'plus' : mark === '−' ? 'minus' : 'tilde'}>
          <b aria-hidden="true">{mark}</b> <code>{path}</code>{' '}
          <bdi>
            {mark === '~'
              ? `${valueText(before)} → ${valueText(after)}`
              : valueText(mark === '+' ? after : before)}
          </bdi>
        </li>
      ))}
    </ul>
  );
}
