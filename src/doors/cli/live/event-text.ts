import type { EventBody } from '../../../core/evidence/event.ts';
import { refusedWords } from '../../../core/evidence/model-count.ts';

type Texts = { readonly [Type in EventBody['type']]: (body: Extract<EventBody, { readonly type: Type }>) => string };

/** Says in one line what an event says; `--json` has all of it. */
export function eventText(body: EventBody): string {
  // The table has for each type what takes just that type, which the index cannot express.
  const tell = texts[body.type] as (body: EventBody) => string;
  return 'stage' in body ? `${stageText(body)}: ${tell(body)}` : tell(body);
}

function stageText(body: Extract<EventBody, { readonly stage: string }>): string {
  const attempt = 'attempt' in body ? (body.attempt ?? 1) : 1;
  return attempt > 1 ? `${body.stage} (attempt ${attempt})` : body.stage;
}

const texts: Texts = {
  'run.started': ({ line, attempt, parent }) =>
    `line ${line.name}${attempt > 1 ? `, attempt ${attempt}` : ''}${parent === undefined ? '' : `, part of ${parent}`}`,
  'packet.sealed': ({ digest }) => digest.slice(0, 12),
  'route.decided': ({ route: { slot, plan, because } }) =>
    plan === null ? `no plan fits slot ${slot}: a person decides` : `slot ${slot} is ${plan.join(', then ')} (${because})`,
  'stage.started': ({ where }) => `on ${where.host}, process ${where.pid}`,
  'stage.retried': ({ message, delayMs }) => `${message} Tried again after ${delayMs / 1000} s.`,
  'step.reclaimed': ({ step, executor, times }) =>
    `${step} taken over from ${executor}, which died${times > 1 ? `, ${times} times by now` : ''}`,
  'station.started': ({ station }) => `station ${station}`,
  'station.noted': ({ station }) => `station ${station} may be gone on with`,
  'station.resumed': ({ station, how, why }) => (how === 'begun-anew' ? `${station} is begun anew: ${why}` : `${station} goes on: ${how}`),
  'station.handed-over': ({ from, to, why }) => `${from} hands over to ${to}. ${why}`,
  'workspace.opened': ({ ref, base }) => `${ref.name} on ${ref.floor} of ${ref.host}${base === null ? '' : `, base ${base.slice(0, 12)}`}`,
  'workspace.used': ({ cpuMs, diskBytes }) =>
    [...(cpuMs === null ? [] : [`${cpuMs} ms of CPU`]), ...(diskBytes === null ? [] : [`${diskBytes} bytes of disk`])].join(', '),
  'environment.read': ({ source, setup }) => `${source ?? 'nothing said'}${setup.length === 0 ? '' : `: ${setup.join('; ')}`}`,
  'egress.refused': ({ request, why }) => `${request}: ${why}`,
  'rework.ordered': ({ from, to, objection }) => `${from} sends the work back to ${to}. ${objection}`,
  'stage.forgone': ({ why }) => why,
  'gate.opened': ({ gate, question, roles }) => `${question} (gate ${gate}, for ${roles.join(' or ')})`,
  'gate.answered': ({ choice, by, note }) => `${choice} by ${by}${note === '' ? '' : `. ${note}`}`,
  'gate.expired': ({ gate }) => `nobody answered gate ${gate}`,
  'children.started': ({ runs }) => runs.join(', '),
  'child.ended': ({ run, verdict }) => `${run} ${verdict}`,
  'run.cancelled': ({ by, why }) => `by ${by}${why === '' ? '' : `. ${why}`}`,
  'effect.intended': ({ kind, target }) => `${kind} ${target}`,
  'effect.done': ({ effect, how }) => `${effect} ${how}`,
  'factory.paused': ({ scope, why, by }) => `${scope} by ${by}. ${why}`,
  'factory.unpaused': ({ scope, by }) => `${scope} by ${by}`,
  'factory.limited': ({ key, by }) => `${key} by ${by}`,
  'factory.reviewed': ({ review, by }) => `${review} by ${by}`,
  'factory.scheduled': ({ schedule, by }) => `${schedule} by ${by}`,
  'factory.unscheduled': ({ schedule, by }) => `${schedule} by ${by}`,
  'factory.fired': ({ schedule, due, request }) => `${schedule}, due ${due}, as ${request}`,
  'station.login': ({ agent, allowed, by }) => `${by} ${allowed ? 'lets stations use' : 'keeps stations from'} the login of ${agent}`,
  'station.added': ({ agent, version, by }) => `${agent} ${version} by ${by}`,
  'station.removed': ({ agent, version, by }) => `${agent} ${version} by ${by}`,
  'station.seen': ({ agent, version, was, from }) =>
    `${agent} ${version} ${from === 'factory' ? 'in the factory' : 'on PATH'}${was === null ? '' : `, was ${was}`}`,
  'request.taken': ({ request, runs }) => `${request} as ${runs.join(', ')}`,
  'request.refused': ({ request, message, mend }) => `${request}. ${message} ${mend}`,
  'plan.made': ({ steps }) => steps.join('; '),
  observed: ({ summary }) => summary,
  'repetition.counted': ({ runs, failures }) => `${runs} runs so far, with ${failures} failures`,
  'claim.made': ({ claim }) => `${claim.station} says ${claim.says}. ${claim.summary}`,
  'change.harvested': ({ files }) => files.map(({ path, added, removed }) => `${path} +${added} -${removed}`).join(', '),
  'fact.found': ({ fact }) => `${fact.check} ${fact.outcome}. ${fact.summary}`,
  'stage.completed': ({ summary }) => summary,
  'models.counted': ({ counts }) =>
    `${counts.reduce((sum, { calls }) => sum + calls, 0)} calls of ${[...new Set(counts.map(({ model }) => model))].join(', ')}`,
  'models.refused': (refused) => `${refused.station}. ${refusedWords(refused)}`,
  'verdict.decided': ({ verdict, reason }) => `${verdict}. ${reason.message}`,
  'evidence.sealed': ({ bundle }) => `bundle ${bundle.slice(0, 12)}`,
  delivered: ({ delivery }) => [delivery.branch, delivery.evidenceRef, delivery.withheld].filter((part) => part !== null).join(', '),
  'run.ended': ({ verdict }) => verdict,
  'outcome.judged': ({ right, why, by }) => `${right ? 'right' : 'wrong'}, says ${by}${why === '' ? '' : `. ${why}`}`,
};
