import type { ApiGcPlan } from '../../../api-types.ts';
import { countdown } from '../../format/format-time.ts';
import { now } from '../../state/store.ts';
import { BidiText } from '../../widgets/bidi-text.tsx';

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
          waiting; one run expires every {one.pace / 1000} s.{' '}
          {one.endsAt === null
            ? 'The brake ends when enough agents come back.'
            : one.endsAt <= (now.value ?? 0)
              ? 'The next sweep ends the brake.'
              : `The brake ends about ${countdown(one.endsAt, now.value)}.`}
        </p>
      ))}
    </section>
  );
}
