import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Route } from './route.ts';
import { npmRoot } from './route.ts';

const Metadata = z.object({
  versions: z.record(
    z.string(),
    z
      .object({ dist: z.object({ tarball: z.string() }) })
      .nullable()
      .catch(null),
  ),
});

interface Wanted {
  readonly route: Exclude<Route, { readonly kind: 'refused' | 'metadata' }>;
  readonly mostBytes: number;
}

/** The URL that a package's metadata gives for the tarball that is asked for; null where it names none such. */
export async function tarballIn(body: Readable, { route, mostBytes }: Wanted): Promise<string | null> {
  const parsed = Metadata.safeParse(await readJson(body, mostBytes));
  if (!parsed.success) return null;
  const urls = Object.values(parsed.data.versions).flatMap((version) => version?.dist.tarball ?? []);
  const named = urls.filter((url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
  return named.find((url) => isAt(url, route.path)) ?? named.find((url) => route.kind === 'tarball' && isFile(url, route.file)) ?? null;
}

/** npm keeps the path of the URL, and puts the registry's before it where it is not there. */
function isAt(url: string, path: string): boolean {
  const named = pathOf(url);
  return path === named || path === `/${npmRoot}${named}`;
}

/** A lockfile of another registry may know a tarball by another path, but not by another name. */
function isFile(url: string, file: string): boolean {
  return pathOf(url).split('/').at(-1) === file.split('/').at(-1);
}

function pathOf(url: string): string {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

async function readJson(body: Readable, mostBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) return null;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // Broken off, or no JSON: it names nothing.
    return null;
  }
}
