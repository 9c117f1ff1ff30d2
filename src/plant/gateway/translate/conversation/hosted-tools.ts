import type { Remarks } from './remarks.ts';

/** Tools that a provider runs by itself and that an agent can do without. */
const dispensable =
  /^(web_search|web_fetch|tool_search_tool|image_generation|google_?search|url_?context|google_?maps|enterprise_?web_?search)/i;

/**
 * Judges tools that run at the caller's provider, which another one does not have. A search beside other tools is left
 * out; a request that is about nothing else, or a tool that the work depends on, is refused.
 */
export function offeredWithout(
  hosted: readonly string[],
  others: { readonly left: number; readonly demanded: boolean },
  remarks: Remarks,
): void {
  for (const type of hosted) {
    const canGo = dispensable.test(type) && others.left > 0 && !others.demanded;
    if (canGo) remarks.leaveOut(`the tool ${type}`);
    else
      remarks.refuse(
        `The tool ${type} runs at its own provider, and the model that is to answer has none like it: take it out, or choose a model of that provider.`,
      );
  }
}
