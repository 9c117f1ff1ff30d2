import type { Remarks } from './remarks.ts';

/** Tools of a provider that an agent can do without. */
const dispensable =
  /^(web_search|web_fetch|tool_search_tool|image_generation|google_?search|url_?context|google_?maps|enterprise_?web_?search)/i;

/**
 * Judges tools that the caller's provider defines, whether it runs them or its models only know them by their names: another one
 * has none like them. A search beside other tools is left out; a request that is about nothing else, or a tool that the work
 * depends on, is refused.
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
        `The tool ${type} is defined by its own provider, and the model that is to answer knows none like it: take it out, or choose a model of that provider.`,
      );
  }
}
