import { type Alias, type Document, isAlias, isMap, isScalar, type Node, visit, type YAMLMap } from 'yaml';
import type { YamlFault } from './read-yaml.ts';

const aliasesAllowed = 1000;

/** What a document that parses says that cannot be meant: a key given twice, an alias of nothing or of what it stands in. */
export function misuseOf(document: Document): YamlFault | null {
  const meanings = new Map<string, Node>();
  let aliases = 0;
  let found: YamlFault | null = null;
  visit(document, {
    Node(_, node, path) {
      if (isAlias(node)) {
        aliases += 1;
        found = aliases > aliasesAllowed ? tooManyAliases(node) : aliasFault(node, meanings.get(node.source), path);
      } else {
        if (node.anchor !== undefined) meanings.set(node.anchor, node);
        found = isMap(node) ? givenTwice(node) : null;
      }
      return found === null ? undefined : visit.BREAK;
    },
  });
  return found;
}

function tooManyAliases({ range }: Alias): YamlFault {
  const mend = 'Write out what they stand for.';
  return { offset: range?.[0] ?? 0, message: `The file has more than ${aliasesAllowed} aliases.`, mend };
}

function aliasFault({ source, range }: Alias, meant: Node | undefined, path: readonly unknown[]): YamlFault | null {
  if (meant !== undefined && !path.includes(meant)) return null;
  const message = meant === undefined ? `"*${source}" stands for nothing above.` : `"*${source}" stands inside of what it stands for.`;
  const mend = 'Write out what it is to stand for; text that begins with "*" needs quotes.';
  return { offset: range?.[0] ?? 0, message, mend };
}

function givenTwice(map: YAMLMap): YamlFault | null {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    if (seen.has(name)) return { offset: key.range?.[0] ?? 0, message: 'This key is already given above.', mend: 'Keep one of the two.' };
    seen.add(name);
  }
  return null;
}
