import { chanceSource } from './chance-source.ts';
import type { Task } from './read-outcomes.ts';

/** Two halves: on one knobs are chosen and offsets learned, on the other everything is judged. */
export interface Halves {
  readonly chosenOn: readonly Task[];
  readonly judgedOn: readonly Task[];
}

/**
 * Splits tasks in two at random by a seed, with all attempts at a task on one side. By repository where asked, so that
 * nothing that was learned of a repository helps to judge it.
 */
export function splitTasks(tasks: readonly Task[], { seed, by }: { readonly seed: number; readonly by: 'task' | 'repository' }): Halves {
  const nameOf = (task: Task): string => (by === 'task' ? task.task : task.repository);
  const names = shuffled([...new Set(tasks.map(nameOf))].toSorted(), seed);
  const first = new Set(names.slice(0, Math.ceil(names.length / 2)));
  return { chosenOn: tasks.filter((task) => first.has(nameOf(task))), judgedOn: tasks.filter((task) => !first.has(nameOf(task))) };
}

function shuffled(names: string[], seed: number): readonly string[] {
  const next = chanceSource(seed);
  for (let at = names.length - 1; at > 0; at -= 1) {
    const other = Math.floor(next() * (at + 1));
    const [here = '', there = ''] = [names[at], names[other]];
    names[at] = there;
    names[other] = here;
  }
  return names;
}
