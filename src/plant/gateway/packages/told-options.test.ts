import { expect, it } from 'vitest';
import { secretValue, toldOptions } from './told-options.ts';

it('tells options by their names, and by a dot what is within one', () => {
  const told = { region: 'eu', 'auth.credentials': { key: 'k' }, 'auth.scopes.first': 's', retries: 2 };
  expect(toldOptions(told)).toEqual({ region: 'eu', auth: { credentials: { key: 'k' }, scopes: { first: 's' } }, retries: 2 });
});

it('takes a secret that is JSON for what it says, and knows what of it nobody may see', () => {
  const login = { client_email: 'robot@ours.example', private_key: 'a-private-key', deep: { access_token: 'an-access-token' } };
  expect(secretValue(JSON.stringify(login))).toEqual({ value: login, secrets: ['a-private-key', 'an-access-token'] });
  expect(secretValue('a-plain-key')).toEqual({ value: 'a-plain-key', secrets: ['a-plain-key'] });
  expect(secretValue('{ half')).toBeNull();
});
