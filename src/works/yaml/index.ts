export type { Pointer } from './offset.ts';
export { readYaml, type YamlRead } from './read-yaml.ts';
