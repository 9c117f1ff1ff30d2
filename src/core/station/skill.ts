import { z } from 'zod';

/** Characters of all files of a skill, and how many files it has at most: an agent reads the first of them in every session. */
const most = { characters: 256 * 1024, files: 20 };

const Path = z
  .string()
  .max(200)
  .regex(/^(?!\/)(?!(?:[^]*\/)?\.\.?(?:\/|$))[\w./ -]+$/, 'a path within the skill');

/** A folder that an agent can read when it needs it, by the convention of `SKILL.md`: what it is for stands at its head. */
export const Skill = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
  /** Texts by path; `SKILL.md` is one of them. */
  files: z
    .record(Path, z.string())
    .refine((files) => Object.hasOwn(files, 'SKILL.md'), 'a skill has a SKILL.md')
    .refine((files) => Object.keys(files).length <= most.files, `a skill has at most ${most.files} files`)
    .refine((files) => Object.values(files).join('').length <= most.characters, `a skill has at most ${most.characters} characters`),
});
export type Skill = z.infer<typeof Skill>;
