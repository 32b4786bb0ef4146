/** The transitions that are problems: what the strip paints, and where 'next problem' stops. */
export const problems: ReadonlySet<string> = new Set([
  'suspected',
  'expired',
  'failed',
  'superseded',
  'tripped',
]);

/** Something that an operator, not a machine, decided. */
export const operatorEvents: ReadonlySet<string> = new Set([
  'planned',
  'extended',
  'released',
  'tripped',
]);
