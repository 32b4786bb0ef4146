import type { Attack } from './attack.ts';
import type { AttackedFleet } from './attacked-fleet.ts';
import type { Attacker } from './attacker.ts';

/**
 * What an attack did: to the records of others, revision by revision, to what the victim received, or by
 * what the attack itself reports. Undefined: it had no effect.
 *
 * @param isOwn whether the attacker may change this subject
 */
export async function damageOf(
  attack: Attack,
  attacker: Attacker,
  fleet: AttackedFleet,
  isOwn: (subject: string) => boolean,
): Promise<string | undefined> {
  fleet.received.length = 0;
  const before = await fleet.look();
  const reported = await attack.run(attacker, fleet);
  await attacker.connection.flush();
  await fleet.settle();
  const after = await fleet.look();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => !isOwn(key) && !fleet.isOwnTrial(key) && before.get(key) !== after.get(key),
  );
  if (reported !== undefined) return reported;
  if (changed.length > 0) return `changed: ${changed.join(', ')}`;
  if (fleet.received.length > 0) return `the victim received ${fleet.received.join(', ')}`;
  return undefined;
}
