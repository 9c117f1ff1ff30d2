import { assertNever } from '../../base/assert-never.ts';
import type { Outcome, Said } from './outcome.ts';

export type FailureClass =
  | 'rate'
  | 'overloaded'
  | 'server'
  | 'timeout'
  | 'conflict'
  | 'connection'
  | 'garbled'
  | 'cut'
  | 'gone'
  | 'unfit'
  | 'overflow'
  | 'thinking'
  | 'marks'
  | 'request'
  | 'broken-off'
  | 'left';

/** A change of the request that makes an upstream take what it refused. */
export type Repair = 'strip-thinking' | 'trim-cache-marks';

export interface FailureRule {
  /** What is tried first: `here` the same upstream, `elsewhere` another one, `larger` a model with a larger window, `repaired` the same with a repair. */
  readonly first: 'here' | 'elsewhere' | 'larger' | 'repaired' | 'nothing';
  /** Whether the upstream may be tried a second time for the same request. */
  readonly again: boolean;
  /** What is taken down of it: that it failed, that it wants rest, that its provider or only this model at it is cut off. */
  readonly mark: 'failed' | 'rests' | 'provider-cut' | 'model-cut' | null;
  readonly repair?: Repair;
  /** What the caller is told where nothing is left, and whether it should ask again. */
  readonly status: number;
  readonly retryable: boolean;
  readonly says: string;
}

/** What follows from each class of failure: the whole of failover is in this table and in the order of `nextTry`. */
export const failureRules: Readonly<Record<FailureClass, FailureRule>> = {
  rate: { first: 'here', again: true, mark: 'rests', status: 429, retryable: true, says: 'takes no more requests for now' },
  overloaded: { first: 'elsewhere', again: true, mark: 'failed', status: 503, retryable: true, says: 'is overloaded' },
  server: { first: 'elsewhere', again: true, mark: 'failed', status: 503, retryable: true, says: 'failed' },
  timeout: { first: 'elsewhere', again: true, mark: 'failed', status: 503, retryable: true, says: 'did not answer in time' },
  conflict: { first: 'here', again: true, mark: null, status: 503, retryable: true, says: 'was in conflict with itself' },
  connection: { first: 'elsewhere', again: true, mark: 'failed', status: 503, retryable: true, says: 'cannot be reached' },
  garbled: { first: 'elsewhere', again: true, mark: 'failed', status: 503, retryable: true, says: 'answered with what is no answer' },
  cut: { first: 'elsewhere', again: false, mark: 'provider-cut', status: 403, retryable: false, says: 'has cut us off' },
  gone: { first: 'elsewhere', again: false, mark: 'model-cut', status: 404, retryable: false, says: 'does not have the model' },
  unfit: { first: 'elsewhere', again: false, mark: null, status: 400, retryable: false, says: 'cannot serve a request like this one' },
  overflow: { first: 'larger', again: false, mark: null, status: 400, retryable: false, says: 'finds the prompt too long' },
  thinking: {
    first: 'repaired',
    again: true,
    mark: null,
    repair: 'strip-thinking',
    status: 400,
    retryable: false,
    says: 'does not take the thinking of the history',
  },
  marks: {
    first: 'repaired',
    again: true,
    mark: null,
    repair: 'trim-cache-marks',
    status: 400,
    retryable: false,
    says: 'finds too many cache marks',
  },
  request: { first: 'nothing', again: false, mark: null, status: 400, retryable: false, says: 'finds the request wrong' },
  'broken-off': {
    first: 'nothing',
    again: false,
    mark: 'failed',
    status: 503,
    retryable: true,
    says: 'broke off in the middle of its answer',
  },
  left: { first: 'nothing', again: false, mark: null, status: 499, retryable: false, says: 'was still at it when the caller left' },
};

/** The class of what became of a try; null where it went well. */
export function classify(outcome: Outcome): FailureClass | null {
  switch (outcome.kind) {
    case 'content':
      return null;
    case 'refused':
      return (outcome.said === null ? null : bySaid[outcome.said]) ?? byStatus(outcome.status);
    case 'unreachable':
      return 'connection';
    case 'silent':
      return 'timeout';
    case 'garbled':
    case 'broken-off':
    case 'left':
      return outcome.kind;
    default:
      return assertNever(outcome);
  }
}

/** What is said goes before the status: an error within a 200 has none, and providers differ in theirs. */
const bySaid: Readonly<Record<Said, FailureClass>> = {
  overloaded: 'overloaded',
  'rate-limited': 'rate',
  quota: 'cut',
  account: 'cut',
  'context-overflow': 'overflow',
  'foreign-thinking': 'thinking',
  'cache-marks': 'marks',
  'unknown-model': 'gone',
  missing: 'request',
  flagged: 'request',
  unfit: 'unfit',
};

/** What is refused without a word that says more. */
const statuses: Readonly<Record<number, FailureClass>> = {
  401: 'cut',
  402: 'cut',
  403: 'cut',
  404: 'gone',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  413: 'unfit',
  429: 'rate',
  451: 'cut',
  503: 'overloaded',
  504: 'timeout',
  529: 'overloaded',
};

function byStatus(status: number): FailureClass {
  const known = statuses[status];
  if (known !== undefined) return known;
  if (status >= 500) return 'server';
  return status >= 400 ? 'request' : 'garbled';
}
