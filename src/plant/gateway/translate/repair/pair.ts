import type { Call, Part, Result, Turn } from '../conversation/conversation.ts';
import type { Remarks } from '../conversation/remarks.ts';

/**
 * Puts the results of each turn's calls right behind it, in the order of the calls. Ids that a server gave twice become
 * two. A call that was broken off has the result that it was; a result of no call is refused, as every API would.
 */
export function paired(turns: readonly Turn[], remarks: Remarks): readonly Turn[] {
  const results = resultsIn(turns);
  const used = new Map<string, number>();
  const out: Turn[] = [];
  for (const { role, parts } of turns) {
    if (role !== 'assistant') {
      out.push({ role, parts: parts.filter(({ kind }) => kind !== 'result') });
      continue;
    }
    const answers: Result[] = [];
    const said = parts.map((part): Part => {
      if (part.kind !== 'call') return part;
      const id = uniqueId(part, used);
      answers.push({ ...(results.get(part.id)?.shift() ?? brokenOff(part, remarks)), id });
      return { ...part, id };
    });
    out.push({ role, parts: said }, { role: 'user', parts: answers });
  }
  const orphan = [...results.values()].flat()[0];
  if (orphan !== undefined) remarks.refuse(`The result ${orphan.id} belongs to no call of this conversation.`);
  return out;
}

function resultsIn(turns: readonly Turn[]): ReadonlyMap<string, Result[]> {
  const results = new Map<string, Result[]>();
  for (const part of turns.flatMap(({ parts }) => parts)) {
    if (part.kind !== 'result') continue;
    const same = results.get(part.id);
    if (same === undefined) results.set(part.id, [part]);
    else same.push(part);
  }
  return results;
}

function uniqueId({ id }: Call, used: Map<string, number>): string {
  const times = (used.get(id) ?? 0) + 1;
  used.set(id, times);
  return times === 1 ? id : `${id}_${times}`;
}

function brokenOff({ id, name }: Call, remarks: Remarks): Result {
  remarks.leaveOut(`nothing: the call ${id} of ${name} has no result, and got one that says so`);
  return { kind: 'result', id, content: [{ kind: 'text', text: 'The call was broken off: there is no result.' }], isError: true };
}
