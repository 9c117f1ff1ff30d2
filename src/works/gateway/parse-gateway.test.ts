import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJidokaError } from '../../core/base/error.ts';
import { parseGateway } from './index.ts';

const example = `# what the owner says
environment: { setup: [npm ci] }
gateway:
  providers:
    vendor-a: { protocols: [messages], base: "https://api.example.com", key: env:A_KEY, vendor: a, region: us }
    house: { protocols: [messages, chat], base: "http://10.0.0.5:8000/v1", vendor: self, region: own, limits: { concurrent: 8 } }
    cloud: { package: "@scope/cloud", key: "file:/run/secrets/cloud", options: { region: eu, auth.retries: 2 }, vendor: b, region: eu }
  models:
    strong:
      upstreams: [vendor-a/big-4.5, { at: cloud/eu.big, price: { asOf: 2026-11-20, input: 5.5, output: 27.5 } }]
      price: { asOf: 2026-11-20, input: 5, output: 25, cacheRead: 0.5, cacheWrite5m: 6.25, cacheWrite1h: 10 }
      window: 200000
      output: 64000
      capabilities: [tools, images, thinking]
      weights: closed
    cheap:
      upstreams: [house/qwen/qwen3-coder]
      price: { asOf: 2026-11-20, input: 0, output: 0 }
      window: 128000
      output: 32000
      capabilities: [tools]
      weights: open
  slots: { coder: careful, reviewer: strong, cheap-turns: cheap, default: coder }
  plans: { careful: [cheap, strong] }
  budgets:
    - { of: organisation, per: day, usd: { soft: 150, hard: 200 } }
    - { of: run, usd: 3, calls: 400 }
  lines:
    deps: { mustSurvive: [provider, region], quality: 0.7, wrongCap: 0.03, valueUsd: 10 }
`;

function faultOf(text: string): string {
  try {
    parseGateway(text, 'factory.yaml');
  } catch (error) {
    if (error instanceof Error && 'mend' in error) return `${error.message} | ${String(error.mend)}`;
    throw error;
  }
  return 'read';
}

it('takes slots by the names that vendors have for models, and says of a name that cannot be one what names are', () => {
  const slots = (name: string) => example.replace('cheap-turns: cheap', `"${name}": cheap`);
  for (const name of ['qwen/qwen3-coder:free', 'Claude-3', 'claude-sonnet-4@20250514'])
    expect(parseGateway(slots(name), 'factory.yaml')?.slots[name]).toBe('cheap');
  expect(faultOf(slots('a,b'))).toContain('"a,b" cannot stand here: a slot is letters and digits');
  expect(faultOf(example.replace('    strong:', '    Strong:'))).toContain('"Strong" cannot stand here: a name is lower-case letters');
});

it('reads what an owner wrote', () => {
  const gateway = parseGateway(example, 'factory.yaml');
  expect(gateway?.slots).toEqual({ coder: 'careful', reviewer: 'strong', 'cheap-turns': 'cheap', default: 'coder' });
  expect(gateway?.models['strong']?.upstreams).toHaveLength(2);
});

it('takes "auto" for a slot that is filled run by run, and as what a role asks for', () => {
  const text = example
    .replace('reviewer: strong', 'reviewer: auto')
    .replace('  budgets:', '  roles: { coder: auto, default: reviewer }\n  budgets:');
  expect(parseGateway(text, 'factory.yaml')).toMatchObject({ slots: { reviewer: 'auto' }, roles: { coder: 'auto', default: 'reviewer' } });
});

it.each(['', '# nothing\n', 'environment: { setup: [] }\n'])('has nothing to read in %j', (text) => {
  expect(parseGateway(text, 'factory.yaml')).toBeNull();
});

