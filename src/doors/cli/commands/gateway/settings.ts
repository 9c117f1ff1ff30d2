import type { OptionRecord } from '../../command.ts';

/** The file of the owner, never one of a repository that is worked on: it says where keys are sent. */
export const configOption: OptionRecord = {
  flags: '--config <file>',
  description: 'your factory file, whose part "gateway:" names providers, models and slots',
  required: true,
};
