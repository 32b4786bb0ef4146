import type { ComponentChildren } from 'preact';
import { setParams } from '../state/store.ts';

interface Props {
  readonly label: string;
  /** What is held against what. */
  readonly title: ComponentChildren;
  /** The word of the address that keeps it open. */
  readonly word: 'with' | 'rows' | 'b';
  /** What else can be done with the two. */
  readonly button?: { readonly says: string; readonly does: () => void };
  readonly children: ComponentChildren;
}

/** A panel that holds two against each other, until it is closed. */
export function Comparison({ label, title, word, button, children }: Props) {
  return (
    <section class="panel diff" aria-label={label}>
      <header class="row">
        <h2>{title}</h2>
        <span class="grow" />
        {button ? (
          <button type="button" onClick={button.does}>
            {button.says}
          </button>
        ) : null}
        <button
          type="button"
          class="quiet"
          aria-label="Close"
          onClick={() => setParams({ [word]: '' })}
        >
          ✕
        </button>
      </header>
      {children}
    </section>
  );
}
