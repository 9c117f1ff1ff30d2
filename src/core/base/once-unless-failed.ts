/**
 * Found out when it is first asked for and kept; what failed is forgotten, and found out anew by who asks next. Who asks
 * while it is being found waits for the same.
 *
 * @example
 * const engine = onceUnlessFailed(() => findEngine({ engine: null, env }));
 * await engine(); // throws while none runs
 * await engine(); // found once one does
 */
export function onceUnlessFailed<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | null = null;
  return () => {
    found ??= find().catch((error: unknown) => {
      found = null;
      throw error;
    });
    return found;
  };
}
