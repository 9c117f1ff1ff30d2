import { Visitor, type TSInterfaceDeclaration } from 'oxc-parser';
import type { Fault, Module } from './module.ts';
import { placeOf } from './place.ts';

const limits = { fileLines: 300, testFileLines: 600, medianFileLines: 80, roomExports: 10, roomFiles: 20, portVerbs: 12 };
const emptyNames = /^(utils?|helpers?|common|misc|managers?|services?|types-and|base-class|shared|stuff)$/;

/** No file over the limit, and the middle file small. */
export function fileSizes(modules: readonly Module[]): Fault[] {
  const tooLong = modules.flatMap((module) => {
    const limit = placeOf(module.path).isTest ? limits.testFileLines : limits.fileLines;
    const lines = lineCount(module);
    return lines > limit ? [fault('file-sizes', module, `${lines} lines; the limit is ${limit}. It does two jobs: make two files.`)] : [];
  });
  return [...tooLong, ...medianFault(modules.filter(({ path }) => path.startsWith('src/') && !placeOf(path).isTest))];
}

/** A room's front door offers at most ten values by name, with the types that go with them. */
export function narrowDoors(modules: readonly Module[]): Fault[] {
  return modules
    .filter(({ path }) => placeOf(path).isIndex && placeOf(path).room !== null)
    .flatMap((module) => {
      const count = module.exports.length;
      if (module.exports.includes('*')) return [fault('narrow-doors', module, 'export * hides what a room offers: name each export.')];
      return count > limits.roomExports
        ? [fault('narrow-doors', module, `${count} exports; a room offers at most ${limits.roomExports}.`)]
        : [];
    });
}

/** A port has at most twelve verbs. */
export function narrowPorts(modules: readonly Module[]): Fault[] {
  return modules
    .filter(({ path }) => path.startsWith('src/core/ports/'))
    .flatMap((module) => {
      const faults: Fault[] = [];
      new Visitor({
        TSInterfaceDeclaration: (node) => {
          const count = verbs(node);
          if (count > limits.portVerbs)
            faults.push(fault('narrow-ports', module, `${node.id.name} has ${count} verbs; a port has at most ${limits.portVerbs}.`));
        },
      }).visit(module.program);
      return faults;
    });
}

/** Files are named in kebab-case for their one job; rooms are not drawers. */
export function names(modules: readonly Module[]): Fault[] {
  return modules.flatMap((module) => {
    const parts = module.path.replace(/(\.[a-z]+)*\.ts$/, '').split('/');
    const odd = parts.find((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part));
    const empty = parts.find((part) => emptyNames.test(part));
    if (odd !== undefined) return [fault('names', module, `"${odd}" is not kebab-case.`)];
    return empty === undefined ? [] : [fault('names', module, `"${empty}" says nothing: name the one job it does.`)];
  });
}

/** A room with many files is two rooms. */
export function roomSizes(modules: readonly Module[]): Fault[] {
  const files = modules.filter(({ path }) => path.startsWith('src/') && !placeOf(path).isTest).map(({ path }) => path);
  const folders = new Set(files.map(folderOf));
  return [...folders].flatMap((folder) => {
    const count = files.filter((path) => folderOf(path) === folder).length;
    const message = `${count} files stand in ${folder}; the limit is ${limits.roomFiles}: make a room of some.`;
    return count > limits.roomFiles ? [{ rule: 'room-sizes', path: folder, line: 1, message }] : [];
  });
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function medianFault(modules: readonly Module[]): Fault[] {
  const sizes = modules.map(lineCount).sort((left, right) => left - right);
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  const message = `The median file has ${median} lines; the goal is ${limits.medianFileLines}: split the long ones.`;
  return median > limits.medianFileLines ? [{ rule: 'file-sizes', path: 'src', line: 1, message }] : [];
}

function lineCount(module: Module): number {
  return module.line(module.source.trimEnd().length);
}

function verbs(node: TSInterfaceDeclaration): number {
  return node.body.body.filter((member) => member.type === 'TSMethodSignature').length;
}

function fault(rule: string, module: Module, message: string): Fault {
  return { rule, path: module.path, line: 1, message };
}
