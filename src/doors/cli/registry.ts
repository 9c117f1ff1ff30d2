import type { CommandRecord } from './command.ts';
import { down } from './commands/daemon/down.ts';
import { up } from './commands/daemon/up.ts';
import { worker } from './commands/daemon/worker.ts';
import { demo } from './commands/demo.ts';
import { doctor } from './commands/doctor.ts';
import { evidence } from './commands/evidence.ts';
import { evidenceVerify } from './commands/evidence-verify.ts';
import { floorPrepare } from './commands/floor/prepare.ts';
import { floorProbe } from './commands/floor/probe.ts';
import { shell } from './commands/floor/shell.ts';
import { floorList, floorReap } from './commands/floor/standing.ts';
import { where } from './commands/floor/where.ts';
import { models } from './commands/gateway/models.ts';
import { gatewayServe } from './commands/gateway/serve.ts';
import { gatewayPurge } from './commands/gateway/purge.ts';
import { gatewaySpend } from './commands/gateway/spend.ts';
import { modelsSwap, modelsUnswap } from './commands/gateway/swap.ts';
import { answer, approve, reject } from './commands/gate/answer-gate.ts';
import { gates } from './commands/gate/gates.ts';
import { judge } from './commands/gate/judge.ts';
import { bug } from './commands/line/bug.ts';
import { flaky } from './commands/line/flaky.ts';
import { cve } from './commands/line/cve.ts';
import { deps } from './commands/line/deps.ts';
import { review } from './commands/line/review.ts';
import { runCommand } from './commands/line/run.ts';
import { scheduleAdd, scheduleList, scheduleRemove } from './commands/line/schedule.ts';
import { task } from './commands/line/task.ts';
import { cancel } from './commands/operate/cancel.ts';
import { dbMove } from './commands/operate/db-move.ts';
import { limit, limits } from './commands/operate/limits.ts';
import { pause, unpause } from './commands/operate/pauses.ts';
import { reviewed } from './commands/operate/reviewed.ts';
import { status } from './commands/operate/status.ts';
import { tokenAdd, tokenList, tokenRemove } from './commands/operate/token.ts';
import { cutoff } from './commands/routing/cutoff.ts';
import { routeExplain } from './commands/routing/route-explain.ts';
import { routeEval } from './commands/routing/route-eval.ts';
import { routeExport } from './commands/routing/route-export.ts';
import { resume } from './commands/resume.ts';
import { runs } from './commands/runs.ts';
import { show } from './commands/show.ts';
import { trace } from './commands/trace.ts';
import { stationAdd } from './commands/station/add.ts';
import { stationList } from './commands/station/list.ts';
import { stationLogin } from './commands/station/login.ts';
import { stationRemove } from './commands/station/remove.ts';
import { twinModel } from './commands/twin/model.ts';
import { watch } from './commands/watch.ts';

const lines = [deps, cve, bug, review, flaky, task] as const;
const work = [runs, show, trace, watch, resume, cancel, evidence, evidenceVerify] as const;
const people = [gates, approve, reject, answer, reviewed, judge] as const;
const processes = [up, down, status, worker] as const;
const settings = [pause, unpause, limits, limit] as const;
const floor = [floorProbe, floorPrepare, floorList, floorReap, where, shell] as const;
const stations = [stationAdd, stationList, stationLogin, stationRemove] as const;
const gateway = [gatewayServe, gatewaySpend, gatewayPurge, models, modelsSwap, modelsUnswap] as const;
const routing = [cutoff, routeExplain, routeEval, routeExport] as const;
const twins = [twinModel] as const;
const keeping = [scheduleList, scheduleRemove, tokenAdd, tokenList, tokenRemove, dbMove, doctor] as const;

/** Every command, in the order help shows them. What a command needs beyond itself it loads when it runs. */
export const records: readonly CommandRecord[] = [
  demo,
  ...lines.map(runCommand),
  ...work,
  ...people,
  ...processes,
  ...settings,
  ...lines.map(scheduleAdd),
  ...floor,
  ...stations,
  ...gateway,
  ...routing,
  ...twins,
  ...keeping,
];
