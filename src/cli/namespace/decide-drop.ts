/** Whether a namespace is deleted, or why not; with the processes that used it at the last look. */
export interface DropDecision {
  readonly kind: 'drop' | 'in-use' | 'dry-run' | 'not-agreed';
  readonly users: readonly string[];
}

interface Asked {
  readonly dryRun: boolean;
  /** Also while processes use it. */
  readonly force: boolean;
  /** The processes that use it now. */
  users(): Promise<readonly string[]>;
  /** Whether it is wanted. A person may think for an hour. */
  isAgreed(): Promise<boolean>;
}

/** Decides whether a namespace is deleted. Looks for its users before the question, and again after it. */
export async function decideDrop(asked: Asked): Promise<DropDecision> {
  const users = await asked.users();
  if (asked.dryRun) return { kind: 'dry-run', users };
  const isRefused = (by: readonly string[]) => by.length > 0 && !asked.force;
  if (isRefused(users)) return { kind: 'in-use', users };
  if (!(await asked.isAgreed())) return { kind: 'not-agreed', users };
  const now = await asked.users();
  return { kind: isRefused(now) ? 'in-use' : 'drop', users: now };
}
