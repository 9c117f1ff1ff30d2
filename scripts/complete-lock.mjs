// node scripts/complete-lock.mjs: adds the optional platform packages that the lock's own dependents name and that the
// mirror it was made from did not have. Without them `npm ci` calls lock and manifest out of sync. Run it after every
// `npm install` behind a mirror that carries one platform only.
import { readFileSync, writeFileSync } from 'node:fs';
const path = process.argv[2] ?? 'package-lock.json';
const lock = JSON.parse(readFileSync(path, 'utf8'));
const packages = lock.packages;
let added = 0;
for (const [place, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (resolves(place, name) || !/^\d/.test(version) || !/binding|napi/.test(name)) continue;
    const parentModules = place.slice(0, place.lastIndexOf('node_modules/'));
    const spot = `${parentModules}node_modules/${name}`;
    packages[spot] = {
      version,
      ...platform(name),
      ...(entry.dev ? { dev: true } : {}),
      ...(entry.license ? { license: entry.license } : {}),
      optional: true,
      ...(entry.engines ? { engines: entry.engines } : {}),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(path, JSON.stringify(lock, null, 2) + '\n');
console.log(`added ${added}`);
/** Whether a dependency is found from a place, as Node walks up. @param {string} place @param {string} name */
function resolves(place, name) {
  const parts =
    place === '' ? [] : place.split('/node_modules/').map((part, at) => (at === 0 ? part.replace(/^node_modules\//, '') : part));
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const base = parts
      .slice(0, depth)
      .map((part) => `node_modules/${part}/`)
      .join('');
    if (packages[`${base}node_modules/${name}`]) return true;
  }
  return false;
}
/** What a platform package's name says of its platform. @param {string} name */
function platform(name) {
  const [, os, cpu, abi = ''] = /(?:binding|napi)-(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(.*))?$/.exec(name) ?? [];
  if (!os) throw new Error(name);
  const libc = os === 'linux' ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {};
  return { cpu: [cpu], ...libc, os: [os] };
}
