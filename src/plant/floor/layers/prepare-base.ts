import { setTimeout as wait } from 'node:timers/promises';
import { JidokaError } from '../../../core/base/error.ts';
import type { BaseOrder, Command, ProcessResult, Workspace } from '../../../core/ports/floor.ts';
import type { BaseBuilding, BaseKeeper } from './base-keeper.ts';

const pollMs = 100;

/**
 * Finds a base by its key, or builds it: one builder at a time, and nobody sees it before it is whole. Throws
 * `setup-failed` where a setup command fails; nothing half-made stays.
 */
export async function prepareBase(keeper: BaseKeeper, order: BaseOrder): Promise<void> {
  while (!(await keeper.find(order.key))) {
    order.signal?.throwIfAborted();
    const building = await keeper.begin(order.key, order.limits);
    if (building !== null) return build(building, order);
    await wait(pollMs);
  }
}

async function build({ workspace, seal, abandon }: BaseBuilding, order: BaseOrder): Promise<void> {
  const until = order.signal === undefined ? {} : { signal: order.signal };
  try {
    await workspace.seed(order.source);
    for (const command of order.setup) await mustRun(workspace, { ...command, ...until });
    await workspace.seed({ ...order.source, plant: order.source.settle });
    await seal();
  } catch (error) {
    // The first fault tells why; what cannot be removed now is nobody's, and reaped.
    await abandon().catch(() => undefined);
    throw error;
  }
}

async function mustRun(workspace: Workspace, command: Command): Promise<void> {
  const result = await workspace.spawn(command);
  if (result.exit.kind === 'exited' && result.exit.code === 0) return;
  throw setupFailed(command, result);
}

/** The fault of a setup command; its data holds what a reader needs to tell a fault of the surroundings from one of the repository. */
function setupFailed({ argv }: Command, { exit, stdout, stderr }: ProcessResult): JidokaError {
  const last = [stderr, stdout].flatMap((text) => text.trim().split('\n').slice(-3)).filter((line) => line !== '');
  const how =
    exit.kind === 'exited'
      ? `ended with ${exit.code}`
      : exit.kind === 'not-started'
        ? `could not be started: ${exit.message}`
        : `was ended: ${exit.kind}`;
  return new JidokaError('setup-failed', `The setup command \`${argv.join(' ')}\` ${how}. ${last.join(' ').slice(0, 500)}`, {
    mend: 'Mend the setup of the repository (docs/ENVIRONMENT.md), or its surroundings, and run it again; nothing half-made was kept.',
    data: { exit, stdout: stdout.slice(-8_000), stderr: stderr.slice(-8_000) },
  });
}
