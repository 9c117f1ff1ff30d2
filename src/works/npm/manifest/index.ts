export { setOverride, setRange } from './edit.ts';
export { directDependencies, readManifest, type DirectDependency, type Manifest, type Section } from './manifest.ts';
export { raiseSpec } from './raise.ts';
export { parseSpec, type Spec } from './spec.ts';
