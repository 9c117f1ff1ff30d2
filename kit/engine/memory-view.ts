import type { StepView, WorkView } from '../../src/core/ports/engine.ts';
import { missingWorker, obstacles } from './memory-obstacles.ts';
import type { MemoryPlant, MemoryStep, MemoryWork } from './memory-plant.ts';

/** Shows a work as others see it. */
export function viewWork(plant: MemoryPlant, work: MemoryWork): WorkView {
  const { id, kind, line, repository, parent, state, failure } = work;
  const [input, output] = [JSON.parse(work.input), JSON.parse(work.output)];
  return {
    id,
    kind,
    line,
    repository,
    parent,
    input,
    state,
    output,
    failure,
    steps: work.steps.map((step) => viewStep(plant, work, step)),
  };
}

function viewStep(plant: MemoryPlant, work: MemoryWork, step: MemoryStep): StepView {
  const state = plant.read();
  const { id, queue, executor, notBefore, priority } = step;
  const isLive = executor !== null && plant.executors.get(executor)?.isLive === true;
  const notBeforeText = notBefore === null ? null : new Date(notBefore).toISOString();
  const common = { id, queue, executor, isLive, notBefore: notBeforeText, priority };
  if (step.token !== null) return { ...common, state: 'held', held: [] };
  return { ...common, state: 'waiting', held: [...obstacles(state, { work, step }, plant.nowMs), ...missingWorker(plant, step)] };
}

/** Steps that an executor holds, as 'work step'. */
export function holdsOf(plant: MemoryPlant, executor: string): readonly string[] {
  const works = [...plant.read().works.values()];
  return works.flatMap(({ id, steps }) => steps.filter((step) => step.executor === executor).map((step) => `${id} ${step.id}`));
}
