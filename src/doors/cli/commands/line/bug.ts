import { JidokaError } from '../../../../core/base/error.ts';
import type { Call } from '../../command.ts';
import { readTicketText } from './ticket-text.ts';
import type { LineCommand } from './request.ts';

/** `jidoka run bug`: mends what a ticket reports. */
export const bug: LineCommand = {
  name: 'bug',
  summary: 'mend what a ticket reports, with tests that show it',
  options: [
    { flags: '--ticket <where>', description: 'file or URL of the ticket, or - for what is piped in', required: true },
    { flags: '--key <key>', description: 'names the ticket among those of its repository; without it, made of its words' },
  ],
  needsLineFile: false,
  examples: ['--ticket bug.md', '--ticket https://tracker.example/42.md --key ACME-42', "--ticket - --station 'command:node agent.mjs'"],
  ask: async (call) => {
    const source = sourceOf(call);
    return {
      line: 'bug',
      subject: { kind: 'ticket', key: call.text('key'), source, text: await readTicketText(source, call.world) },
      to: null,
    };
  },
};

function sourceOf(call: Call): string {
  const source = (call.text('ticket') ?? '').trim();
  if (source !== '') return source;
  throw new JidokaError('usage', '--ticket is empty.', { mend: 'Name the file or the URL of the ticket: --ticket bug.md.' });
}