describe('refuses, with the place and the mend', () => {
  it.each<[string, string, string, string]>([
    ['no YAML', 'environment:', '{ environment', 'factory.yaml:2:15: This is not YAML'],
    ['a part that is misspelt itself', 'gateway:', 'gatway:', '3:1: Unknown key "gatway". | Did you mean "gateway"?'],
    ['a misspelt part', 'providers:', 'provider:', '4:3: Unknown key "provider". | Did you mean "providers"?'],
    ['a misspelt key of a model', 'window: 200000', 'windw: 200000', '12:7: Unknown key "windw". | Did you mean "window"?'],
    [
      'a number without end',
      'window: 200000',
      'window: 1e400',
      '"gateway.models.strong.window" is Infinity, which is no number that can be counted with. | Write a finite number here.',
    ],
    [
      'a key of a line as others spell it',
      'mustSurvive',
      'must_survive',
      '29:13: Unknown key "must_survive". | Did you mean "mustSurvive"?',
    ],
    [
      'a protocol that nobody speaks',
      '[messages]',
      '[mesages]',
      '"gateway.providers.vendor-a.protocols[0]" cannot be "mesages". | Did you mean "messages"?',
    ],
    [
      'a price that is missing',
      '      price: { asOf: 2026-11-20, input: 0, output: 0 }\n',
      '',
      '"price" is missing from "gateway.models.cheap". | Add "price:" here',
    ],
    [
      'a price that is neither a list nor unpriced',
      'price: { asOf: 2026-11-20, input: 0, output: 0 }',
      'price: free',
      '"gateway.models.cheap.price" cannot be "free". | Known here: unpriced, { asOf: …, input: …, output: … }.',
    ],
    ['a price without its day', 'asOf: 2026-11-20, input: 0', 'input: 0', '"asOf" is missing from "gateway.models.cheap.price".'],
    [
      'a day that is in no calendar',
      'asOf: 2026-11-20, input: 0',
      'asOf: 2026-13-45, input: 0',
      '"gateway.models.cheap.price.asOf" is not right: Invalid ISO date. | A date is a day of the calendar, YYYY-MM-DD, as in 2026-11-20.',
    ],
    ['an unknown provider', '[house/', '[hose/', '17:19: Model "cheap" is at "hose", which is no provider. | Did you mean "house"?'],
    [
      'an unknown model in a plan',
      '[cheap, strong]',
      '[cheap, strng]',
      '24:29: Plan "careful" tries "strng", which is no model. | Did you mean "strong"?',
    ],
    ['a model twice in a plan', '[cheap, strong]', '[cheap, cheap]', 'Plan "careful" tries "cheap" twice.'],
    [
      'a slot filled by nothing',
      'reviewer: strong',
      'reviewer: strog',
      '"strog", which is no model, plan or slot. | Did you mean "strong"?',
    ],
    [
      'a role that asks for nothing',
      '  budgets:\n',
      '  roles: { coder: codr }\n  budgets:\n',
      'Role "coder" asks for "codr", which is no slot, plan or model. | Did you mean "coder"?',
    ],
    [
      'simple turns of no slot',
      '  budgets:\n',
      '  simpleTurns: [codr]\n  budgets:\n',
      'Simple turns of "codr" are to go to its fastest model, and it is no slot. | Did you mean "coder"?',
    ],
    ['slots in a circle', 'coder: careful', 'coder: default', '23:19: Slot "coder" leads in a circle: coder -> default -> coder.'],
    ['a slot filled by itself', 'coder: careful', 'coder: coder', 'Slot "coder" leads in a circle: coder -> coder.'],
    ['a slot named like a model', 'cheap-turns:', 'cheap:', '"cheap" is a model already.'],
    ['a plan named like a model', 'plans: { careful: [', 'plans: { careful: [cheap], strong: [', '"strong" is a model already.'],
    [
      'a provider that speaks nothing',
      'protocols: [messages], ',
      '',
      '5:15: Nobody can speak to provider "vendor-a": it has no "protocols". | Add "protocols:"',
    ],
    ['a provider without an address', 'base: "https://api.example.com", ', '', 'it has no "base". | Add "base:"'],
    ['options of nobody', 'protocols: [messages], base', 'options: { a: b }, protocols: [messages], base', 'has "options" and no package'],
    ['a secret that is none', 'options:', 'secrets: { token: hunter2 }, options:', 'says where the key lies'],
    ['an option that is a secret too', 'options:', 'secrets: { auth: env:A }, options:', 'The option "auth" is told more than once.'],
    ['a key that is told twice', 'region: eu, auth', 'apiKey: env, auth', 'The option "apiKey" is told more than once.'],
    [
      'an option of a kind that no package takes',
      'region: eu, auth',
      'region: [eu], auth',
      '"gateway.providers.cloud.options.region" cannot be a list. | Write text, or a number, or true or false here.',
    ],
    ['what only the gateway tells a package', 'region: eu, auth', 'fetch: x, auth', '"fetch" is nothing that a package is told here.'],
    ['a list for an option', 'region: eu, auth', 'region: [eu], auth', 'gateway.providers.cloud.options.region'],
    ['a package and an address', 'package:', 'base: "https://x.example", package:', 'Provider "cloud" has a package and an address.'],
    [
      'half the columns of a cache',
      ', cacheWrite1h: 10',
      '',
      'The price list has no "cacheWrite1h" beside its sister. | Add "cacheWrite1h:" here.',
    ],
    [
      'a price that nobody knows',
      'price: { asOf: 2026-11-20, input: 0, output: 0 }',
      'price: unpriced',
      'Nobody knows what "cheap" costs at house/qwen/qwen3-coder, and there are budgets in dollars. | Give "price:"',
    ],
    ['a budget of nothing', ', usd: { soft: 150, hard: 200 } }', ' }', '26:7: This budget limits nothing. | Add "usd:"'],
    [
      'limits turned round',
      '{ soft: 150, hard: 200 }',
      '{ soft: 250, hard: 200 }',
      'The soft limit of $250.00 lies beyond the hard one of $200.00.',
    ],
    ['more decimals than are counted', 'input: 5.5', 'input: 0.0000001', 'a price has at most six decimals'],
    ['an address with a password', 'https://api.example.com', 'https://me:hunter2@api.example.com', 'without a user, a password'],
  ])('%s', (_, from, to, told) => {
    expect(example).toContain(from);
    expect(faultOf(example.replace(from, to))).toContain(told);
  });
});

