import { type Changed, valueText } from '../format/record-diff.ts';

/** What is otherwise in two documents: a sign, a path, and what it was and is. */
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
