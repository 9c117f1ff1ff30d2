import type { Json } from '../../../core/base/json.ts';
import type { Route } from './route.ts';

/** The models that can be asked for, in a form that clients of either API understand; or one of them. */
export function modelList({ form, model }: Extract<Route, { kind: 'models' }>, models: readonly string[]): Json {
  if (form === 'gemini') return model === null ? { models: models.map(geminiModel) } : geminiModel(model);
  if (model !== null) return listed(model);
  return {
    object: 'list',
    data: models.map(listed),
    has_more: false,
    first_id: models[0] ?? null,
    last_id: models.at(-1) ?? null,
  };
}

function listed(id: string): Json {
  return {
    id,
    type: 'model',
    object: 'model',
    display_name: id,
    created: 1_767_225_600,
    created_at: '2026-01-01T00:00:00Z',
    owned_by: 'jidoka',
  };
}

function geminiModel(id: string): Json {
  return {
    name: `models/${id}`,
    version: 'twin',
    displayName: id,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  };
}
