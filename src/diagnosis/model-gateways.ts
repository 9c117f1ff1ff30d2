import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

/** A server that answered as one of models does. */
export interface ModelGateway {
  /** Without what would make it reach: no user, no password, no query. */
  readonly url: string;
  /** How it came to be asked: the owner named it, or it is where such servers usually are. */
  readonly how: 'named' | 'local';
  readonly models: number;
}

export interface LookedForGateways {
  readonly found: readonly ModelGateway[];
  /** What the owner named and did not answer; null where he named none, or it did. */
  readonly silent: string | null;
}

/** Ports of Ollama, LM Studio and vLLM. */
const usualPorts = [11434, 1234, 8000];
const patienceMs = 1_000;

/** Looks for servers of models: the one that the owner names, and those of this machine at their usual ports. */
export async function modelGateways(env: Environment, ports: readonly number[] = usualPorts): Promise<LookedForGateways> {
  const [url, key] = [(env['JIDOKA_MODEL_URL'] ?? '').trim().replace(/\/+$/, ''), env['JIDOKA_MODEL_KEY'] ?? ''];
  const headers: Readonly<Record<string, string>> = key === '' ? {} : { authorization: `Bearer ${key}` };
  const [named, ...local] = await Promise.all([
    url === '' ? null : answerOf(url, 'named', headers),
    // The owner's key is for the server that he named.
    ...ports.map((port) => answerOf(`http://127.0.0.1:${port}`, 'local', {})),
  ]);
  const others = local.filter((one) => one !== null && one.url !== named?.url);
  const found = [named ?? null, ...others].filter((one) => one !== null);
  return { found, silent: url === '' || named !== null ? null : plainUrl(url) };
}

const Models = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Another program that answers at such a port answers otherwise. */
async function answerOf(url: string, how: ModelGateway['how'], headers: Readonly<Record<string, string>>): Promise<ModelGateway | null> {
  try {
    const response = await fetch(`${url}/v1/models`, { headers, redirect: 'error', signal: AbortSignal.timeout(patienceMs) });
    if (!response.ok) return null;
    const { data } = Models.parse(await response.json());
    return { url: plainUrl(url), how, models: data.length };
  } catch {
    // Nobody there, or somebody else: neither is a fault.
    return null;
  }
}

function plainUrl(url: string): string {
  if (!URL.canParse(url)) return 'what is no URL';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
