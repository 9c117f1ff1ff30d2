import { lookUp } from './found.ts';

const otherNames: Readonly<Record<string, string>> = { nodejs: 'node', golang: 'go' };

/** The factory's one name for a tool, whatever a manager of versions calls it. */
export function toolNamed(name: string): string {
  const plain = name.replace(/^core:/, '');
  return lookUp(otherNames, plain) ?? plain;
}
