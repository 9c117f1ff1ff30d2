import { ToolName, ToolVersion } from '../../core/environment/environment-spec.ts';
import { invalid } from './document.ts';
import { below, type RepositoryFiles } from './files.ts';
import { lookUp, shown, type Found, type Refusal } from './found.ts';
import { miseFile } from './mise-file.ts';
import { toolNamed } from './tool-name.ts';

/** In the order in which they are asked. */
const names = ['mise.toml', '.mise.toml', '.tool-versions', '.nvmrc', '.node-version'];
/** Files that hold the version of one tool. */
const ofOneTool: Readonly<Record<string, string>> = { '.nvmrc': 'node', '.node-version': 'node', '.python-version': 'python' };

/** What the nearest file of tool versions that says something says. */
export async function toolFile(files: RepositoryFiles): Promise<Found | null> {
  for (const folder of files.folders) {
    for (const name of names) {
      const found = await readToolFile(files, below(folder, name));
      if (found !== null) return found;
    }
  }
  return null;
}

/** What one file of tool versions says; null where it is not there, is none, or says nothing. */
export async function readToolFile(files: RepositoryFiles, path: string): Promise<Found | null> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const tool = lookUp(ofOneTool, name);
  if (tool === undefined && !names.includes(name)) return null;
  const text = await files.read(path);
  if (text === null) return null;
  if (name.endsWith('.toml')) return await miseFile(path, text);
  const asked = linesOf(text).map(({ words, line }) => (tool === undefined ? { words, line } : { words: [tool, ...words], line }));
  const found = tool === undefined ? asked : asked.slice(0, 1);
  const refused = [
    ...found.flatMap(fallbacks),
    ...asked.slice(found.length).map(({ line }) => ({ what: `line ${line}`, why: 'Only the first version is asked for.' })),
  ];
  const tools = Object.fromEntries(found.map((one) => pinOf(path, one)));
  return found.length === 0 ? null : { source: path, base: { kind: 'host' }, tools, setup: null, env: {}, refused };
}

interface Line {
  readonly words: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Lines that say something, without comments. */
function linesOf(text: string): readonly Line[] {
  return text
    .split('\n')
    .map((line, at) => ({ words: (line.split('#')[0] ?? '').split(/\s+/).filter((word) => word !== ''), line: at + 1 }))
    .filter(({ words }) => words.length > 0);
}

function pinOf(path: string, { words: [name = '', version = ''], line }: Line): [string, string] {
  const tool = toolNamed(name);
  const place = `${line}:1`;
  if (!ToolName.safeParse(tool).success) throw invalid({ file: path, place, message: `"${shown(name)}" is no name of a tool.` });
  if (ToolVersion.safeParse(version).success) return [tool, version];
  throw invalid({
    file: path,
    place,
    message: `"${shown(version)}" is no version of ${tool}.`,
    mend: 'Write one version, such as 22 or 22.11.0.',
  });
}

function fallbacks({ words: [name = '', , ...others] }: Line): readonly Refusal[] {
  return others.map((version) => ({ what: `${shown(name)} ${shown(version)}`, why: 'Only the first version is asked for.' }));
}
