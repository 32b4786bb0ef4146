import { StateBadge } from '../../widgets/state-badge.tsx';
import { gravest } from '../../widgets/state-bars.ts';
import { type Band, bandClass } from './bands.ts';

/** What the colours of bars and bands mean, with the bands of the range by name. */
export function Legend({ bands }: { readonly bands: readonly Band[] }) {
  return (
    <p class="legend dim">
      {gravest.map((status) => (
        <StateBadge key={status} status={status} />
      ))}
      {[...Map.groupBy(bands, ({ kind }) => kind)].map(([kind, all]) => (
        <span key={kind} class={`swatch ${bandClass(kind)}`}>
          {kind}: {[...new Set(all.map(({ name }) => name))].slice(0, 5).join(', ')}
        </span>
      ))}
    </p>
  );
}
