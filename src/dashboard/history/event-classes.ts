/** The transitions that are problems: what the strip paints, and where 'next problem' stops. */
export const problems: ReadonlySet<string> = new Set([
  'suspected',
  'expired',
  'failed',
  'superseded',
  'tripped',
]);

/** The events that begin an instance's registration and a run's suspicion. */
export const originEvents: ReadonlySet<string> = new Set(['registered', 'suspected']);

/** Something that an operator, not a machine, decided. */
export const operatorEvents: ReadonlySet<string> = new Set([
  'planned',
  'extended',
  'released',
  'tripped',
]);
