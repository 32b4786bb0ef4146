/** Keeps the event loop busy: no timer fires and no socket is read. */
export function standStill(duration: number): void {
  const until = performance.now() + duration;
  while (performance.now() < until);
}
