import type { Finding } from '../../../core/evidence/fact.ts';
import { bindingsOf, modulesOf } from './bindings.ts';
import type { Bindings } from './bindings.ts';
import { finding } from './finding.ts';
import type { TamperRule } from './rules.ts';
import { hints, sourceRules } from './source-rules.ts';
import type { Seen, SeenKind } from './source-rules.ts';
import { beginning, lineOf, nodesOf, stringValue } from './syntax.ts';
import type { Node } from './syntax.ts';

/** Something a rule saw in one version of a file. */
export interface Sighting {
  readonly rule: TamperRule;
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Everything that the source rules see in a parsed file. */
export function sightingsIn(tree: Node, file: string, isTest: boolean): readonly Sighting[] {
  const bindings = bindingsOf(tree);
  const rules = sourceRules.filter((rule) => rule.where === 'anywhere' || !isTest);
  const look = (seen: Seen, node: Node): readonly Sighting[] => {
    const rule = rules.find((candidate) => candidate.kinds.includes(seen.kind) && candidate.sees(seen));
    return rule === undefined ? [] : [{ rule: rule.rule, file, line: lineOf(node), text: seen.text }];
  };
  return [
    ...hints.flatMap(({ kind, nodes, regex }) => nodesOf(tree, nodes, regex).flatMap((node) => look(seenOf(kind, node, bindings), node))),
    ...modulesOf(tree).flatMap((node) => look({ kind: 'module', text: stringValue(node) ?? '', target: '', given: '', module: '' }, node)),
  ];
}

/**
 * Names what a change brought in. Code that only moved, within a file or from one to another, was there before.
 * A file that does a thing no more often than it did is left alone: its exits and handlers were accepted long ago.
 */
export function newSightings(before: readonly Sighting[], after: readonly Sighting[]): readonly Finding[] {
  const known = counts(before, (sighting) => `${sighting.rule} ${sighting.text}`);
  const perFile = counts(before, (sighting) => `${sighting.rule} ${sighting.file}`);
  const now = counts(after, (sighting) => `${sighting.rule} ${sighting.file}`);
  return after
    .filter((sighting) => {
      const key = `${sighting.rule} ${sighting.text}`;
      const left = known.get(key) ?? 0;
      known.set(key, left - 1);
      const place = `${sighting.rule} ${sighting.file}`;
      return left <= 0 && (now.get(place) ?? 0) > (perFile.get(place) ?? 0);
    })
    .map(({ rule, file, line, text }) => finding(rule, file, line, text));
}

function seenOf(kind: SeenKind, node: Node, bindings: Bindings): Seen {
  const text = resolved(beginning(node));
  const target = resolved(beginning(node.field('function') ?? node.field('constructor') ?? node.field('left') ?? node.field('object')));
  const given = resolved(beginning(node.field('arguments') ?? node.field('right') ?? node.field('property') ?? node.field('index')));
  const root = /^\(?([A-Za-z_$][\w$]*)/.exec(/^(?:Object|Reflect)\./.test(target) ? given : target)?.[1] ?? '';
  return { kind, text, target, given, module: bindings.get(root)?.module ?? '' };
}

/** `globalThis.process`, `process?.exit` and `process['exit']` are all `process.exit`. */
function resolved(text: string): string {
  return text
    .replaceAll(/\[(['"`])([A-Za-z_$][\w$]*)\1\]/g, '.$2')
    .replaceAll('?.', '.')
    .replaceAll(
      /\b(?:globalThis|global|window|self)\.(?=(?:process|require|Object|Reflect|Error|eval|Function|Promise|Array|JSON|console)\b)/g,
      '',
    )
    .replaceAll(/\brequire\('(?:node:)?process'\)/g, 'process');
}

function counts(sightings: readonly Sighting[], key: (sighting: Sighting) => string): Map<string, number> {
  const found = new Map<string, number>();
  for (const sighting of sightings) found.set(key(sighting), (found.get(key(sighting)) ?? 0) + 1);
  return found;
}
