import { colorClassOf, glyphOf } from '../model/state-styles.ts';

/** A state: sign, word and colour together. */
export function StateBadge({
  word,
  reason = '',
}: {
  readonly word: string;
  readonly reason?: string;
}) {
  return (
    <span class={`state s-${colorClassOf(word)}`}>
      <span class="glyph" aria-hidden="true">
        {glyphOf(colorClassOf(word))}
      </span>
      {word}
      {reason === '' ? null : <span class="reason"> {reason}</span>}
    </span>
  );
}
