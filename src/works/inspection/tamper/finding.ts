import type { Finding } from '../../../core/evidence/fact.ts';
import { tamperRules } from './rules.ts';
import type { TamperRule } from './rules.ts';

/** Makes a finding; `line` counts from 1, `what` names what was seen. */
export function finding(rule: TamperRule, file: string, line: number, what: string): Finding {
  return { rule, file, line, message: `${tamperRules[rule].statement}: ${shorten(what)}` };
}

/** Puts a piece of code or text on one line of at most 160 characters. */
function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 160 ? `${line.slice(0, 157)}...` : line;
}
