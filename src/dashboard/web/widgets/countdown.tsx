import { countdown } from '../format/format-time.ts';
import { now } from '../state/store.ts';

/** How long until a time, and its clock time; nothing if the time is not known. */
export const Countdown = ({ to }: { readonly to: number | null }) =>
  to === null ? null : <b class="num">{countdown(to, now.value)}</b>;
