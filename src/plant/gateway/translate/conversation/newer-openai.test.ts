import { describe, expect, it } from 'vitest';
import { isNewerOpenAi } from './newer-openai.ts';

describe('a model of OpenAI’s newer kind', () => {
  it.each([
    'gpt-5',
    'gpt-5-mini-2025-08-07',
    'gpt-5.1-codex',
    'openai/gpt-5',
    'router/openai/gpt-5-nano',
    'GPT-6',
    'gpt-10',
    'o1',
    'o3-mini',
    'o4-mini',
    'openai/o3',
    'o1:free',
  ])('is told by its name: %s', (model) => expect(isNewerOpenAi(model)).toBe(true));

  it.each([
    'gpt-4o',
    'gpt-4.1',
    'gpt-35-turbo',
    'gpt-3.5-turbo',
    'gpt-oss-120b',
    'chatgpt-5',
    'qwen3-coder',
    'o',
    'o1x',
    'olmo-2',
    'o0',
    'my-gpt-5',
  ])('is not taken for one by another name: %s', (model) => expect(isNewerOpenAi(model)).toBe(false));
});
