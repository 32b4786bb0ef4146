/** One look: undefined when all is well, else what is wrong, in one line. Ends when aborted. */
export type HealthCheckFn = (signal: AbortSignal) => Promise<string | undefined>;
