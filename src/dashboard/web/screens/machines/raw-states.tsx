import { BidiText } from '../../widgets/bidi-text.tsx';

/** The states as recorded, if the chart is unknown. */
export function RawStates({ states }: { readonly states: readonly string[] }) {
  const counts = new Map<string, number>();
  for (const one of states) counts.set(one, (counts.get(one) ?? 0) + 1);
  return (
    <ul class="outline">
      {[...counts].map(([state, count]) => (
        <li key={state}>
          <BidiText text={state} /> <span class="count">{count}</span>
        </li>
      ))}
    </ul>
  );
}
