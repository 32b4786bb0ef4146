import { setParams } from '../../state/store.ts';

interface OtherChartProps {
  readonly text: string;
  readonly button: string;
  readonly hash: string;
}

/** A notice that two versions of the machine exist, with a button that shows the other one. */
export function OtherChart({ text, button, hash }: OtherChartProps) {
  return (
    <section class="panel head" aria-label="Chart version">
      <span class="chip">{text}</span>
      <button type="button" onClick={() => setParams({ chart: hash, closed: '' })}>
        {button}
      </button>
    </section>
  );
}
