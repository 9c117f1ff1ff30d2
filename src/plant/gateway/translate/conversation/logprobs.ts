import type { Remarks } from './remarks.ts';

/** Refuses a request for the chances of tokens: no translated answer has them, and who asks for them reads them. */
export function refuseLogprobs(member: string, remarks: Remarks): void {
  remarks.refuse(`${member}: the chances of tokens cannot be had of another API; ask for an answer without them.`);
}
