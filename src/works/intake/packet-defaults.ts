import type { Document } from 'yaml';
import { z } from 'zod';
import { JidokaError } from '../../core/base/error.ts';
import { excessOf } from '../../core/base/text-excess.ts';
import type { RepositorySnapshot } from '../../core/packet/seed.ts';
import type { Forge } from '../../core/ports/forge.ts';

/** What a target repository may say of itself: data, read at the base commit, never configuration of the factory. */
export const PacketDefaults = z.strictObject({
  /** A command that runs the suite and writes JUnit XML, for suites whose runner the factory does not know. */
  tests: z.strictObject({ command: z.tuple([z.string().min(1)], z.string()), junit: z.string().min(1) }).optional(),
});
export type PacketDefaults = z.infer<typeof PacketDefaults>;

const charactersAllowed = 64 * 1024;

/**
 * Reads `.jidoka/packet-defaults.yaml` of a project; an absent file says nothing.
 * Throws `repository-invalid` with file, line and column for what it cannot say.
 */
export async function readPacketDefaults(repository: RepositorySnapshot, forge: Pick<Forge, 'read'>): Promise<PacketDefaults> {
  const path = repository.directory === '' ? '.jidoka/packet-defaults.yaml' : `${repository.directory}/.jidoka/packet-defaults.yaml`;
  const text = await forge.read(repository, path);
  if (text === null) return {};
  const excess = excessOf(text, charactersAllowed);
  if (excess !== null) throw invalid(`${path}: ${excess.message}`);
  const { LineCounter, parseDocument } = await import('yaml'); // few repositories have such a file
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const at = (offset: number): string => `${path}:${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
  const [fault] = document.errors;
  if (fault !== undefined) throw invalid(`${at(fault.pos[0])}: ${fault.message.split('\n')[0] ?? 'not YAML'}`);
  const parsed = PacketDefaults.safeParse(plain(document, path) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(
    `${at(offsetOf(document, issue?.path ?? []))}: ${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'unreadable'}`,
  );
}

/** The document's value; throws `repository-invalid` for aliases that stand for nothing, or for each other without end. */
function plain(document: Document.Parsed, path: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw invalid(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Where the nearest part of a path that is in the document begins. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  const node: unknown = document.getIn(path, true);
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
  if (Array.isArray(range) && typeof range[0] === 'number') return range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

function invalid(message: string): JidokaError {
  return new JidokaError('repository-invalid', message, {
    mend: 'It takes one key: tests: { command: [program, argument…], junit: path of the XML it writes }.',
  });
}
