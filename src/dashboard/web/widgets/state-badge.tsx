import { glyphOf, paintOf } from '../model/state-styles.ts';

/** A state: sign, word and colour together. */
export function State({ word, reason = '' }: { readonly word: string; readonly reason?: string }) {
  return (
    <span class={`state s-${paintOf(word)}`}>
      <span class="glyph" aria-hidden="true">
        {glyphOf(paintOf(word))}
      </span>
      {word}
      {reason === '' ? null : <span class="reason"> {reason}</span>}
    </span>
  );
}
