import { JidokaError } from '../../../core/base/error.ts';
import { Skill } from '../../../core/station/skill.ts';
import { readYaml } from '../../yaml/index.ts';

/** A text of a folder of skills; its path is that below the folder: 'accents/SKILL.md'. */
export interface SkillFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The skill of a name, of the files beside the line. Throws `line-invalid` where it is not there, or is none that an agent
 * would find: its `SKILL.md` begins with its name and with what it is for.
 */
export function readSkill(name: string, files: readonly SkillFile[]): Skill {
  const own = files.filter(({ path }) => path.startsWith(`${name}/`));
  if (own.length === 0) {
    const known = [...new Set(files.map(({ path }) => path.split('/')[0] ?? ''))];
    throw fault(name, 'there is no such folder beside the line', `There are: ${known.join(', ') || 'none'}.`);
  }
  const texts = Object.fromEntries(own.map(({ path, text }) => [path.slice(name.length + 1), text]));
  const parsed = Skill.safeParse({ name, files: texts });
  const [issue] = parsed.error?.issues ?? [];
  if (!parsed.success) throw fault(name, `${issue?.path.join('/') || 'it'}: ${issue?.message ?? 'unknown form'}`, mend);
  const wrong = headFault(name, parsed.data.files['SKILL.md'] ?? '');
  if (wrong !== null) throw fault(name, wrong, mend);
  return parsed.data;
}

const mend = 'SKILL.md begins with lines of "---", between which stand "name: NAME", as its folder is called, and "description: …".';

function headFault(name: string, text: string): string | null {
  const [, head = ''] = /^\uFEFF?---\r?\n([^]*?)\r?\n---\r?\n/.exec(text) ?? [];
  const yaml = readYaml(head === '' ? '{}' : head, 16_384);
  const said: object = yaml.kind === 'read' && typeof yaml.value === 'object' && yaml.value !== null ? yaml.value : {};
  if (!('name' in said) || said.name !== name) return 'SKILL.md does not give its name';
  return 'description' in said && typeof said.description === 'string' && said.description.trim() !== ''
    ? null
    : 'SKILL.md does not say what it is for';
}

function fault(name: string, why: string, how: string): JidokaError {
  return new JidokaError('line-invalid', `The skill "${name}" cannot be given to a role: ${why}.`, { mend: how });
}
