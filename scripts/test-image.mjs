// node scripts/test-image.mjs [TAR]: packs the root file system of an image for tests out of what this machine has: Node.js,
// npm, git, a shell, the tools that jobs use, and the libraries they need. Prints its file and its name. Seconds, and no registry.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  existsSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Programs that the image has beside Node.js, npm and git. */
const programs =
  `sh bash [ basename base64 cat chgrp chmod chown cp cut date dd df dirname du echo env expr false find grep gzip head id kill link ln ls
  mkdir mkfifo mktemp mount mv nproc od printf ps pwd readlink realpath rm rmdir sed seq setpriv setsid sha256sum sleep sort stat sync tail
  tar tee test timeout touch tr true umount uname uniq unshare wc xargs yes`.split(/\s+/);

/**
 * The file and the name of the image; packed anew only where something in it has changed.
 *
 * @param {string} folder Where to keep the file.
 */
async function testImage(folder = tmpdir()) {
  const { files, node, npm } = contents();
  const digest = createHash('sha256');
  digest.update(readFileSync(new URL(import.meta.url)));
  for (const file of [...files, node, npm]) digest.update(`${file} ${lstatSync(file).size} ${lstatSync(file).mtimeMs}\n`);
  const name = `jidoka-test:${digest.digest('hex').slice(0, 12)}`;
  const tar = join(folder, `${name.replace(':', '-')}.tar`);
  if (!existsSync(tar)) await pack(tar, { files, node, npm });
  return { tar, name, changes };
}

/** What an image is that is not a file. */
const changes = ['ENV PATH=/usr/local/bin:/usr/bin:/bin', 'ENV IMAGE_SAYS=hello'];

/** Everything the image is made of, by its path on this machine. */
function contents() {
  const node = realpathSync(process.execPath);
  const npm = dirname(dirname(realpathSync(programAt('npm'))));
  const git = spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim();
  const found = [...programs, 'git'].map(programAt);
  const files = new Set(['/bin', '/sbin', '/lib', '/lib64', git, '/etc/ssl/certs/ca-certificates.crt'].filter((path) => existsSync(path)));
  for (const path of ['/bin', '/sbin', '/lib', '/lib64']) if (files.has(path) && !lstatSync(path).isSymbolicLink()) files.delete(path);
  for (const file of [...found, ...librariesOf([node, join(git, 'git-remote-https'), ...found])])
    for (const step of links(file)) files.add(step);
  return { files: [...files].sort(), node, npm };
}

/** @param {string} name */
function programAt(name) {
  const folders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  const all = name === 'npm' ? [dirname(process.execPath), ...folders] : folders;
  const found = all.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found === undefined)
    throw new Error(`${name} is not installed, and the test image needs it: apt-get install -y coreutils util-linux procps git`);
  return found;
}

/** @param {readonly string[]} binaries */
function librariesOf(binaries) {
  const said = spawnSync(programAt('ldd'), [...binaries], { encoding: 'utf8' }).stdout;
  return [...new Set([...said.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, file]) => String(file)))];
}

/** A file, and what its links lead to, in folders that are no links. @param {string} file @returns {string[]} */
function links(file) {
  const at = join(realpathSync(dirname(file)), file.slice(file.lastIndexOf('/') + 1));
  return lstatSync(at).isSymbolicLink() ? [at, ...links(resolve(dirname(at), readlinkSync(at)))] : [at];
}

/**
 * @param {string} tar
 * @param {{ files: readonly string[], node: string, npm: string }} from
 */
async function pack(tar, { files, node, npm }) {
  const stage = mkdtempSync(join(tmpdir(), 'jidoka-test-image-'));
  try {
    for (const folder of 'etc tmp proc sys dev run home root var/tmp usr/local/bin usr/local/lib/node_modules'.split(' ')) {
      mkdirSync(join(stage, folder), { recursive: true });
      if (folder.endsWith('tmp')) chmodSync(join(stage, folder), 0o1777);
    }
    writeFileSync(join(stage, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n');
    writeFileSync(join(stage, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
    writeFileSync(join(stage, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
    for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(stage, 'usr/local/bin', name));
    writeFileSync(join(stage, '.list'), files.map((file) => `${file.slice(1)}\n`).join(''));
    const moved = [
      '--transform',
      `s,^${node.slice(1)}$,usr/local/bin/node,`,
      '--transform',
      `s,^${npm.slice(1)},usr/local/lib/node_modules/npm,`,
    ];
    const draft = `${tar}.${process.pid}`;
    const sources = ['-C', stage, '--exclude=./.list', '.', '-C', '/', '-T', join(stage, '.list'), node.slice(1), npm.slice(1)];
    await run('tar', ['-cf', draft, '--owner=0', '--group=0', '--numeric-owner', '--mode=go+rX', ...moved, ...sources]);
    renameSync(draft, tar);
    const others = readdirSync(dirname(tar)).filter((file) => /^jidoka-test-[0-9a-f]{12}\.tar$/.test(file) && file !== basename(tar));
    for (const file of others) rmSync(join(dirname(tar), file), { force: true });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** @param {string} program @param {readonly string[]} args */
async function run(program, args) {
  const child = spawn(program, [...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await testImage(process.argv[2])));
