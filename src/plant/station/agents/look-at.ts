import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { satisfies } from 'semver';
import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import { askVersion } from './ask-version.ts';
import { isProgram } from './installed.ts';
import type { Running } from './npm-install.ts';
import type { Pin } from './spec.ts';

/** What an installation has turned out to be. */
export interface Seen {
  /** Absolute path of the program that answered. */
  readonly path: string;
  readonly said: string;
  readonly integrity: string;
  readonly platformPackages: readonly string[];
  /** What the owner should know. */
  readonly notes: readonly string[];
}

/**
 * Looks at what npm installed: the version of the package, its integrity, what came for this kind of machine, and what the
 * program itself says. Throws `agent-invalid` where one of them is not what was asked for.
 */
export async function lookAt(root: string, pin: Pin, running: Running): Promise<Seen> {
  const { record, version } = pin;
  const { packages } = await read(join(root, 'package-lock.json'), Lock, pin);
  const locked = packages[`node_modules/${record.package}`];
  const manifest = await read(join(root, 'node_modules', record.package, 'package.json'), Manifest, pin);
  const other = [locked?.version, manifest.version].find((its) => its !== version);
  if (other !== undefined) throw invalid(pin, `npm installed ${record.package}@${other}`);
  if (locked?.integrity === undefined) throw invalid(pin, 'the lockfile that npm wrote says nothing of its integrity');
  const platformPackages = await platformPackagesOf(root, Object.keys(packages), pin);
  const notes = engineNotes(manifest.engines?.node, pin);
  const { path, said } = await answering(candidates(root, platformPackages, pin), pin, { running, notes });
  return { path, said, integrity: locked.integrity, platformPackages, notes };
}

const Lock = z.object({
  packages: z.record(z.string(), z.object({ version: z.string().optional(), integrity: z.string().optional() })),
});
const Manifest = z.object({ version: z.string(), engines: z.object({ node: z.string().optional() }).optional() });

async function read<Form extends z.ZodType>(file: string, form: Form, pin: Pin): Promise<z.infer<Form>> {
  try {
    return form.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw invalid(pin, `npm left no ${file.endsWith('lock.json') ? 'lockfile' : 'package'} that can be read`, error);
  }
}

/** npm says nothing when a package for this kind of machine does not come. Throws `agent-invalid` where none did. */
async function platformPackagesOf(root: string, locked: readonly string[], pin: Pin): Promise<readonly string[]> {
  const { platformPackages: prefix } = pin.record;
  if (prefix === null) return [];
  const names = locked.map((path) => path.split('node_modules/').at(-1) ?? '').filter((name) => name.startsWith(prefix));
  const there: string[] = [];
  for (const name of new Set(names)) {
    const manifest = await readFile(join(root, 'node_modules', name, 'package.json')).catch(() => null);
    if (manifest !== null) there.push(name);
  }
  if (there.length > 0) return there.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
  throw invalid(pin, `no package ${prefix}* came for ${process.platform}-${process.arch}`);
}

/** Where the program may be, the likeliest first. */
function candidates(root: string, platformPackages: readonly string[], { record }: Pin): readonly string[] {
  const { native, program } = record;
  const natives = native === null ? [] : platformPackages.map((name) => join(root, 'node_modules', name, native));
  return [...natives, join(root, 'node_modules/.bin', program)];
}

interface Asking {
  readonly running: Running;
  readonly notes: readonly string[];
}

/** The first program that answers with the version asked for: one for another kind of processor dies instead. */
async function answering(
  paths: readonly string[],
  pin: Pin,
  { running, notes }: Asking,
): Promise<{ readonly path: string; readonly said: string }> {
  let last = 'it brought no program';
  for (const path of paths) {
    if (!(await isProgram(path))) continue;
    const { version, said } = await askVersion(path, pin.record, running);
    if (version === pin.version) return { path, said };
    last = `its program ${version === null ? 'does not tell its version' : `says that it is ${version}`}${said === '' ? '' : `: "${said}"`}`;
  }
  throw invalid(pin, [last, ...notes].join('. '));
}

/** Many run on an older Node than they ask for, so this alone refuses nothing. */
function engineNotes(range: string | undefined, { record, version }: Pin): readonly string[] {
  const { node } = process.versions;
  if (range === undefined || satisfies(node, range)) return [];
  return [`${record.name}@${version} asks for Node ${range}, and this is ${node}.`];
}

function invalid({ record, version }: Pin, why: string, cause?: unknown): JidokaError {
  const mend = `Try the version that was tried, ${record.name}@${record.recommended}; else look at the registry that your npm settings name. Nothing of it was kept.`;
  return new JidokaError('agent-invalid', `${record.name}@${version} is not usable here: ${why}`.replace(/\.?$/, '.'), { mend, cause });
}
