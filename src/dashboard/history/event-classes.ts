/** The transitions that are problems: the timeline marks them, and 'next problem' stops at them. */
export const problems: ReadonlySet<string> = new Set([
  'suspected',
  'expired',
  'failed',
  'superseded',
  'tripped',
]);

/** The events that begin an instance's registration, a run's suspicion, and the watching of a collector. */
export const originEvents: ReadonlySet<string> = new Set(['registered', 'suspected', 'sighted']);

/** Transitions that an operator decided, not a machine. */
export const operatorEvents: ReadonlySet<string> = new Set([
  'planned',
  'extended',
  'released',
  'tripped',
]);
