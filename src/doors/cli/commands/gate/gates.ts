import { type CommandRecord, jsonOption } from '../../command.ts';
import { sameFactoryCommand } from '../../self-command.ts';
import { withFactory } from '../../with-factory.ts';
import { gatesText, gateText } from './gate-text.ts';

/** `jidoka gates`: what waits for a person's decision, or one gate with all that it is about. */
export const gates: CommandRecord = {
  path: ['gates'],
  summary: 'list the open gates, or show one',
  arguments: [{ syntax: '[gate]', description: 'id of a gate, or the beginning of it' }],
  options: [jsonOption],
  examples: ['gates', 'gates deps-ms-2.1.3-1f0c9a2b/review/1'],
  run: async (call) => {
    const [id] = call.arguments;
    const self = sameFactoryCommand(call);
    if (id !== undefined) {
      const gate = await withFactory(call, (factory) => factory.gates.show(id));
      return { exitCode: 0, document: gate, text: (page) => gateText(gate, self, page) };
    }
    const { open, results } = await withFactory(call, async ({ gates: desk, operations }) => {
      const [standing, reviews] = await Promise.all([desk.open(), operations.reviews()]);
      return { open: standing, results: reviews.filter((review) => review.id === review.run).length };
    });
    return { exitCode: 0, document: { gates: open }, text: (page) => gatesText({ gates: open, results }, self, page) };
  },
};
