import { expect, test } from 'vitest';
import type { AgentOrder } from '../harness/harness.ts';
import { configuredAgent, readAgentWords } from './configured.ts';

const order: AgentOrder = {
  program: '/agents/parrot',
  version: '1',
  root: '/w/tree',
  home: '/w/scratch/agent',
  reach: { anthropic: 'http://a', openai: 'http://a/v1', gemini: 'http://a', key: 'k', report: 'http://a/report' },
  model: null,
  tools: 'all',
  instructions: '',
};

test('words before the program are its environment and the files of its home, filled in for the workspace', () => {
  const words = [
    'PARROT_URL={openai}',
    'PARROT_HOME={home}/p',
    'EMPTY=',
    'DESK={report}',
    '~/.parrot/settings.json={"model":"{model}","other":"{other}"}',
    'parrot',
    '--acp',
    'A={home}',
  ];
  const { program, ...configuration } = readAgentWords(words);
  expect(program).toBe('parrot');
  const agent = configuredAgent(configuration);
  expect(agent.start(order).argv).toEqual(['/agents/parrot', '--acp', 'A=/w/scratch/agent']);
  expect(agent.start(order).env).toMatchObject({
    HOME: order.home,
    PARROT_URL: 'http://a/v1',
    PARROT_HOME: '/w/scratch/agent/p',
    EMPTY: '',
    DESK: 'http://a/report',
    ANTHROPIC_BASE_URL: 'http://a',
    ANTHROPIC_API_KEY: 'k',
  });
  expect(agent.files(order)).toEqual([{ path: '.parrot/settings.json', text: '{"model":"default","other":"{other}"}' }]);
  expect(agent.files({ ...order, model: 'twin' })[0]?.text).toContain('"model":"twin"');
});

test('what an owner gives counts more than what is usual', () => {
  expect(configuredAgent(readAgentWords(['OPENAI_BASE_URL=http://b', 'x'])).start(order).env['OPENAI_BASE_URL']).toBe('http://b');
});

test.each(['~/../x=1', '~/a/../../x=1', '~//x=1', '~/=1', '/etc/x=1', '1A=b'])('%s is no file of a home and no variable', (word) => {
  expect(readAgentWords([word, 'parrot'])).toMatchObject({ program: word, args: ['parrot'], files: {} });
});
