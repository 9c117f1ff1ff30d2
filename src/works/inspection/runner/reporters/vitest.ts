import { lineWriter } from './lines.ts';

/**
 * A vitest reporter of the factory's own, for vitest 0.34 to 4, by whichever of the two reporter interfaces the
 * installed version calls. The built-in json reporter writes only at the end.
 */
export const vitestReporter = `import fs from 'node:fs';
import paths from 'node:path';
${lineWriter}
const states = { pass: 'pass', fail: 'fail', skip: 'skip', todo: 'skip' };

export default class FactoryReporter {
  onInit(context) {
    this.context = context;
    this.lines = openLines(fs, paths, process);
    this.seen = new Set();
    this.started = new Set();
  }
  onTestModuleStart(module) {
    this.start(module.task);
  }
  onTestModuleEnd(module) {
    this.file(module.task);
  }
  onTaskUpdate(packs) {
    for (const [id] of packs) {
      const task = this.context.state.idMap.get(id);
      if (task && task.file) this.start(task.file);
    }
  }
  onTestRunEnd(modules, errors) {
    for (const module of modules) this.file(module.task);
    this.end(errors);
  }
  onFinished(files, errors) {
    for (const file of files || []) this.file(file);
    this.end(errors);
  }
  start(file) {
    if (this.started.has(file.id)) return;
    this.started.add(file.id);
    this.lines.write({ running: this.lines.relative(file.filepath) });
  }
  file(file) {
    if (this.seen.has(file.id)) return;
    this.seen.add(file.id);
    const name = this.lines.relative(file.filepath);
    this.walk(file.tasks || [], name, file.projectName ? ['[' + file.projectName + ']'] : []);
    const failed = file.result && file.result.state === 'fail' ? file.result.errors : [];
    if (failed && failed.length > 0) this.lines.write({ crash: name, message: this.lines.text(failed[0]) });
    this.lines.write({ done: name });
  }
  walk(tasks, file, above) {
    for (const task of tasks) {
      const path = [...above, task.name];
      if (task.type === 'suite') this.suite(task, file, path);
      else this.one(task, file, path);
    }
  }
  suite(task, file, path) {
    this.walk(task.tasks, file, path);
    const error = task.result && task.result.errors && task.result.errors[0];
    if (error) this.lines.write({ file, path, status: 'fail', message: this.lines.text(error) });
  }
  one(task, file, path) {
    const state = task.mode === 'skip' || task.mode === 'todo' ? task.mode : task.result && task.result.state;
    if (!states[state]) return;
    const error = task.result && task.result.errors && task.result.errors[0];
    this.lines.write({ file, path, status: states[state], message: this.lines.text(error) });
  }
  end(errors) {
    if (this.ended) return;
    this.ended = true;
    for (const error of errors || []) this.lines.write({ error: this.lines.text(error) });
    this.lines.write({ end: true });
  }
}
`;
