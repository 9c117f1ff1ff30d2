import { urlToHttpOptions } from 'node:url';

/** An address as a request wants it. */
export interface Place {
  readonly isSafe: boolean;
  /** With its port, where it is not the usual one. */
  readonly host: string;
  readonly hostname: string;
  readonly port: number | undefined;
  readonly path: string;
}

/** So many are kept: those of a configuration are few, and what callers add behind the question mark seldom differs. */
const mostKnown = 1_000;

/** Takes addresses apart, each once: the same few are asked again and again. */
export class AddressBook {
  readonly #known = new Map<string, Place>();

  /** Throws for what is no address. */
  find(address: string): Place {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    if (this.#known.size >= mostKnown) this.#known.clear();
    const place = placeOf(new URL(address));
    this.#known.set(address, place);
    return place;
  }
}

function placeOf(url: URL): Place {
  const { hostname, port, path } = urlToHttpOptions(url);
  const own = port === undefined || port === null || port === '' ? undefined : Number(port);
  return { isSafe: url.protocol === 'https:', host: url.host, hostname: hostname ?? '', port: own, path: path ?? '/' };
}