it('reads a price that nobody knows where the owner allows it', () => {
  const text = example
    .replace('price: { asOf: 2026-11-20, input: 0, output: 0 }', 'price: unpriced')
    .replace('  providers:', '  unpriced: allow\n  providers:');
  expect(faultOf(text)).toBe('read');
});

describe('a key itself', () => {
  const secrets = ['sk-ant-' + 'api03-abcdefghijklmnopqrstuvwxyz', 'hunter2-is-my-key', 'AIza' + 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbcd'];

  it.each(secrets)('is refused and never repeated: %#', (secret) => {
    const told = faultOf(example.replace('key: env:A_KEY', `key: ${secret}`));
    expect(told).toContain(
      '5:78: "gateway.providers.vendor-a.key" is not right: it says where the key lies, "env:NAME" or "file:PATH", and never holds the key; a path is written out, without "~".',
    );
    expect(told).not.toContain(secret);
  });

  it.each(secrets.filter((secret) => secret !== 'hunter2-is-my-key'))('is not repeated where it stands in a wrong place: %#', (secret) => {
    for (const from of ['protocols: [messages]', 'weights: closed', 'region: us', 'vendor: a,']) {
      const [key = ''] = from.split(':');
      const told = faultOf(example.replace(from, `${key}: "${secret}"${from.endsWith(',') ? ',' : ''}`));
      expect(told).not.toBe('read');
      expect(told).not.toContain(secret);
    }
  });
});

describe('whatever stands there', () => {
  const refused = (text: string): boolean => {
    try {
      parseGateway(text, 'factory.yaml');
    } catch (error) {
      return (
        isJidokaError(error) && error.code === 'gateway-invalid' && /^factory\.yaml:\d+:\d+: /.test(error.message) && error.mend !== ''
      );
    }
    return false;
  };

  it.each(['[]', '5', 'null', '{ providers: 5 }', '{ __proto__: {} }', '{ providers: {}, models: { constructor: {} }, slots: {} }', '"x"'])(
    '%s is refused with its place',
    (part) => {
      expect(refused(`gateway: ${part}\n`)).toBe(true);
    },
  );

  it('is read, or refused with its place and a mend', () => {
    const names = fc.constantFrom('a', 'b', 'constructor', '__proto__', 'toString', 'A B', '');
    const parts = fc.record({
      providers: fc.dictionary(
        names,
        fc.oneof(fc.constant({ protocols: ['chat'], base: 'http://x', vendor: 'a', region: 'b' }), fc.jsonValue()),
      ),
      models: fc.dictionary(
        names,
        fc.oneof(
          fc.constant({ upstreams: ['a/x', 'toString/x'], price: 'unpriced', window: 9, output: 1, capabilities: [], weights: 'open' }),
          fc.jsonValue(),
        ),
      ),
      slots: fc.dictionary(names, names),
      plans: fc.dictionary(names, fc.array(names)),
      lines: fc.dictionary(names, fc.constant({ mustSurvive: ['region'] })),
      unpriced: fc.constantFrom('allow', 'refuse'),
    });
    fc.assert(
      fc.property(fc.oneof(parts, fc.jsonValue()), (gateway) => {
        const text = JSON.stringify({ gateway });
        expect(faultFree(text) || refused(text)).toBe(true);
      }),
    );
  });

  const faultFree = (text: string): boolean => {
    try {
      return parseGateway(text, 'factory.yaml') !== undefined;
    } catch {
      return false; // the other side of the property looks at what was thrown
    }
  };
});
