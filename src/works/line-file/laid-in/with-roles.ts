import { z } from 'zod';
import { JidokaError } from '../../../core/base/error.ts';
import type { Line } from '../../../core/line/line.ts';
import { Role } from '../../../core/station/role.ts';
import { readSkill, type SkillFile } from './read-skill.ts';
import { readYaml } from '../../yaml/index.ts';

/** A Markdown file that says what a station is in a line; its name is the role's. */
export interface RoleFile {
  readonly path: string;
  readonly text: string;
}

const charactersAllowed = 64 * 1024;

/**
 * Lays the roles that a line's stages name into the line, so that its digest covers them and a run needs no file of the
 * user's later. Those that the line itself gives go before files. Throws `line-invalid` for a role file that cannot be read.
 */
export function withRoles(line: Line, files: readonly RoleFile[], skills: readonly SkillFile[] = []): Line {
  const inner = line.lines?.map((child) => withRoles(child, files, skills));
  const own = line.roles ?? [];
  const wanted = new Set(line.stages.flatMap(({ role }) => role ?? []).filter((name) => !own.some((role) => role.name === name)));
  const read = files.filter(({ path }) => wanted.has(nameOf(path))).map((file) => readRole(file, skills));
  const roles = [...own, ...read].sort((left, right) => (left.name < right.name ? -1 : 1));
  return { ...line, ...(roles.length === 0 ? {} : { roles }), ...(inner === undefined ? {} : { lines: inner }) };
}

/** `roles/coder.md` is the role "coder". */
function nameOf(path: string): string {
  return (path.split(/[/\\]/).at(-1) ?? '').replace(/\.md$/, '');
}

/** Between two lines of dashes stands what is for the factory; the rest is for the station. */
function readRole({ path, text }: RoleFile, skills: readonly SkillFile[]): Role {
  if (text.length > charactersAllowed) throw fault(path, 1, `It has ${text.length} characters, more than ${charactersAllowed}.`);
  const [, matter = '', prompt = ''] = /^\uFEFF?(?:---\r?\n([^]*?)\r?\n?---\r?\n)?([^]*)$/.exec(text) ?? [];
  const yaml = readYaml(matter === '' ? '{}' : matter, charactersAllowed);
  if (yaml.kind === 'fault') throw fault(path, yaml.place.line + 1, yaml.message);
  const given: object = typeof yaml.value === 'object' && yaml.value !== null ? yaml.value : {};
  const named = z.array(z.string()).safeParse('skills' in given ? given.skills : []);
  if (!named.success) throw fault(path, 1, 'skills is not a list of names.');
  const laid = named.data.length === 0 ? {} : { skills: named.data.map((name) => readSkill(name, skills)) };
  const parsed = Role.safeParse({ model: null, tools: 'read', ...given, ...laid, name: nameOf(path), prompt: prompt.trim() });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fault(path, 1, `${issue?.path.join('.') || 'The role'} is not right: ${issue?.message ?? 'unknown form'}.`);
}

function fault(path: string, line: number, message: string): JidokaError {
  return new JidokaError('line-invalid', `${path}:${line}:1: ${message}`, {
    mend: 'A role is Markdown; before it may stand, between lines of "---", "model: NAME", "tools: read", "edit" or "all", "budget: { turns: 40, usd: 2 }" and "skills: [NAME]".',
    data: { file: path, line, column: 1 },
  });
}
