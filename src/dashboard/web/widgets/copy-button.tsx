import { useState } from 'preact/hooks';
import { PlacedNotice } from '../state/placed-notice.ts';
import { place } from '../state/store.ts';

/** Copies a text and shows the result. Browsers allow copying only on HTTPS and localhost. */
export function CopyButton({
  text,
  children,
}: {
  readonly text: () => string;
  readonly children: string;
}) {
  const [result] = useState(() => new PlacedNotice<string>(place));
  return (
    <button
      type="button"
      onClick={() => {
        const copying = navigator.clipboard?.writeText(text()) ?? Promise.reject();
        copying.then(
          () => result.show(' ✓'),
          () => result.show(' ✕'),
        );
      }}
    >
      {children}
      {result.value}
    </button>
  );
}
