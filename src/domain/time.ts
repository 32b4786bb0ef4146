/** A duration in milliseconds. */
export type Millis = number;
/** A wall-clock time in milliseconds since 1970, for display and the audit. No verdict depends on it. */
export type WallTime = number;
/** A time on one process's monotonic clock, in milliseconds. Not comparable between processes. */
export type MonotonicTime = number;
/** A stream sequence: the version of a record and the order of all writes. 0 means absent. */
export type Revision = number;

export const seconds = (n: number): Millis => n * 1000;
export const minutes = (n: number): Millis => n * 60_000;
export const hours = (n: number): Millis => n * 3_600_000;
export const days = (n: number): Millis => n * 86_400_000;
