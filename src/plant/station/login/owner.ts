import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is looked into for a login: the owner's environment and files. */
export interface Owner {
  /** A variable's value; null where it is blank. */
  variable(name: string): string | null;
  /** The text of the first of these files that is there, below a folder that a variable may have moved. */
  file(place: { readonly below: string; readonly otherwise: string; readonly name: string }): Promise<OwnedFile | null>;
  readonly now: () => number;
}

export interface OwnedFile {
  readonly path: string;
  readonly text: string;
}

/** The owner of this process, as the environment tells him. */
export function ownerOf(env: Readonly<Record<string, string | undefined>>, now: () => number): Owner {
  const variable = (name: string): string | null => env[name]?.trim() || null;
  return {
    variable,
    file: async ({ below, otherwise, name }) => {
      const path = join(variable(below) ?? join(variable('HOME') ?? homedir(), otherwise), name);
      const text = await readFile(path, 'utf8').catch(() => null);
      return text === null ? null : { path, text };
    },
    now,
  };
}
