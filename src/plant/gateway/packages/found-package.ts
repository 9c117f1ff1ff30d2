import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve as absolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';

/** Makes what asks models, out of options; a package of the AI SDK has one such function. */
export type MakeProvider = (options: Readonly<Record<string, unknown>>) => unknown;

export type FoundPackage =
  | { readonly kind: 'found'; readonly version: string; readonly make: MakeProvider }
  /** In words that go on after the name of an upstream. */
  | { readonly kind: 'missing'; readonly why: string };

/** The version of each that this gateway was tried with, on every Node that it runs on. */
const tried: Readonly<Record<string, string>> = { '@ai-sdk/amazon-bedrock': '4.0.186', '@ai-sdk/google-vertex': '4.0.208' };
/** The generation of calls that is spoken, as the major version of `@ai-sdk/provider`; a later one needs a later Node. */
const generation = '3';

/**
 * Finds a package where this gateway is installed, else in the folder of its owner's file, and loads it. One that is not there, or is of
 * another generation, is told with what to install.
 */
export async function foundPackage(specifier: string, folder: string): Promise<FoundPackage> {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  for (const from of [fileURLToPath(import.meta.url), absolute(folder, 'factory.yaml')]) {
    const resolve = resolverAt(from);
    const about = await manifestOf(resolve(`${name}/package.json`));
    if (about === null) continue;
    const { version } = about;
    if (about.generation !== null && about.generation !== generation)
      return no(`needs ${name} of another generation than ${version}, which speaks V${about.generation}: ${mendOf(name)}`);
    const file = resolve(specifier);
    if (file === null) return no(`is spoken to by ${specifier}, which ${name} ${version} has not`);
    return loaded(file, specifier, version);
  }
  return no(`needs the package ${name}, which is not installed: ${mendOf(name)}`);
}

function no(why: string): FoundPackage {
  return { kind: 'missing', why };
}

function mendOf(name: string): string {
  const version = tried[name];
  const what = version === undefined ? `${name}, of the generation LanguageModelV${generation}` : `${name}@${version}`;
  return `npm install ${what}, beside your factory file or beside jidoka`;
}

function resolverAt(from: string): (specifier: string) => string | null {
  const { resolve } = createRequire(from);
  return (specifier) => {
    try {
      return resolve(specifier);
    } catch {
      // Not there, or not for others: the caller says which.
      return null;
    }
  };
}

const Manifest = z.object({ version: z.string(), dependencies: z.record(z.string(), z.string()).optional() });

async function manifestOf(path: string | null): Promise<{ readonly version: string; readonly generation: string | null } | null> {
  if (path === null) return null;
  const { version, dependencies } = Manifest.parse(JSON.parse(await readFile(path, 'utf8')));
  const [, major = null] = /^[\^~]?(\d+)/.exec(dependencies?.['@ai-sdk/provider'] ?? '') ?? [];
  return { version, generation: major };
}

async function loaded(file: string, specifier: string, version: string): Promise<FoundPackage> {
  try {
    const room: unknown = await import(pathToFileURL(file).href);
    const makers = Object.entries(room ?? {}).flatMap(([name, value]) => (isMaker(name, value) ? [value] : []));
    const [make] = makers;
    if (make !== undefined && makers.length === 1) return { kind: 'found', version, make };
    return no(`is spoken to by ${specifier} ${version}, which is no provider of the AI SDK: it has ${makers.length} functions "create…"`);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return no(`needs ${specifier} ${version}, which cannot be loaded: ${why}`);
  }
}

function isMaker(name: string, value: unknown): value is MakeProvider {
  return typeof value === 'function' && /^create[A-Z]/.test(name);
}
