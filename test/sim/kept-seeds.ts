/** Seeds that found something, and what: played first, always. */
export const keptSeeds: ReadonlyMap<number, string> = new Map([
  [
    12,
    'a watch waited for a rest of a millisecond too small to pass: the virtual clock stood still',
  ],
]);
