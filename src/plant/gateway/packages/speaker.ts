import { AsyncLocalStorage } from 'node:async_hooks';
import type { MakeProvider } from './found-package.ts';

/** A package that speaks to one provider, with its options and its secrets. */
export interface Speaker {
  /** The package and its version, for those who look. */
  readonly name: string;
  /** What is shown to nobody, whatever the provider says. */
  readonly secrets: readonly string[];
  /** Calls a model of it; every request that it makes meanwhile goes out by `send`. Throws what the package throws. */
  call<T>(model: string, send: typeof fetch, work: (model: SdkModel) => PromiseLike<T>): Promise<T>;
}

/** A model, as packages of the generation that is spoken have it. */
export interface SdkModel {
  readonly specificationVersion: string;
  doStream(call: object): PromiseLike<{ readonly stream: ReadableStream<unknown> }>;
  doGenerate(call: object): PromiseLike<object>;
}

/** Makes a speaker of a package. Throws what the package throws for options that it does not take. */
export function speakerOf(
  name: string,
  make: MakeProvider,
  { options, secrets }: { readonly options: Readonly<Record<string, unknown>>; readonly secrets: readonly string[] },
): Speaker {
  // One provider for all calls, because some keep what they logged in with; each call has its own way out.
  const ways = new AsyncLocalStorage<typeof fetch>();
  const provider = make({
    ...options,
    fetch: async (...asked: Parameters<typeof fetch>) => {
      const send = ways.getStore();
      if (send === undefined) throw new Error(`${name} asks outside of a call`);
      return send(...asked);
    },
  });
  return {
    name,
    secrets,
    call: async (model, send, work) => ways.run(send, async () => work(modelOf(name, provider, model))),
  };
}

function modelOf(name: string, provider: unknown, id: string): SdkModel {
  if (typeof provider !== 'function') throw new Error(`${name} makes nothing that can be asked for a model`);
  const model: unknown = provider(id);
  if (isModel(model)) return model;
  throw new Error(`${name} has no model of the generation V3 by that name`);
}

function isModel(value: unknown): value is SdkModel {
  return (
    typeof value === 'object' &&
    value !== null &&
    'specificationVersion' in value &&
    value.specificationVersion === 'v3' &&
    'doStream' in value &&
    'doGenerate' in value
  );
}
