import type { AgentDeed, AgentScript } from '../../../kit/agent/index.ts';
import { partWords } from '../ticket-line.ts';

type Step = Readonly<Record<string, unknown>>;

/** What a model has to answer so that an agent does a deed; `files` are those that are there already. */
export function stepsOf(deed: AgentDeed, files: Readonly<Record<string, string>>): readonly Step[] {
  const writes = Object.entries(deed.files ?? {}).flatMap(([path, text]): readonly Step[] => {
    if (text === null) return [{ run: `rm -rf -- '${path}'` }];
    if (files[path] === text) return [];
    // Some insist on having read what they write over.
    return [...(path in files ? [{ read: path }] : []), { write: { file: path, text } }];
  });
  const runs = (deed.shell ?? []).map((run): Step => ({ run }));
  return [...writes, ...runs, ...(deed.report === undefined ? [] : [{ report: deed.report }]), { say: 'Done.', times: 6 }];
}

/** A model that does only the change, by these steps. */
export function changeBy(steps: readonly Step[], faults: readonly object[] = []): object {
  return { scripts: [{ name: 'change', when: { says: partWords.change }, steps }], faults };
}

/** A model that does the change by these steps in its first conversation, and by others in any that is begun after it. */
export function onceThen(first: readonly Step[], later: readonly Step[]): object {
  const when = { says: partWords.change };
  return {
    scripts: [
      { name: 'change', when, once: true, steps: first },
      { name: 'anew', when, steps: later },
    ],
  };
}

/** A model that does every part as the script of an agent says, or by steps of its own. */
export function everyPartBy(
  script: AgentScript,
  files: Readonly<Record<string, string>>,
  own: Readonly<Partial<Record<string, readonly Step[]>>> = {},
): object {
  const scripts = Object.entries(partWords).map(([form, says]) => ({
    name: form,
    when: { says },
    steps: own[form] ?? stepsOf(script[form]?.[0] ?? {}, files),
  }));
  return { scripts };
}

/** A deed without what it hands in. */
export function silent({ files = {} }: AgentDeed): AgentDeed {
  return { files };
}
