import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { manifestOf, type FakeRelease } from './packages.ts';

const block = 512;
const mtime = new Date('1985-10-26T08:15:00.000Z');

/** Makes the tarball that npm would have packed for a release; equal releases give equal bytes. */
export function tarballOf(name: string, release: FakeRelease): Buffer {
  const programs = new Set(release.programs?.map((path) => `package/${path}`));
  const entries = filesOf(name, release, 'package/').flatMap(([path, content]) =>
    entry(path, Buffer.from(content), programs.has(path) ? 0o755 : 0o644),
  );
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * block)]));
}

function filesOf(name: string, release: FakeRelease, folder: string): [string, string][] {
  const own = {
    'package.json': `${JSON.stringify(manifestOf(name, release), null, 2)}\n`,
    ...(release.files ?? defaultFiles(name, release)),
  };
  const bundled = Object.entries(release.bundled ?? {}).flatMap(([child, its]) => filesOf(child, its, `${folder}node_modules/${child}/`));
  return [...Object.entries(own).map(([path, content]): [string, string] => [`${folder}${path}`, content]), ...bundled];
}

function defaultFiles(name: string, { version }: FakeRelease): Record<string, string> {
  return { 'index.js': `module.exports = ${JSON.stringify(`${name}@${version}`)};\n` };
}

function entry(path: string, content: Buffer, mode: number): Buffer[] {
  const header = Buffer.alloc(block);
  const needsMore = new Header({ path, mode, size: content.length, type: 'File', mtime, uid: 0, gid: 0 }).encode(header);
  if (needsMore) throw new Error(`${path} is too long for a plain tar header.`);
  return [header, content, Buffer.alloc((block - (content.length % block)) % block)];
}
