import { z } from 'zod';

/** What comes of a method: its result, or a fault of JSON-RPC. */
export type MethodAnswer = { readonly result: object } | { readonly error: { readonly code: number; readonly message: string } };

type Id = string | number | null;

const mostInBatch = 50;
/** A report has five levels below its call. */
const deepest = 32;

const Request = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string().max(1_000), z.number()]),
  method: z.string(),
  params: z.unknown().optional(),
});
const Notification = z.object({ jsonrpc: z.literal('2.0'), id: z.undefined().optional(), method: z.string() });
/** The answer to what was never asked. */
const Answer = z.looseObject({ jsonrpc: z.literal('2.0'), id: z.union([z.string(), z.number()]), method: z.undefined().optional() });

/** Answers a message of JSON-RPC 2.0, or a batch of them; null where there is nothing to answer. */
export function answerMessage(message: unknown, perform: (method: string, params: unknown) => MethodAnswer): unknown {
  if (isDeeperThan(deepest, message)) return answerTo(null, fault(-32_600, `This is nested deeper than ${deepest} levels.`));
  if (!Array.isArray(message)) return answerOne(message, perform);
  if (message.length === 0 || message.length > mostInBatch) {
    return answerTo(null, fault(-32_600, `A batch has 1 to ${mostInBatch} messages.`));
  }
  const answers = message.map((one) => answerOne(one, perform)).filter((answer) => answer !== null);
  return answers.length === 0 ? null : answers;
}

/** A fault as JSON-RPC tells it. */
export function fault(code: number, message: string): MethodAnswer {
  return { error: { code, message } };
}

export function invalidParams(message: string): MethodAnswer {
  return fault(-32_602, message);
}

function answerOne(message: unknown, perform: (method: string, params: unknown) => MethodAnswer): object | null {
  const request = Request.safeParse(message);
  if (request.success) return answerTo(request.data.id, perform(request.data.method, request.data.params));
  if (Notification.safeParse(message).success) return null;
  const answer = Answer.safeParse(message);
  if (answer.success && ('result' in answer.data || 'error' in answer.data)) return null;
  return answerTo(null, fault(-32_600, 'This is no message of JSON-RPC 2.0.'));
}

function answerTo(id: Id, answer: MethodAnswer): object {
  return { jsonrpc: '2.0', id, ...answer };
}

/** Level by level, so that no depth exhausts the stack. */
function isDeeperThan(most: number, value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
