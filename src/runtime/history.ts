import type { Audit } from '../ports/audit.ts';

/** A history that can be read: the audit stream, or a file that was exported from it. */
export type History = Pick<Audit, 'read' | 'range'>;
