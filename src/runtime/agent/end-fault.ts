import type { EndCause } from '../../../machines/session.ts';
import { Fault } from '../../domain/fault.ts';
import type { RunId, Slot } from '../../domain/identity/names.ts';
import type { HolderPlace, SlotRefusal } from './claim-slot.ts';

/** A copied disk image, container image or state directory has the host id of its original. */
const slotHeldTexts: Readonly<
  Record<HolderPlace, { readonly where: string; readonly hint: string }>
> = {
  here: {
    where: '',
    hint: 'give this agent another --name, stop the other one, or take over with --takeover',
  },
  'other-container': {
    where: ', in another container of this machine',
    hint: 'give this container its own --host, or this agent another --name',
  },
  'other-machine': {
    where: ', on another machine',
    hint: 'two machines have one host id, as copies of an image or of a state directory do: give this machine its own --host, or delete the file host-id in its state directory',
  },
};

/**
 * The fault of an agent whose run ended, unless the run left or another run can start. `refusal`: why it could
 * not take its slot.
 */
export function endFault(
  cause: EndCause,
  { slot, run }: { readonly slot: Slot; readonly run: RunId },
  refusal: SlotRefusal | undefined,
): Fault | undefined {
  const place = `${slot.host}/${slot.agent}`;
  switch (cause) {
    case 'refused': {
      const { where, hint } = slotHeldTexts[refusal?.where ?? 'here'];
      return new Fault('slot-held', `${place}: ${refusal?.why ?? ''}${where}`, { hint });
    }
    case 'superseded':
      return new Fault('superseded', `another run took ${place}; this one stops`, {
        hint: 'two processes use the same --host and --name; give one of them another name',
      });
    case 'expired':
      return new Fault('expired', `run ${run} of ${place} was declared dead while it was silent`);
    case 'absent':
      return new Fault(
        'expired',
        `the record of run ${run} of ${place} is gone: collected, or deleted`,
      );
    case 'spent':
    case 'left':
      return undefined;
    default:
      return cause satisfies never;
  }
}
