export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The inverse of `logistic`, for chances that are neither 0 nor 1; those are taken for nearly so. */
export function logit(chance: number): number {
  const inside = Math.min(1 - 1e-6, Math.max(1e-6, chance));
  return Math.log(inside / (1 - inside));
}
