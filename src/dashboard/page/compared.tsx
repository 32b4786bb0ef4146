import { useFetched } from './answers.ts';
import { apiPath } from './api-path.ts';
import { changedPaths, valueText } from './record-diff.ts';
import { setWords } from './store.ts';
import type { Document } from './stored.ts';

/** Two events, and every path in which they differ. */
export function Compared({ rows }: { readonly rows: readonly number[] }) {
  const [a = 0, b = 0] = [...rows].sort((x, y) => x - y);
  const one = useFetched<Document>(apiPath(`event/${a}`));
  const other = useFetched<Document>(apiPath(`event/${b}`));
  if (!one.value || !other.value) return null;
  const changes = changedPaths(one.value.event, other.value.event);
  return (
    <section class="panel diff" aria-label="Two events compared">
      <header class="row">
        <h2>
          seq {a} → seq {b}
        </h2>
        <span class="grow" />
        <button
          type="button"
          class="quiet"
          aria-label="Close"
          onClick={() => setWords({ rows: '' })}
        >
          ✕
        </button>
      </header>
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
    </section>
  );
}
