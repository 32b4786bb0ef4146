import type { ApiGcPlan } from '../../../api-types.ts';
import { formatDuration } from '../../format/format-time.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';
import { BrakeEnd } from '../../widgets/brake-end.tsx';

/** Zones with a brake: how many agents are suspect, the pace of expiry, and what ends the brake. */
export function BrakesPanel({ plan }: { readonly plan: ApiGcPlan | undefined }) {
  const on = plan?.brakes ?? [];
  if (on.length === 0) return null;
  return (
    <section class="panel" aria-label="Brakes">
      {on.map((one) => (
        <p key={one.zone} class="brake">
          <span class="state s-braked">◔ {one.on ? 'braked' : 'about to brake'}</span> zone{' '}
          <BidiText text={one.zone} />: {one.suspect} of {one.seen} agents suspect, {one.heldBack}{' '}
          held back; one run expires every {formatDuration(one.pace)}. <BrakeEnd of={one} />
        </p>
      ))}
    </section>
  );
}
