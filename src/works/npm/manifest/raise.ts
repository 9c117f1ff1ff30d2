import { parse, satisfies, valid } from 'semver';
import { parseSpec, splitAlias } from './spec.ts';

/**
 * Changes a dependency's text so that it admits a version, in the style it is written in. A text that admits it, or
 * that no registry answers (git, file, tag), is left as it is.
 *
 * @example
 * raiseSpec('~1.2', '3.4.5'); // '~3.4'
 * raiseSpec('^1.0.0 || ^2.0.0', '3.4.5'); // '^1.0.0 || ^2.0.0 || ^3.4.5'
 */
export function raiseSpec(raw: string, version: string): string {
  const { kind, range } = parseSpec('', raw);
  if (range === null || kind === 'tag' || satisfies(version, range, { loose: true })) return raw;
  if (kind !== 'alias') return raiseRange(raw.trim(), version);
  const { head, range: inner } = splitAlias(raw.trim());
  return `${head}${raiseRange(inner, version)}`;
}

function raiseRange(range: string, version: string): string {
  const raised = /\|\|/.test(range) ? widen(range, version) : raiseOne(range, version);
  return satisfies(version, raised) ? raised : `^${version}`;
}

/** 'a || b' gets one more alternative, written like its last. */
function widen(range: string, version: string): string {
  const separator = /\s*\|\|\s*/.exec(range)?.[0] ?? ' || ';
  const last = range.split('||').at(-1)?.trim() ?? '';
  return `${range}${separator}${raiseOne(last, version)}`;
}

function raiseOne(range: string, version: string): string {
  const hyphen = /^(\S+\s+-\s+)(\S+)$/.exec(range);
  if (hyphen) return `${hyphen[1]}${likeThis(hyphen[2] ?? '', version)}`;
  const single = /^([~^<>=v]*\s*)([\dxX*][\w.*+-]*)$/.exec(range);
  if (single) return comparator(single[1] ?? '', single[2] ?? '', version);
  return range.replaceAll(/(<=?\s*)(\d[\w.*+-]*)/g, (_, operator: string, bound: string) => comparator(operator, bound, version));
}

function comparator(operator: string, bound: string, version: string): string {
  return `${operator}${operator.trim() === '<' ? boundAbove(bound, version) : likeThis(bound, version)}`;
}

/** Writes a version with as many parts as the old text had: '1.x' and '3.4.5' give '3.x'. */
function likeThis(old: string, version: string): string {
  const target = parse(version);
  if (target === null || target.prerelease.length > 0 || valid(old) !== null) return version;
  const parts = [target.major, target.minor, target.patch];
  return old
    .split('.')
    .map((part, at) => (/^[xX*]$/.test(part) ? part : String(parts[at] ?? part)))
    .join('.');
}

/** The next round bound above a version, as round as the old one was: '<2.0.0' and '3.4.5' give '<4.0.0'. */
function boundAbove(old: string, version: string): string {
  const { major = 0, minor = 0, patch = 0 } = parse(version) ?? {};
  const [, oldMinor, oldPatch] = old.split('.');
  const isRound = (part: string | undefined): boolean => part === undefined || /^[0xX*]$/.test(part);
  const whole =
    isRound(oldMinor) && isRound(oldPatch) ? [major + 1, 0, 0] : isRound(oldPatch) ? [major, minor + 1, 0] : [major, minor, patch + 1];
  return whole.slice(0, old.split('.').length).join('.');
}
