import { useState } from 'preact/hooks';

/** Copies a text and shows the result. Browsers allow copying only on HTTPS and localhost. */
export function CopyButton({
  text,
  children,
}: {
  readonly text: () => string;
  readonly children: string;
}) {
  const [result, setResult] = useState('');
  return (
    <button
      type="button"
      onClick={() => {
        const copying = navigator.clipboard?.writeText(text()) ?? Promise.reject(new Error('none'));
        copying.then(
          () => setResult('copied'),
          () => setResult('the browser refused'),
        );
      }}
    >
      {children}
      {result === 'copied' ? ' ✓' : result === '' ? '' : ' ✕'}
    </button>
  );
}
