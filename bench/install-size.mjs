import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timed } from './measure.mjs';

/**
 * Installs the package as a user would, without optional dependencies, and weighs it.
 *
 * @param {string} root
 */
export function installSize(root) {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-bench-size-'));
  try {
    const { stdout } = timed(['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
    const [packed] = JSON.parse(stdout);
    writeFileSync(join(folder, 'package.json'), '{ "name": "bench", "private": true }\n');
    const install = timed(['npm', 'install', '--omit=optional', '--omit=dev', '--no-audit', '--no-fund', `./${packed.filename}`], {
      cwd: folder,
    });
    const packages = weights(join(folder, 'node_modules'));
    return {
      goalMb: 60,
      mb: megabytes(kilobytes(join(folder, 'node_modules'))),
      // An optional dependency by npm's rules only: the parser of the tamper scan, one binary for each platform.
      parserBinaryMb: megabytes(parserKilobytes(root)),
      ownMb: megabytes(kilobytes(join(folder, 'node_modules/jidoka'))),
      packages: packages.length,
      installMs: Math.round(install.ms),
      heaviest: packages.slice(0, 12).map(({ name, kb }) => ({ name, mb: megabytes(kb) })),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} root */
function parserKilobytes(root) {
  const folder = join(root, 'node_modules/@ast-grep');
  const binaries = readdirSync(folder).filter((name) => name.startsWith('napi-'));
  return Math.max(0, ...binaries.map((name) => kilobytes(join(folder, name))));
}

/** @param {string} modules */
function weights(modules) {
  const names = readdirSync(modules).filter((name) => !name.startsWith('.'));
  const all = names.flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  return all.map((name) => ({ name, kb: kilobytes(join(modules, name)) })).sort((left, right) => right.kb - left.kb);
}

/** @param {string} path */
function kilobytes(path) {
  return Number.parseInt(timed(['du', '-sk', path]).stdout, 10);
}

/** @param {number} kb */
function megabytes(kb) {
  return Number((kb / 1024).toFixed(2));
}
