import { isAbsolute, posix } from 'node:path';
import { type ModelCall, saidTo } from '../call.ts';

/** Ways in which agents tell the model where they work. */
const sayings = [
  /<cwd>([^<\n]+)<\/cwd>/,
  /[Ww]orking (?:in the )?[Dd]irector(?:y|ies)[:*\s]*?(?:\n\s*-\s*|[:*]+\s*|\s+is\s+)[`"']?(\/[^\n`"'<]*)/,
  /\bcwd[:=]\s*[`"']?(\/[^\n`"'<]*)/i,
];

/** The folder that an agent says it works in; null where it does not. */
export function workingFolder(call: ModelCall): string | null {
  const said = saidTo(call);
  for (const saying of sayings) {
    const folder = saying.exec(said)?.[1]?.trim();
    if (folder !== undefined && folder !== '') return folder;
  }
  return null;
}

/** A path of a scenario as the agent's own file tools want it: absolute where the folder is known. */
export function placed(file: string, cwd: string | null): string {
  return isAbsolute(file) || cwd === null ? file : posix.join(cwd, file);
}
