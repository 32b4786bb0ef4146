/** Structured log: a constant event name, data in fields, each kind of id always under the same key. */
export interface Log {
  /** Details for finding an error. */
  debug(event: string, fields?: Record<string, unknown>): void;
  /** Normal operation. */
  info(event: string, fields?: Record<string, unknown>): void;
  /** Something that needs attention, and that the process survives. */
  warn(event: string, fields?: Record<string, unknown>): void;
}
