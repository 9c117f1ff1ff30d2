import type { BodyScanner } from '../body/body-scanner.ts';
import type { GatewayConfig } from '../../../core/gateway/config/gateway-config.ts';
import type { InForce } from '../../../core/gateway/config/setting.ts';
import type { Clock } from '../../../core/ports/clock.ts';
import type { CallRecorder } from '../../../core/ports/gateway/call-recorder.ts';
import type { ModelBudgets } from '../../../core/ports/gateway/model-budgets.ts';
import type { VirtualKeys } from '../../../core/ports/gateway/virtual-keys.ts';
import type { OpenCalls } from '../record/open-calls.ts';
import type { SessionTable } from '../sessions/session-table.ts';
import type { World } from '../translate/index.ts';
import type { wayReader } from '../upstream/candidates.ts';
import type { HealthBoard } from '../upstream/health-board.ts';
import type { Agents } from '../upstream/send.ts';
import type { Deadlines } from './deadlines.ts';

/** All that one gateway process answers with. */
export interface Gateway {
  readonly config: GatewayConfig;
  /** The configuration with what operators set on top of it, as it is now. */
  readonly inForce: () => InForce;
  /** The ways to answer a caller of a protocol by models, as they are now. */
  readonly waysFor: ReturnType<typeof wayReader>;
  readonly virtualKeys: VirtualKeys;
  readonly budgets: ModelBudgets;
  /** Null where nothing is taken down. */
  readonly recorder: CallRecorder | null;
  readonly open: OpenCalls;
  /** Chances of a right result by public figures, by model. */
  readonly chances: ReadonlyMap<string, number>;
  readonly board: HealthBoard;
  readonly sessions: SessionTable;
  readonly agents: Agents;
  readonly bodies: BodyScanner;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly today: () => number;
  /** From 0 to 1. */
  readonly chance: () => number;
  readonly world: World;
  /** Told of a fault of the gateway's own, or of what it rests on. */
  readonly fault: (error: unknown) => void;
}
