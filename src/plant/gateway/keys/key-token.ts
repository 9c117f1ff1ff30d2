import { hash, randomBytes } from 'node:crypto';

/** A token that nobody guesses, of a form that fits into an address and a header. */
export function newToken(): string {
  return `jk-${randomBytes(24).toString('hex')}`;
}

/** What is kept of a token. It is as good as the token is random, and how long it takes to look it up says nothing of others. */
export function digestOf(token: string): string {
  return hash('sha256', token);
}

/** The name of a key in budgets and records, which opens nothing. */
export function keyIdOf(digest: string): string {
  return digest.slice(0, 16);
}
