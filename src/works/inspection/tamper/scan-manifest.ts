import type { Finding } from '../../../core/evidence/fact.ts';
import { lockObjections, sealManifest } from '../sealed/index.ts';
import { finding } from './finding.ts';

/** Compares the scripts of package.json and everything in it that changes how the package or its tests are loaded. */
export function scanManifest(path: string, before: string | undefined, after: string | undefined): readonly Finding[] {
  if (after === undefined) return [finding('manifest-changed', path, 1, `${path} is gone`)];
  const scripts = compareScripts(path, scriptsOf(before ?? '{}'), scriptsOf(after), after);
  const sealed = sealManifest(path, before ?? '{}', after, before === undefined ? ['name', 'private'] : []);
  const others = sealed.withheld
    .filter(({ why }) => !why.startsWith('scripts:'))
    .map(({ why }) => finding('manifest-changed', path, 1, why));
  return [...scripts, ...others];
}

/** Holds a changed lockfile against the moves of packages that it may record. */
export function scanLock(path: string, before: string | undefined, after: string | undefined): readonly Finding[] {
  if (after === undefined) return [finding('lock-edited', path, 1, `${path} is gone`)];
  return lockObjections(before ?? null, after).map((objection) =>
    finding('lock-edited', path, lineOf(after, objection.split(' ')[0] ?? ''), objection),
  );
}

type Scripts = ReadonlyMap<string, unknown>;

const installTime = /^(?:pre|post)?(?:install|prepare|publish|pack)$|^prepublishOnly$|^dependencies$/;

function compareScripts(path: string, before: Scripts, after: Scripts, text: string): readonly Finding[] {
  const changed = [...before]
    .filter(([name, command]) => after.get(name) !== command)
    .map(([name, command]) =>
      finding('script-changed', path, lineOf(text, `"${name}"`), `${name}: ${String(command)} -> ${String(after.get(name) ?? 'removed')}`),
    );
  const added = [...after]
    .filter(([name]) => !before.has(name))
    .map(([name, command]) => {
      const rule = installTime.test(name) ? 'install-script-added' : wraps(name, before) ? 'script-changed' : 'script-added';
      return finding(rule, path, lineOf(text, `"${name}"`), `${name}: ${String(command)}`);
    });
  return [...changed, ...added];
}

/** npm runs `pretest` and `posttest` around `test`, so a new one of these changes an old script. */
function wraps(name: string, before: Scripts): boolean {
  const inner = /^(?:pre|post)(.+)$/.exec(name)?.[1];
  return inner !== undefined && before.has(inner);
}

function scriptsOf(text: string): Scripts {
  try {
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (typeof manifest !== 'object' || manifest === null || !('scripts' in manifest)) return new Map();
    const { scripts } = manifest;
    return new Map(typeof scripts === 'object' && scripts !== null ? Object.entries(scripts) : []);
  } catch {
    return new Map();
  }
}

function lineOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at === -1 ? 1 : text.slice(0, at).split('\n').length;
}
