import { setTimeout as pause } from 'node:timers/promises';
import type { Member } from '../process.ts';
import type { MemberFault } from './fault-plan.ts';
import type { Wire } from './proxies.ts';

/** The highest latency; a lease of 3 s is not meant for slower networks. */
const slow = 250;

/** Applies the fault of the step to a member or to the consumer's connection, and ends it after a time. */
export async function faultMember(
  what: MemberFault,
  lasts: number,
  { member, wire }: { member: Member | undefined; wire: Wire },
  look: () => void,
): Promise<void> {
  look();
  await harm(what, member, wire);
  look();
  await pause(lasts);
  if (what === 'lose') return;
  look();
  if (what === 'kill' || what === 'leave') member?.start();
  else if (what === 'freeze') member?.thaw();
  else if (what === 'tear-file') await member?.mendFile();
  else if (what === 'fill-state') await member?.freeState();
  else if (what !== 'close-log') await wire.mend();
}

async function harm(what: MemberFault, member: Member | undefined, wire: Wire): Promise<void> {
  switch (what) {
    case 'kill':
    case 'lose':
      return member?.kill();
    case 'leave':
      return member?.leave();
    case 'freeze':
      return member?.freeze();
    case 'hold':
      return wire.hold();
    case 'mute':
      return wire.hold('to-server');
    case 'deafen':
      return wire.hold('to-client');
    case 'reset':
      return wire.reset();
    case 'delay':
      return wire.delay(slow);
    case 'close-log':
      return member?.closeLog();
    case 'tear-file':
      return member?.tearFile();
    case 'revoke':
      return wire.revoke();
    case 'fill-state':
      return member?.fillState();
    default:
      return what satisfies never;
  }
}
