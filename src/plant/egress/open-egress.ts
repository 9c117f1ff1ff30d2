import type { Egress, EgressGate, EgressOrder, EgressRoute, GitCapability, ModelUpstream } from '../../core/ports/egress.ts';
import type { ToolDesk } from '../../core/ports/stations/report-desk.ts';
import { environmentOf } from './environment.ts';
import { attend, bareServer, closeServer } from './gate-server.ts';
import { answerGit } from './git/answer-git.ts';
import { defaultLimits, type EgressLimits } from './limits.ts';
import { listenAt } from './listen.ts';
import { answerModel } from './model/answer-model.ts';
import { answerNpm } from './npm/answer-npm.ts';
import { knownNames } from './npm/known-names.ts';
import type { Upstreams } from './npm/upstreams.ts';
import { tellingOnce } from './refusals.ts';
import { answerReport } from './report/answer-report.ts';
import { trafficOf } from './traffic.ts';
import { turnsFor } from './turns.ts';
import { noneUnderWay } from './under-way.ts';

export interface EgressOptions {
  readonly upstreams: Upstreams;
  /** Without it the model gateway is refused, as one is for which none is configured. */
  readonly model?: ModelUpstream;
  /** Without it no job has a repository. */
  readonly git?: GitCapability;
  /** Without it nobody hands in a report. */
  readonly desk?: ToolDesk;
  /** PATH on which git is found. */
  readonly path?: string;
  readonly limits?: Partial<EgressLimits>;
}

/**
 * Opens the way out for confined commands, by capability: metadata and tarballs of packages from the owner's registries;
 * inference by the model gateway; the job's own refs of the repository; the desk for reports. The owner's credentials are added outside of the
 * wall. Everything else is refused and told.
 *
 * @example
 * const egress = openEgress({ upstreams: npmUpstreams({ cwd: home, env: process.env }), model, git, desk });
 * const gate = await egress.serve({ socket: '/run/one.sock', user: null, job: 'one', routes: ['npm'], refused: console.error });
 * gate.environment(4873); // { npm_config_registry: 'http://127.0.0.1:4873/npm/', … }
 * gate.allow(['model', 'git', 'report']);
 */
export function openEgress({ limits, ...outside }: EgressOptions): Egress {
  return { serve: (order) => serve({ ...outside, limits: { ...defaultLimits, ...limits } }, order) };
}

interface Outside extends EgressOptions {
  readonly limits: EgressLimits;
}

async function serve({ upstreams, model, git, desk, path, limits }: Outside, order: EgressOrder): Promise<EgressGate> {
  const { job, key = null } = order;
  const registries = await upstreams.registries();
  const server = bareServer(limits.requests);
  const traffic = trafficOf(server);
  const tell = tellingOnce(order.refused);
  const refuse: typeof tell = (...refusal) => {
    traffic.refused();
    tell(...refusal);
  };
  const open = new Set<EgressRoute>(order.routes);
  const underWay = noneUnderWay();
  const known = { names: knownNames(limits.unknownNames), files: knownNames(limits.unknownNames) };
  const npm = { upstreams, registries, limits, known, refuse };
  const repository = {
    job,
    repositories: git ?? null,
    path: path ?? '/usr/local/bin:/usr/bin:/bin',
    limits,
    refuse,
    turns: turnsFor(limits.gitAtOnce),
    pushed: { bytes: 0 },
  };
  attend(server, {
    key,
    open,
    answers: {
      npm: (exchange) => answerNpm(npm, exchange),
      model: (exchange) => answerModel({ job, upstream: model ?? null, limits, refuse }, exchange),
      git: (exchange) => answerGit(repository, exchange),
      report: (exchange) => answerReport({ job, desk: desk ?? null, limits, refuse }, exchange),
    },
    refuse,
    traffic,
    underWay,
    requests: limits.requests,
  });
  await listenAt(server, order);
  let closed: Promise<void> | null = null;
  return {
    allow(routes) {
      open.clear();
      for (const route of routes) open.add(route);
      underWay.keepOnly(open);
    },
    environment: (port) => environmentOf({ registries, job, open, key }, port),
    usage: () => traffic.usage(),
    close: () => (closed ??= closeServer(server).then(() => underWay.ended())),
  };
}
