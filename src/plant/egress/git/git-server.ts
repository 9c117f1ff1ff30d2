import type { GitRepository } from '../../../core/ports/egress.ts';
import { write } from '../body.ts';
import type { Exchange } from '../exchange.ts';
import type { Patience } from '../patience.ts';
import type { GitService } from './git-route.ts';
import { spawnGit, type RunningGit } from './spawn-git.ts';

export interface ServiceOrder {
  readonly repository: GitRepository;
  readonly path: string;
  readonly service: GitService;
  /** 'refs' asks what is there, 'exchange' gives or takes. */
  readonly step: 'refs' | 'exchange';
  /** What the client said of the protocol's version. */
  readonly protocol: string | null;
  readonly pushBytes: number;
  readonly signal: AbortSignal;
}

/** Starts git's own server of one service: what is hidden is neither shown nor written, and what comes is checked. */
export function startService(order: ServiceOrder): RunningGit {
  const { repository, path, service, step, signal } = order;
  const how = step === 'refs' ? ['--stateless-rpc', '--advertise-refs'] : ['--stateless-rpc'];
  const strict = service === 'upload-pack' ? ['--strict'] : [];
  return spawnGit({
    path,
    gitDir: repository.gitDir,
    settings: [...shown(repository), ...(service === 'upload-pack' ? given : taken(order.pushBytes))],
    args: [service, ...strict, ...how, repository.gitDir],
    signal,
    writes: service === 'receive-pack',
    ...(speaksSecond(order) && { protocol: 'version=2' }),
  });
}

/** Pushes have no second version. */
export function speaksSecond({ service, protocol }: Pick<ServiceOrder, 'service' | 'protocol'>): boolean {
  return service === 'upload-pack' && protocol === 'version=2';
}

/** The last setting that fits a ref holds, and these come after those of the repository. */
function shown({ base, prefix }: GitRepository): readonly string[] {
  return ['refs', `!${base}`, `!${prefix.slice(0, -1)}`].map((ref) => `transfer.hideRefs=${ref}`);
}

const given = [
  'uploadpack.allowTipSHA1InWant=false',
  'uploadpack.allowReachableSHA1InWant=false',
  'uploadpack.allowAnySHA1InWant=false',
  'uploadpack.allowFilter=false',
  'uploadpack.allowRefInWant=false',
  'transfer.advertiseObjectInfo=false',
  'uploadpack.advertiseBundleURIs=false',
];

function taken(pushBytes: number): readonly string[] {
  return [
    'receive.fsckObjects=true',
    'transfer.fsckObjects=true',
    `receive.maxInputSize=${pushBytes}`,
    // Always by the one program, into one file.
    'receive.unpackLimit=1',
    'transfer.unpackLimit=1',
    'core.bigFileThreshold=16m',
    'receive.autogc=false',
    'receive.updateServerInfo=false',
    'receive.shallowUpdate=false',
    'receive.advertisePushOptions=false',
    'receive.denyDeletes=false',
    'receive.denyNonFastForwards=false',
  ];
}

/** How a service ended, and whether anything of it went out. */
export interface ServiceEnd {
  readonly begun: boolean;
  readonly code: number | null;
  readonly stderr: string;
}

interface Passing {
  readonly type: string;
  /** Goes out before all that git says. */
  readonly before: Buffer;
  readonly mostBytes: number;
  readonly patience: Patience;
}

/** Passes on what git says, as it comes. */
export async function passService(git: RunningGit, { request, response }: Exchange, passing: Passing): Promise<ServiceEnd> {
  const { type, before, mostBytes, patience } = passing;
  let bytes = 0;
  const begin = (): void => {
    if (response.headersSent || response.destroyed) return;
    if (!request.complete) response.setHeader('connection', 'close');
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache, max-age=0, must-revalidate' });
    if (before.length > 0) response.write(before);
  };
  for await (const piece of git.stdout as AsyncIterable<Buffer>) {
    begin();
    patience.renew();
    bytes += piece.length;
    if (bytes > mostBytes || !(await write(response, piece))) response.destroy();
  }
  const end = await git.ended;
  if (end.code === 0) begin();
  // What git begins it ends with a mark: a client sees for itself where that is missing.
  if (response.headersSent) response.end();
  return { ...end, begun: response.headersSent };
}
