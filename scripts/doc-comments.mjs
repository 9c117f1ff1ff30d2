// Carries the doc comments of zod models over to their JSON Schemas, so that editors show what the source says.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSync } from 'oxc-parser';

/**
 * @typedef {{ description?: string, properties?: Record<string, Schema>, items?: Schema, additionalProperties?: Schema, anyOf?: Schema[], oneOf?: Schema[], [key: string]: unknown }} Schema
 * @typedef {import('oxc-parser').Expression} Expression
 * @typedef {{ path: string, comments: readonly import('oxc-parser').Comment[], source: string, values: Map<string, Declared>, imports: Map<string, string> }} Source
 * @typedef {{ value: Expression, start: number }} Declared
 */

/**
 * Writes the comments of the model `name` of a source file into its schema, members included.
 *
 * @param {Schema} schema
 * @param {string} path
 * @param {string} name
 * @returns {Schema}
 */
export function withDocComments(schema, path, name) {
  followName(schema, readSource(path), name);
  return schema;
}

/**
 * @param {Schema | undefined} schema
 * @param {Source} source
 * @param {string} name
 */
function followName(schema, source, name) {
  const declared = source.values.get(name);
  const importedFrom = source.imports.get(name);
  if (declared !== undefined) {
    describe(schema, commentBefore(source, declared.start));
    follow(schema, source, declared.value);
  } else if (importedFrom?.endsWith('.ts')) {
    followName(schema, readSource(importedFrom), name);
  }
}

/**
 * @param {Schema | undefined} schema
 * @param {Source} source
 * @param {Expression | undefined} value
 */
function follow(schema, source, value) {
  if (schema === undefined || value === undefined) return;
  if (value.type === 'Identifier') followName(schema, source, value.name);
  if (value.type !== 'CallExpression' || value.callee.type !== 'MemberExpression') return;
  const { object, property } = value.callee;
  const method = property.type === 'Identifier' ? property.name : '';
  if (object.type === 'Identifier' && object.name === 'z') return followParts(schema, source, method, value.arguments);
  // A method of a chain: `z.array(…).min(1)` says nothing new of its members, `.nullable()` wraps them.
  const [wrapped = schema] = method === 'nullable' ? (schema.anyOf ?? []) : [];
  follow(wrapped, source, /** @type {Expression} */ (object));
}

/**
 * @param {Schema} schema
 * @param {Source} source
 * @param {string} maker name of the function of zod
 * @param {readonly import('oxc-parser').Argument[]} given
 */
function followParts(schema, source, maker, given) {
  const parts = given.filter((argument) => argument.type !== 'SpreadElement');
  if (/^(strictObject|looseObject|object)$/.test(maker)) followMembers(schema, source, parts[0]);
  if (maker === 'array') follow(schema.items, source, parts[0]);
  if (maker === 'record') follow(schema.additionalProperties, source, parts[1]);
  if (/^(discriminatedUnion|union)$/.test(maker)) followBranches(schema, source, parts.at(-1));
}

/**
 * @param {Schema} schema
 * @param {Source} source
 * @param {Expression | undefined} members
 */
function followMembers(schema, source, members) {
  if (members?.type !== 'ObjectExpression') return;
  for (const member of members.properties) {
    if (member.type === 'SpreadElement') {
      if (member.argument.type === 'Identifier') followMembers(schema, source, source.values.get(member.argument.name)?.value);
    } else if (member.key.type === 'Identifier') {
      const child = schema.properties?.[member.key.name];
      describe(child, commentBefore(source, member.start));
      follow(child, source, member.value);
    }
  }
}

/**
 * @param {Schema} schema
 * @param {Source} source
 * @param {Expression | undefined} branches
 */
function followBranches(schema, source, branches) {
  if (branches?.type !== 'ArrayExpression') return;
  branches.elements.forEach((branch, at) => {
    if (branch !== null && branch.type !== 'SpreadElement') follow((schema.oneOf ?? schema.anyOf)?.[at], source, branch);
  });
}

/**
 * The comment nearest to a place in the source wins over the one at the model's own declaration.
 *
 * @param {Schema | undefined} schema
 * @param {string | null} text
 */
function describe(schema, text) {
  if (schema !== undefined && text !== null) schema.description ??= text;
}

/**
 * @param {Source} source
 * @param {number} offset
 * @returns {string | null}
 */
function commentBefore({ comments, source }, offset) {
  const comment = comments.find(
    (candidate) => candidate.type === 'Block' && candidate.end < offset && source.slice(candidate.end, offset).trim() === '',
  );
  if (comment === undefined || !comment.value.startsWith('*')) return null;
  const lines = comment.value.split('\n').map((line) => line.replace(/^\s*\*+ ?/, '').trim());
  const [prose] = lines.join(' ').split(/\s@\w/);
  return prose?.trim() ?? null;
}

/**
 * @param {string} path
 * @returns {Source}
 */
function readSource(path) {
  const source = readFileSync(path, 'utf8');
  const { program, comments } = parseSync(path, source);
  /** @type {Source['values']} */
  const values = new Map();
  /** @type {Source['imports']} */
  const imports = new Map();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    const declared = declaration?.type === 'VariableDeclaration' ? declaration.declarations : [];
    for (const { id, init } of declared) {
      if (id.type === 'Identifier' && init !== null) values.set(id.name, { value: init, start: statement.start });
    }
    if (statement.type !== 'ImportDeclaration') continue;
    for (const { local } of statement.specifiers) imports.set(local.name, join(dirname(path), statement.source.value));
  }
  return { path, comments, source, values, imports };
}
