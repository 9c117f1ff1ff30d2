import { Visitor } from 'oxc-parser';
import type { Fault, Module } from './module.ts';
import { placeOf } from './place.ts';

/** A Dockerfile is a format of files, which several vendors read. */
const vendors =
  /anthropic|bitbucket|claude|codex|docker(?!(?:compose)?file)|gemini|github(?!:)|gitlab(?!:)|jira|opencode|openai|podman|slack\b/i;

/** What secrets look like is a table of vendors, and redaction is core's. */
const tableOfVendors = 'src/core/base/secret-shapes.ts';

/** Rules are written in the words of the ports: a vendor's name in core or works is a special case that leaked. */
export function vendorNames(modules: readonly Module[]): Fault[] {
  return modules.filter(({ path }) => hasRules(path)).flatMap(faultsOf);
}

function hasRules(path: string): boolean {
  const { layer, isTest } = placeOf(path);
  return (layer === 'core' || layer === 'works') && !isTest && path !== tableOfVendors;
}

function faultsOf(module: Module): Fault[] {
  const faults: Fault[] = [];
  const look = (text: string, offset: number): void => {
    const [name] = vendors.exec(text) ?? [];
    if (name === undefined) return;
    const message = `"${name}" is a vendor: its name belongs into the room of plant that speaks to it.`;
    faults.push({ rule: 'vendor-names', path: module.path, line: module.line(offset), message });
  };
  new Visitor({
    Identifier: ({ name, start }) => look(name, start),
    Literal: ({ value, start }) => look(typeof value === 'string' && !isFileName(value) ? value : '', start),
    TemplateElement: ({ value, start }) => look(value.raw, start),
  }).visit(module.program);
  return faults;
}

/** Files that vendors put into repositories are facts about the world, not ways to treat a vendor apart. */
function isFileName(text: string): boolean {
  return /[*{/]|^\./.test(text) && !text.includes('://');
}
