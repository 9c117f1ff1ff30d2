import { JidokaError } from '../core/base/error.ts';
import type { Limits } from '../core/ports/floor.ts';

type Name = 'memory' | 'cpus' | 'processes' | 'disk';

const fields = { memory: 'memoryBytes', cpus: 'cpus', processes: 'processes', disk: 'diskBytes' } as const satisfies Record<
  Name,
  keyof Limits
>;
const names: readonly string[] = Object.keys(fields);

/**
 * Reads limits as they are given to commands: sizes in bytes, or with k, m, g or t in powers of 1024. Throws `usage`.
 *
 * @example
 * parseLimits('memory=4g,cpus=1.5'); // { memoryBytes: 4294967296, cpus: 1.5 }
 */
export function parseLimits(text: string): Partial<Limits> {
  const read = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => limitOf(part));
  if (read.length === 0) throw invalid(`"${text}" limits nothing.`);
  const twice = read.find(({ name }, at) => read.findIndex((other) => other.name === name) !== at);
  if (twice !== undefined) throw invalid(`The limit ${twice.name} was given twice.`);
  return Object.fromEntries(read.map(({ name, value }) => [fields[name], value]));
}

/** Writes limits so that they are read as the same. */
export function limitsText(limits: Partial<Limits>): string {
  const said = (Object.keys(fields) as Name[]).map((name) => ({ name, value: limits[fields[name]] })); // keys of that very object
  return said.flatMap(({ name, value }) => (value === undefined ? [] : [`${name}=${value}`])).join(',');
}

function limitOf(part: string): { readonly name: Name; readonly value: number } {
  const [, name = '', text = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
  if (!isName(name)) throw invalid(`"${part}" is none of the limits ${names.join(', ')}.`);
  const value = name === 'cpus' ? cores(text) : name === 'processes' ? count(text) : bytes(text);
  if (value === null || !Number.isSafeInteger(Math.ceil(value)) || value <= 0) throw invalid(`The limit ${part} cannot be understood.`);
  return { name, value };
}

function isName(text: string): text is Name {
  return names.includes(text);
}

function cores(text: string): number | null {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function count(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}

const powers = ['', 'k', 'm', 'g', 't'];

function bytes(text: string): number | null {
  const [, size, unit = ''] = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i.exec(text) ?? [];
  return size === undefined ? null : Math.round(Number(size) * 1024 ** powers.indexOf(unit.toLowerCase()));
}

function invalid(message: string): JidokaError {
  return new JidokaError('usage', message, {
    mend: 'Give --limits or JIDOKA_LIMITS as in memory=4g,cpus=2,processes=512,disk=10g; what is left out keeps its default.',
  });
}
