/** An import that is resolved once: Node looks at files again each time, which is a tenth of a millisecond or more. */
export function importOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
