import { colorClassOf, glyphOf } from '../model/state-styles.ts';

/** A state as sign, text and colour. */
export function StateBadge({
  status,
  reason = '',
}: {
  readonly status: string;
  readonly reason?: string;
}) {
  return (
    <span class={`state s-${colorClassOf(status)}`}>
      <span class="glyph" aria-hidden="true">
        {glyphOf(colorClassOf(status))}
      </span>
      {status}
      {reason === '' ? null : <span class="reason"> {reason}</span>}
    </span>
  );
}
