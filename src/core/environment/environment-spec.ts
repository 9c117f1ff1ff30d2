import { z } from 'zod';
import type { Sha256 } from '../base/ids.ts';
import { canonicalJson } from '../base/json.ts';

/** How much a repository may ask for; `commandCharacters` counts all words of one command. */
export const environmentLimits = {
  commands: 64,
  commandCharacters: 16 * 1024,
  tools: 64,
  variables: 256,
  valueCharacters: 8 * 1024,
} as const;

/** Text that may reach a command: whoever takes it ends it at a NUL. */
const Text = z.string().regex(/^[^\0]*$/, 'It holds a NUL character');

/** Name of a tool that a version is asked for: 'node', 'python', 'npm:prettier'. */
export const ToolName = z.string().regex(/^[a-z0-9][\w.:@/+-]{0,99}$/i, 'It is no name of a tool');

/** A version as it was written down: '20', 'lts/*', '>=18 <21'. */
export const ToolVersion = z.string().regex(/^[!-~](?:[ -~]{0,98}[!-~])?$/, 'It is no version: one line of at most 100 plain characters');

/** Name of an environment variable; of the two names of an object's own machinery none is one. */
export const VariableName = z.string().regex(/^(?!__proto__$)[A-Za-z_]\w{0,199}$/, 'It is no name of a variable');
export const VariableValue = Text.max(environmentLimits.valueCharacters);

/** An image by its name, as a registry of images takes it: 'node:22-bookworm', 'ghcr.io/ada/dev@sha256:…'. */
export const ImageName = z
  .string()
  .max(512)
  .regex(/^[a-z0-9]+(?:[._:/@-]{1,2}[a-z0-9_]+)*$/i, 'It is no name of an image');

/** Path of a file below the root of the repository, posix, without detours. */
const FilePath = Text.max(1024).regex(/^(?!\/)(?!(?:.*\/)?\.{0,2}(?:\/|$)).+$/s, 'It is no path within the repository');
const FolderPath = z.union([z.literal(''), FilePath]);

/** What commands run in: the floor's own programs, an image, or an image made of a file of the repository. */
const EnvironmentBase = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('host') }),
  z.strictObject({ kind: z.literal('image'), image: ImageName }),
  z.strictObject({ kind: z.literal('dockerfile'), path: FilePath }),
]);

const SetupCommand = z.strictObject({
  words: z.tuple([Text.min(1)], Text).refine((words) => words.join(' ').length <= environmentLimits.commandCharacters, 'It is too long'),
  /** Folder below the root that it runs in, '' for the root. */
  cwd: FolderPath,
  network: z.literal('registry'),
});

/** Something that a file asks for and does not get. */
const Refusal = z.strictObject({ what: z.string().min(1), why: z.string().min(1) });

/** What a repository needs to be set up before a command runs in it, as read at the base commit. */
export const EnvironmentSpec = z.strictObject({
  /** File it was read from, from the root of the repository; null where no file says anything. */
  source: FilePath.nullable(),
  base: EnvironmentBase,
  /** Versions asked for, by tool. */
  tools: z.record(ToolName, ToolVersion),
  /** Run one after another; the first that fails fails the setup. */
  setup: z.array(SetupCommand).max(environmentLimits.commands),
  /** Plain variables for every command, setup or not. */
  env: z.record(VariableName, VariableValue),
  refused: z.array(Refusal),
  /** Tells whether two environments are the same: of base, tools, setup and env, wherever they were read. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type EnvironmentSpec = z.infer<typeof EnvironmentSpec>;
export type EnvironmentParts = Omit<EnvironmentSpec, 'digest'>;

/**
 * Makes an environment of its parts, with its digest.
 *
 * @example
 * sealEnvironment({ source: null, base: { kind: 'host' }, tools: {}, setup: [], env: {}, refused: [] }, sha256).digest;
 */
export function sealEnvironment(parts: EnvironmentParts, sha256: Sha256): EnvironmentSpec {
  const { base, tools, setup, env } = parts;
  return EnvironmentSpec.parse({ ...parts, digest: sha256(canonicalJson({ base, tools, setup, env })) });
}
