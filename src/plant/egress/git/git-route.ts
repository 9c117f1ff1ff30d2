/** The two programs of git that are spoken with over HTTP. */
export type GitService = 'upload-pack' | 'receive-pack';

/** What is asked of a repository, or why nothing covers it. */
export type GitRoute =
  | { readonly kind: 'covered'; readonly name: string; readonly service: GitService; readonly step: 'refs' | 'exchange' }
  | { readonly kind: 'refused'; readonly why: string };

/** Reads a request as one of git's own protocol; single files of a repository are asked for by no git that is in use. */
export function gitRouteOf({ method, url }: { readonly method: string; readonly url: string }): GitRoute {
  const [, refsOf, asked] = /^\/git\/([^/?]{1,300})\/info\/refs\?service=git-(upload-pack|receive-pack)$/.exec(url) ?? [];
  if (method === 'GET' && refsOf !== undefined) return covered(refsOf, asked, 'refs');
  const [, name, service] = /^\/git\/([^/?]{1,300})\/git-(upload-pack|receive-pack)$/.exec(url) ?? [];
  if (method === 'POST' && name !== undefined) return covered(name, service, 'exchange');
  return refused("only git's own fetch and push are passed on to the repository");
}

function covered(name: string, service: string | undefined, step: 'refs' | 'exchange'): GitRoute {
  try {
    return { kind: 'covered', name: decodeURIComponent(name), service: service === 'receive-pack' ? 'receive-pack' : 'upload-pack', step };
  } catch {
    return refused('the name of the repository cannot be read');
  }
}

function refused(why: string): GitRoute {
  return { kind: 'refused', why };
}
