import type { Media } from './conversation.ts';

/** An image or a document by its address, which may hold its bytes. */
export function mediaAt(url: string, type: string, name: string | null = null): Media {
  const comma = url.startsWith('data:') ? url.indexOf(',') : -1;
  const [given = '', ...settings] = url.slice('data:'.length, comma).split(';');
  if (comma === -1 || !settings.includes('base64')) return { kind: 'media', type, source: { kind: 'url', url }, name };
  return { kind: 'media', type: given || type, source: { kind: 'base64', data: url.slice(comma + 1) }, name };
}

/** The same as an address. */
export function addressOf({ type, source }: Media): string {
  return source.kind === 'url' ? source.url : `data:${type};base64,${source.data}`;
}
