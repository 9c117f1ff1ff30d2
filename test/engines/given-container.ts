import type { Egress } from '../../src/core/ports/egress.ts';
import type { Command, Floor, Workspace } from '../../src/core/ports/floor.ts';
import { systemClock } from '../../src/plant/clock/index.ts';
import type { ContainerFloorOptions } from '../../src/plant/floor/container/index.ts';
import type { EngineUnderTest } from './engine.ts';

/** A workspace `one` on a floor of containers of an engine, with little to use. */
export interface GivenContainer {
  readonly kind: EngineUnderTest['kind'];
  readonly engine: () => EngineUnderTest;
  readonly egress: Egress;
  readonly root: () => string;
  readonly floor: () => Floor;
  readonly one: () => Workspace;
}

export const patiently = { signal: new AbortController().signal, timeoutMs: 60_000 } as const;

export function optionsOn({ image, address }: EngineUnderTest, root: string, egress: Egress): ContainerFloorOptions {
  return { root, image, engine: address, egress, clock: systemClock(), env: {}, log: () => undefined, mostOutputBytes: 3_000_000 };
}

export function sh(script: string, more: Partial<Command> = {}): Command {
  return { argv: ['sh', '-c', script], cwd: '', timeoutMs: 60_000, network: 'none', ...more };
}

export async function said(workspace: Workspace, command: Command): Promise<string> {
  const { stdout, stderr } = await workspace.spawn(command);
  return `${stdout}${stderr}`.trim();
}

/** Id of the container of a workspace; '' where there is none. */
export async function containerOf({ engine }: Pick<GivenContainer, 'engine'>, name: string): Promise<string> {
  const [found] = await engine().api.listContainers({ all: true, filters: { label: [`jidoka.name=${name}`] } });
  return found?.Id ?? '';
}
