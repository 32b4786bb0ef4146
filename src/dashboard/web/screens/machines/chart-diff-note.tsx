import { formatCount } from '../../format/format-time.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { setParams } from '../../state/store.ts';
import { useFetch } from '../../state/use-query.ts';
import { chartDiff } from './chart-diff.ts';
import type { ChartData } from './chart-states.ts';

interface Props {
  readonly chart: ChartData | undefined;
  /** The chart that it is not drawn with. */
  readonly other: string;
  readonly says: string;
  readonly button: string;
}

/** That a picture is of another version of its machine, and in what they differ. */
export function ChartDiffers({ chart, other, says, button }: Props) {
  const { value } = useFetch<ChartData>(apiPath(`charts/${other}.json`));
  const changes = chart && value?.hash === other ? chartDiff(chart, value) : undefined;
  return (
    <section class="panel head differs" aria-label="Another version">
      <span class="chip">{says}</span>
      <button type="button" onClick={() => setParams({ chart: other, closed: '' })}>
        {button}
      </button>
      {changes ? (
        <details>
          <summary>{formatCount(changes.length, 'difference')}</summary>
          <ul class="paths">
            {changes.map(({ mark, what }) => (
              <li
                key={`${mark} ${what}`}
                class={mark === '+' ? 'plus' : mark === '−' ? 'minus' : 'tilde'}
              >
                <b aria-hidden="true">{mark}</b> {what}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}
