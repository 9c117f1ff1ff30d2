import type { ParseError } from 'jsonc-parser';
import type { z } from 'zod';
import { JidokaError } from '../../core/base/error.ts';
import { redact } from '../../core/base/redact.ts';
import { excessOf } from '../../core/base/text-excess.ts';
import type { Pointer } from '../yaml/index.ts';
import { shown } from './found.ts';

/** A file that was parsed, before anything in it is believed. */
export interface Document {
  readonly file: string;
  readonly value: unknown;
  /** What a pointer leads to, for messages: 'line:column', or '' where the format tells no places. */
  readonly placeOf: (pointer: Pointer) => string;
}

export interface Complaint {
  readonly file: string;
  /** 'line:column', or ''. */
  readonly place: string;
  readonly message: string;
  readonly mend?: string;
}

/** Most characters of a file that any parser takes up; YAML, whose parser is slower, a quarter of it. */
export const charactersAllowed = 256 * 1024;

/** The fault of a file that cannot be honoured as it stands. */
export function invalid({ file, place, message, mend = 'Mend the file; docs/ENVIRONMENT.md says what is read.' }: Complaint): JidokaError {
  const where = place === '' ? file : `${file}:${place}`;
  // Parsers quote what they stumble over.
  const told = redact(message).slice(0, 400);
  return new JidokaError('environment-invalid', `${where}: ${told}`, { mend, data: { file, place } });
}

/** The fault of what stands at a path within a document. */
export function complain(document: Document, path: readonly PropertyKey[], message: string, mend?: string): JidokaError {
  const said = path.length === 0 ? message : `"${dotted(path)}": ${message}`;
  const place = document.placeOf({ path, at: 'value' });
  return invalid({ file: document.file, place, message: said, ...(mend === undefined ? {} : { mend }) });
}

/** The document's value in a shape; throws `environment-invalid` for the first thing that is otherwise. */
export function shaped<Schema extends z.ZodType>(document: Document, schema: Schema, mend?: string): z.infer<Schema> {
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code !== 'unrecognized_keys')
    throw complain(document, issue?.path ?? [], `${issue?.message ?? 'It cannot be understood'}.`, mend);
  const path = [...issue.path, issue.keys[0] ?? ''];
  const place = document.placeOf({ path, at: 'key' });
  throw invalid({ file: document.file, place, message: `Unknown key "${dotted(path)}".`, ...(mend === undefined ? {} : { mend }) });
}

/** Reads YAML. Throws `environment-invalid`. */
export async function yamlDocument(file: string, text: string): Promise<Document> {
  const { readYaml } = await import('../yaml/index.ts'); // few repositories need it
  const yaml = readYaml(text, charactersAllowed / 4);
  if (yaml.kind === 'fault')
    throw invalid({ file, place: `${yaml.place.line}:${yaml.place.column}`, message: yaml.message, mend: yaml.mend });
  return {
    file,
    value: yaml.value,
    placeOf: (pointer) => {
      const { line, column } = yaml.placeOf(pointer);
      return `${line}:${column}`;
    },
  };
}

/** Reads JSON with comments and trailing commas. Throws `environment-invalid`. */
export async function jsonDocument(file: string, text: string): Promise<Document> {
  refuseExcess(file, text);
  const { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } = await import('jsonc-parser'); // few repositories need it
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [fault] = errors;
  if (fault !== undefined || tree === undefined) {
    const code = fault === undefined ? 'value expected' : printParseErrorCode(fault.error).replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
    throw invalid({ file, place: placeAt(text, fault?.offset ?? 0), message: `This is not JSON: ${code.toLowerCase()}.` });
  }
  // Its objects have no prototype that a key could change.
  const value: unknown = getNodeValue(tree);
  const nodeAt = (path: readonly PropertyKey[]): number =>
    findNodeAtLocation(
      tree,
      path.map((part) => (typeof part === 'number' ? part : String(part))),
    )?.offset ?? (path.length === 0 ? 0 : nodeAt(path.slice(0, -1)));
  return { file, value, placeOf: ({ path }) => placeAt(text, nodeAt(path)) };
}

/** Reads TOML. Throws `environment-invalid`. */
export async function tomlDocument(file: string, text: string): Promise<Document> {
  refuseExcess(file, text);
  const { parse, TomlError } = await import('smol-toml'); // few repositories need it
  try {
    return { file, value: parse(text), placeOf: () => '' };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const [first = ''] = cause.message.split('\n');
    throw invalid({ file, place: `${cause.line}:${cause.column}`, message: `This is not TOML: ${first.replace(/^.*?: /, '')}.` });
  }
}

function refuseExcess(file: string, text: string): void {
  const excess = excessOf(text, charactersAllowed);
  if (excess !== null) throw invalid({ file, place: placeAt(text, excess.offset), message: excess.message, mend: excess.mend });
}

function placeAt(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`;
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : `${at === 0 ? '' : '.'}${shown(String(part))}`)).join('');
}
