import { redact } from '../../core/base/redact.ts';
import type { EgressRefusal } from '../../core/ports/egress.ts';

/** Tells of refused requests, each distinct one once. */
export type Refuse = (method: string, url: string, why: string) => void;

/** However much is refused, no more than so many distinct refusals are told and remembered for one workspace. */
const most = 500;

/** Makes a teller of refusals; what it tells holds no query and nothing that looks like a secret. */
export function tellingOnce(tell: (refusal: EgressRefusal) => void): Refuse {
  const told = new Set<string>();
  return (method, url, why) => {
    const request = `${method} ${shown(url)}`;
    if (told.size >= most || told.has(`${request} ${why}`)) return;
    told.add(`${request} ${why}`);
    tell({ request, why: redact(why) });
  };
}

/** Path, or host and path, in printable characters. */
function shown(url: string): string {
  const [path = ''] = url.split(/[?#]|%3f|%23/i);
  const clean = redact(
    path
      .slice(0, 2048)
      .replace(/[^!-~]/g, '?')
      .replace(/\/\/[^/@]*@/, '//'),
  );
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean;
}
