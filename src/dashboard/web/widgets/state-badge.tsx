import { colorClassOf, glyphOf } from '../model/state-styles.ts';

/** A state as sign, text and colour. */
export function StateBadge({
  status,
  reason = '',
}: {
  readonly status: string;
  readonly reason?: string;
}) {
  // Of all reasons to be dubious, this one has a glyph and a colour of its own.
  const sign = reason === 'contested' ? reason : status;
  return (
    <span class={`state s-${colorClassOf(sign)}`}>
      <span class="glyph" aria-hidden="true">
        {glyphOf(sign)}
      </span>
      {status}
      {reason === '' ? null : <span class="reason"> {reason}</span>}
    </span>
  );
}
