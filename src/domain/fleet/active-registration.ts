import type { InstanceFacts } from './instance-facts.ts';

/**
 * The registration of a `service/id` that is active (G11): the latest of those whose owner has not
 * ended. Where every owner has ended: the latest.
 */
export function activeRegistration<Facts extends InstanceFacts>(
  instance: Facts,
  rivals: readonly Facts[],
): Facts {
  if (rivals.length < 2) return instance;
  const owned = rivals.filter((rival) => !isOwnerOver(rival));
  return (owned.length > 0 ? owned : rivals).reduce((latest, rival) =>
    rival.token > latest.token ? rival : latest,
  );
}

/**
 * Whether the owner has ended. An unreadable record is no evidence of that (G12). Neither is a newer run
 * of the slot that is still registering: it may adopt the instance, so the registration counts until then.
 */
export function isOwnerOver({ agent, run }: InstanceFacts): boolean {
  if (agent === 'unreadable') return false;
  if (agent === 'absent') return true;
  return agent.run === run ? agent.phase === 'expired' : agent.phase !== 'registering';
}
