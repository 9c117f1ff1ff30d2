import type { Finding } from '../../../../core/evidence/fact.ts';
import { finding } from '../finding.ts';
import { lineOf, nodesOf, plainText } from '../syntax.ts';
import type { Node } from '../syntax.ts';

/** Strings and numbers of a parsed file that are no everyday values. */
export function telling(tree: Node): ReadonlySet<string> {
  const values = nodesOf(tree, ['string', 'number']).map(plainText);
  return new Set(
    values.filter((value) => (value.startsWith("'") ? value.length > 4 && !/^'[./@]/.test(value) : value.replaceAll(/\D/g, '').length > 1)),
  );
}

/**
 * Finds new comparisons of the source with values that the tests use: `if (input === 'the tested one') return …`.
 * Values that the source knew before are no news.
 */
export function specialCases(
  source: { readonly file: string; readonly tree: Node; readonly known: ReadonlySet<string> },
  tested: ReadonlySet<string>,
): readonly Finding[] {
  const places = nodesOf(source.tree, ['binary_expression', 'switch_case', 'pair', 'call_expression']);
  return places.flatMap((place) => {
    const value = comparedWith(place).find((candidate) => tested.has(candidate) && !source.known.has(candidate));
    return value === undefined ? [] : [finding('special-case', source.file, lineOf(place), plainText(place).slice(0, 200))];
  });
}

function comparedWith(place: Node): readonly string[] {
  switch (String(place.kind())) {
    case 'binary_expression':
      return /^[!=]==?$/.test(place.field('operator')?.text() ?? '') ? texts([place.field('left'), place.field('right')]) : [];
    case 'switch_case':
      return texts([place.field('value')]);
    case 'pair':
      return texts([place.field('key')]);
    default:
      return /^(?:Object\.is|.*\.(?:includes|has|equals))$/.test(place.field('function')?.text() ?? '')
        ? texts(place.field('arguments')?.children() ?? [])
        : [];
  }
}

function texts(nodes: readonly (Node | null)[]): readonly string[] {
  return nodes.flatMap((node) => (node === null ? [] : [plainText(node)]));
}
