import type { DeskOrder, OpenDesk, ReportDesk, ToolDesk } from '../../../core/ports/stations/report-desk.ts';
import { answerMessage, fault, invalidParams, type MethodAnswer } from './messages.ts';
import { openDesk, type Desk } from './desk.ts';
import { reportTool, toolName } from './tool.ts';
import { ToolCall, versionFor } from './protocol.ts';

export interface ReportDeskOptions {
  /** Version of the factory, for agents that show whom they talk to. */
  readonly version: string;
}

/**
 * The desk at which stations hand in their reports: a server of the Model Context Protocol with one tool, which keeps
 * nothing between two messages but the report. It does not know how messages come to it.
 *
 * @example
 * const desk = reportDesk({ version: '1.0.0' });
 * const { report, close } = desk.open({ job: 'bug/change', form: 'change', packet, told: console.log });
 * await desk.answer('bug/change', { jsonrpc: '2.0', id: 1, method: 'tools/list' });
 */
export function reportDesk({ version }: ReportDeskOptions): ReportDesk & ToolDesk {
  const desks = new Map<string, Desk>();
  return {
    open(order): OpenDesk {
      const desk = openDesk(order);
      desks.set(order.job, desk);
      const close = (): void => {
        // Another may be open for the job by now.
        if (desks.get(order.job) === desk) desks.delete(order.job);
      };
      return { report: desk.report, close };
    },
    answer: async (job, message) => answerMessage(message, (method, params) => answerMethod({ method, params, version }, desks.get(job))),
  };
}

interface Asked {
  readonly method: string;
  readonly params: unknown;
  readonly version: string;
}

function answerMethod({ method, params, version }: Asked, desk: Desk | undefined): MethodAnswer {
  switch (method) {
    case 'initialize':
      return { result: greeting(params, version) };
    case 'ping':
      return { result: {} };
    case 'tools/list':
      return desk === undefined ? closed : { result: { tools: [toolOf(desk.order)] } };
    case 'tools/call':
      return desk === undefined ? closed : call(desk, params);
    default:
      return fault(-32_601, 'There is no such method here: only tools/list and tools/call, with one tool.');
  }
}

const closed = fault(-32_000, 'Nothing is handed in here now: the stage of this workspace is over, or has not begun.');

function greeting(params: unknown, version: string): object {
  return {
    protocolVersion: versionFor(params),
    capabilities: { tools: { listChanged: false } },
    serverInfo: { name: 'jidoka', title: 'The report desk of the factory', version },
    instructions: `Hand in the result of your stage with the tool \`${toolName}\`, once, when you are done. Nothing else that you say is read.`,
  };
}

function toolOf({ form, packet }: DeskOrder): object {
  return reportTool(form, packet.noOpRules);
}

function call(desk: Desk, params: unknown): MethodAnswer {
  const parsed = ToolCall.safeParse(params);
  if (!parsed.success) return invalidParams('A call has the name of a tool and its arguments.');
  if (parsed.data.name !== toolName) return invalidParams(`There is one tool here, \`${toolName}\`.`);
  const { isError, text } = desk.take(parsed.data.arguments);
  return { result: { content: [{ type: 'text', text }], isError } };
}
