import { fileURLToPath } from 'node:url';
import { type RunSuite, runnerContract, suiteRunners, tempWorkspace } from '../../../../kit/runner/index.ts';
import { canaryFor, detectRunner, runTests } from './index.ts';

const packages = { from: fileURLToPath(new URL('../../../../node_modules', import.meta.url)) };

const runSuite: RunSuite = async (files, { timeoutMs, canary }) => {
  const workspace = await tempWorkspace(files, packages);
  try {
    const found = await detectRunner(workspace, '', JSON.parse(files['package.json'] ?? ''));
    if (found.kind === 'none') throw new Error(found.message);
    const before = await workspace.files.list('');
    const laidIn = canary === true ? { canary: canaryFor(found.plan) } : {};
    const run = await runTests(workspace, found.plan, { timeoutMs, ...laidIn });
    const left = (await workspace.files.list('')).filter((path) => !before.includes(path));
    const results = Object.fromEntries([...run.results].map(([id, result]) => [id, result.status]));
    return { results, ended: run.ended, running: run.running, canary: run.canary?.reported ?? null, left };
  } finally {
    await workspace.destroy();
  }
};

// tap is no dependency of this project: its adapter is held against output recorded from the real tool.
for (const runner of suiteRunners.filter((name) => name !== 'tap')) runnerContract(runner, runSuite);
