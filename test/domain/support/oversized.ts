/** An object with this many different fields of one value. */
export const entries = (count: number, value: unknown): Record<string, unknown> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, value]));

/** What a call returns, and the CPU time that it takes in this thread, in milliseconds. */
export function cpuOf<T>(call: () => T): { readonly result: T; readonly ms: number } {
  const before = process.threadCpuUsage();
  const result = call();
  const { user, system } = process.threadCpuUsage(before);
  return { result, ms: (user + system) / 1000 };
}
