import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseModule, type Module } from './module.ts';

/** Reads every TypeScript file below the given folders of the repository. */
export function readTree(root: string, folders: readonly string[]): Module[] {
  return folders.flatMap((folder) => paths(root, folder)).map((path) => parseModule(path, readFileSync(join(root, path), 'utf8')));
}

function paths(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'fixtures' ? [] : paths(root, path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}
