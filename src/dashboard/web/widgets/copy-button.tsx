import { useState } from 'preact/hooks';

/** Copies a text, and says whether that worked: a page that is not on a safe address may not. */
export function CopyButton({
  text,
  children,
  label,
}: {
  readonly text: () => string;
  readonly children: string;
  readonly label?: string;
}) {
  const [came, setCame] = useState('');
  return (
    <button
      type="button"
      {...(label !== undefined && { 'aria-label': came === '' ? label : `${label}: ${came}` })}
      onClick={() => {
        const copying = navigator.clipboard?.writeText(text()) ?? Promise.reject(new Error('none'));
        copying.then(
          () => setCame('copied'),
          () => setCame('not allowed here'),
        );
      }}
    >
      {children}
      {came === 'copied' ? ' ✓' : came === '' ? '' : ' ✕'}
    </button>
  );
}
