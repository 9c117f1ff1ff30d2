import { begins } from './literals.ts';

/**
 * What a body refers to and does not hold: files, addresses, tools that a provider runs by itself. Only members at their place count: the
 * same words within a text have their quotes escaped there.
 */
export interface References {
  /** Whether something is named that may be as long as a prompt can be. */
  readonly unbounded: boolean;
  /** Pictures that are named by their addresses. */
  readonly pictures: number;
  /** Whether a part of the prompt is a picture, wherever that lies and however small it is. */
  readonly shows: boolean;
}

/** What was seen so far of members that refer to something, of which some only do so beside others. */
export interface Referring {
  unbounded: boolean;
  /** A file by its name, and a block that one belongs into. */
  file: boolean;
  fileBlock: boolean;
  /** Sources by their address, and a block that is no picture. */
  addresses: number;
  document: boolean;
  pictures: number;
  shows: boolean;
}

export const nothingReferred: Readonly<Referring> = {
  unbounded: false,
  file: false,
  fileBlock: false,
  addresses: 0,
  document: false,
  pictures: 0,
  shows: false,
};

/** Whether what was seen comes to something that lies elsewhere. */
export function referencesOf({ unbounded, file, fileBlock, addresses, document, pictures, shows }: Readonly<Referring>): References {
  return { unbounded: unbounded || (file && fileBlock) || (addresses > 0 && document), pictures: pictures + addresses, shows };
}

const [quote, backslash, openBrace, openBracket] = [0x22, 0x5c, 0x7b, 0x5b];

type Seeing = (referring: Referring, body: Buffer, valueAt: number) => void;

const unbounded = (referring: Referring): void => void (referring.unbounded = true);

/** By the first byte of the value: a schema that describes such a member has an object there, and refers to nothing. */
function where(isMeant: (first: number | undefined) => boolean, see: Seeing): Seeing {
  return (referring, body, at) => {
    if (isMeant(body[at])) see(referring, body, at);
  };
}

const isText = (first: number | undefined): boolean => first === quote;
const isTextOrList = (first: number | undefined): boolean => first === quote || first === openBracket;
const isObject = (first: number | undefined): boolean => first === openBrace;

const fileNamed = where(isTextOrList, (referring) => void (referring.file = true));
const hosted = where(isObject, unbounded);
const ofKind = where(isText, (referring, body, at) => {
  if (body.toString('latin1', at + 1, at + 7).toLowerCase() === 'image/') referring.shows = true;
});

const seeings: Readonly<Record<string, Seeing>> = {
  type: where(isText, (referring, body, at) => {
    if (mayRefer.has(body[at + 1] ?? 0)) lookAtType(referring, textAt(body, at));
  }),
  file_id: fileNamed,
  file_ids: fileNamed,
  file_url: fileNamed,
  fileUri: where(isText, unbounded),
  file_uri: where(isText, unbounded),
  image_url: (referring, body, at) => {
    if (!isHere(body, at)) referring.pictures += 1;
  },
  mimeType: ofKind,
  mime_type: ofKind,
  // Tools of Gemini that put into the prompt what they find.
  googleSearch: hosted,
  google_search: hosted,
  googleSearchRetrieval: hosted,
  google_search_retrieval: hosted,
  enterpriseWebSearch: hosted,
  enterprise_web_search: hosted,
  googleMaps: hosted,
  google_maps: hosted,
  urlContext: hosted,
  url_context: hosted,
  codeExecution: hosted,
  code_execution: hosted,
  fileSearch: hosted,
  file_search: hosted,
  vertexRagStore: hosted,
  vertex_rag_store: hosted,
  vertexAiSearch: hosted,
  vertex_ai_search: hosted,
};

/** Tools and items of a conversation by their type; tools of some vendors end in a date. */
const hostedType =
  /^(?:web_search(?:_preview)?|web_fetch|code_execution|code_interpreter|file_search|image_generation|mcp|mcp_toolset|item_reference)(?:_[\d_]+)?$/;
const picture = /^(?:image|image_url|input_image)$/;
const fileBlock = /^(?:file|input_file|input_image|container_upload)$/;

/** First bytes of such types, and of any that is written with an escape: nearly all types of a schema have another one. */
const mayRefer: ReadonlySet<number> = new Set(Buffer.from('cdfimuw\\'));

function lookAtType(referring: Referring, type: string): void {
  if (picture.test(type)) referring.shows = true;
  if (type === 'url') referring.addresses += 1;
  else if (type === 'document') referring.document = true;
  else if (fileBlock.test(type)) referring.fileBlock = true;
  else if (hostedType.test(type)) referring.unbounded = true;
}

/** Whether the body holds a picture itself, as its address or as that of the object that it is; or what is here only describes one. */
function isHere(body: Buffer, at: number): boolean {
  return /^(?:(?:\{\s*"url"\s*:\s*)?"data:|\{\s*"(?:type|description)"|null)/.test(body.toString('latin1', at, at + 64));
}

const members = Object.entries(seeings).map(([name, see]) => ({ name, quoted: Buffer.from(`"${name}"`), see }));
/** By their length: nearly every name is none of them. */
const byLength = new Map(
  members.map(({ quoted: { length } }) => [length, members.filter(({ quoted }) => quoted.length === length)] as const),
);
/** Every byte of a name, and of a type, may be written as six. */
const longestName = 6 * Math.max(...byLength.keys());
const longestType = 6 * 40;

/** Looks at a member: at its name from its quote to the byte after the other one, and at the first byte of its value. */
export function lookAtMember(
  referring: Referring,
  body: Buffer,
  { from, to, valueAt }: { readonly from: number; readonly to: number; readonly valueAt: number },
): void {
  if (to - from > longestName) return;
  if (isEscaped(body, from, to)) {
    const plain = textAt(body, from);
    members.find(({ name }) => name === plain)?.see(referring, body, valueAt);
    return;
  }
  for (const { quoted, see } of byLength.get(to - from) ?? []) {
    if (begins(body, from, quoted)) {
      see(referring, body, valueAt);
      return;
    }
  }
}

function isEscaped(body: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (body[at] === backslash) return true;
  return false;
}

/** A short text; an empty one in the place of a long one, and of one that is none. */
function textAt(body: Buffer, from: number): string {
  let to = from + 1;
  while (body[to] !== quote && to - from <= longestType) to += body[to] === backslash ? 2 : 1;
  if (body[to] !== quote) return '';
  const text = body.toString('latin1', from, to + 1);
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return JSON.parse(text) as string; // a text between quotes
  } catch {
    return '';
  }
}
