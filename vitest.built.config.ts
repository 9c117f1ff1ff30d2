import { defineConfig, mergeConfig } from 'vitest/config';
import { builtModules, fromBuild } from './test/built/from-build.ts';
import fast from './vitest.config.ts';

/** The same suite, held against what was built: each source is read once, and not for each file of tests. `npm test` builds first. */
export default mergeConfig(
  fast,
  defineConfig({
    plugins: [fromBuild()],
    test: { server: { deps: { external: [builtModules] } } },
  }),
);
