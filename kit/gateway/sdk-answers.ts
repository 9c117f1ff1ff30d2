/** The answer of `answers.ts` as a package of the AI SDK gives it: what it says, and the signature beside its thought. */
interface Said {
  readonly thought: string;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: object }[];
}

const usage = {
  inputTokens: { total: 150, noCache: 100, cacheRead: 40, cacheWrite: 10 },
  outputTokens: { total: 30, text: 22, reasoning: 8 },
};
const finish = { finishReason: { unified: 'tool-calls', raw: 'tool_use' }, usage };

/** Part by part, as `doStream` gives them. */
export function sdkStream({ thought, text, calls }: Said, signature: string): readonly string[] {
  const halves = (whole: string): readonly string[] => [whole.slice(0, 7), whole.slice(7)];
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id: 'up', modelId: 'upstream-model' },
    { type: 'reasoning-start', id: '0' },
    ...halves(thought).map((delta) => ({ type: 'reasoning-delta', id: '0', delta })),
    { type: 'reasoning-delta', id: '0', delta: '', providerMetadata: { bedrock: { signature } } },
    { type: 'reasoning-end', id: '0' },
    { type: 'text-start', id: '1' },
    ...halves(text).map((delta) => ({ type: 'text-delta', id: '1', delta })),
    { type: 'text-end', id: '1' },
    ...calls.flatMap(({ id, name, input }) => [
      { type: 'tool-input-start', id, toolName: name },
      ...halves(JSON.stringify(input)).map((delta) => ({ type: 'tool-input-delta', id, delta })),
      { type: 'tool-input-end', id },
      { type: 'tool-call', toolCallId: id, toolName: name, input: JSON.stringify(input) },
    ]),
    { type: 'finish', ...finish },
  ].map(sdkPart);
}

/** In one piece, as `doGenerate` gives it. */
export function sdkResult({ thought, text, calls }: Said, signature: string): object {
  return {
    content: [
      { type: 'reasoning', text: thought, providerMetadata: { bedrock: { signature } } },
      { type: 'text', text },
      ...calls.map(({ id, name, input }) => ({ type: 'tool-call', toolCallId: id, toolName: name, input: JSON.stringify(input) })),
    ],
    ...finish,
    warnings: [],
  };
}

/** A part, as the lane is given it. */
export function sdkPart(part: object): string {
  return `data: ${JSON.stringify(part)}\n\n`;
}
