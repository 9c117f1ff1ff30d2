import { fact } from '../../../core/evidence/fact.ts';
import type { FactData, FactOf, Finding } from '../../../core/evidence/fact.ts';
import { readPatch } from '../scope/index.ts';
import type { AddedLine, PatchFile } from '../scope/index.ts';
import { secretsIn } from './secrets-in.ts';

/**
 * Looks for secrets among the lines that a patch adds. A finding names the kind and the place, never the value.
 *
 * @example
 * scanSecrets(change.patch).findings; // [{ rule: 'secret-github', file: 'src/a.js', line: 3, message: … }]
 */
export function scanSecrets(patch: string): FactData['secrets'] {
  const files = readPatch(patch);
  const linesScanned = files.reduce((lines, file) => lines + file.added.length, 0);
  return { findings: files.flatMap(findingsIn), linesScanned };
}

/** The scan as a fact. Removing lines only adds no secret and holds; a patch that cannot be read is unknown. */
export function secretsFact(patch: string): FactOf<'secrets'> {
  const data = scanSecrets(patch);
  const [first] = data.findings;
  if (readPatch(patch).length === 0) return fact('secrets', 'unknown', 'no-patch', 'There was no patch to look for secrets in.', data);
  if (first === undefined) return fact('secrets', 'holds', 'no-secret', `No secret among ${data.linesScanned} added lines.`, data);
  const summary = `${data.findings.length} secret(s) among the added lines, first in ${first.file}:${first.line}: ${first.message}`;
  return fact('secrets', 'broken', 'secret-added', summary, data);
}

function findingsIn(file: PatchFile): readonly Finding[] {
  const lock = /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml)$/.test(file.path);
  const inText = blocks(file.added).flatMap((block) =>
    secretsIn(block.text, { shapesOnly: lock }).map(({ kind, line }) => ({ kind, line: block.line + line })),
  );
  return inText.map(({ kind, line }) => ({
    rule: `secret-${kind}`,
    file: file.path,
    line,
    message: `an added line holds what looks like a secret (${kind})`,
  }));
}

/** Lines that follow one another, as one text: a private key is many lines. */
function blocks(lines: readonly AddedLine[]): readonly AddedLine[] {
  const found: { line: number; last: number; texts: string[] }[] = [];
  for (const { line, text } of lines) {
    const open = found.at(-1);
    if (open?.last === line - 1) {
      open.texts.push(text);
      open.last = line;
    } else found.push({ line, last: line, texts: [text] });
  }
  return found.map(({ line, texts }) => ({ line, text: texts.join('\n') }));
}
