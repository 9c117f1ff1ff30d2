import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sampleSeed, sha256 } from '../../../kit/evidence/index.ts';
import { isJidokaError } from '../../core/base/error.ts';
import { canonicalJson } from '../../core/base/json.ts';
import { EnvironmentSpec } from '../../core/environment/environment-spec.ts';
import { readEnvironment } from './index.ts';

const paths = [
  '.jidoka/factory.yaml',
  '.devcontainer/devcontainer.json',
  '.devcontainer.json',
  '.github/workflows/copilot-setup-steps.yml',
  '.cursor/environment.json',
  'mise.toml',
  '.tool-versions',
  '.nvmrc',
  'yarn.lock',
  'package.json',
];

/** What the files are made of, so that more than noise gets past the parsers. */
const token = fc.oneof(
  fc.constantFrom(
    'environment: ',
    'setup: ',
    'tools: ',
    'env: ',
    'image: ',
    '[tools]\n',
    '[env]\n',
    'node = "',
    'nodejs ',
    '20',
    'lts/*',
    '\n',
    '  ',
  ),
  fc.constantFrom(
    'jobs:\n  copilot-setup-steps:\n    steps:\n',
    '      - run: ',
    '      - uses: actions/setup-node@v4\n',
    'with: ',
    '${{ secrets.A }}',
  ),
  fc.constantFrom(
    '"postCreateCommand": ',
    '"image": ',
    '"build": ',
    '"dockerfile": ',
    '"install": ',
    '"containerEnv": ',
    '"__proto__": ',
    '${localEnv:A}',
  ),
  fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ',',
    ':',
    '&a ',
    '*a ',
    '- ',
    '# ',
    '// ',
    '/*',
    '\0',
    '\\u0000',
    '\uD800',
    '=',
    '<<: ',
    '! ',
    '|\n',
    '../',
  ),
  fc.json({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const text = fc.array(token, { maxLength: 25 }).map((tokens) => tokens.join(''));
const repository = fc.dictionary(fc.constantFrom(...paths), text, { maxKeys: 4 });

/** What came of reading: 'environment' or 'refused', and anything else for what must not be. */
function outcomeOf(result: PromiseSettledResult<EnvironmentSpec> | undefined): string {
  if (result === undefined) return 'nothing';
  if (result.status === 'fulfilled') {
    const again = EnvironmentSpec.parse(JSON.parse(JSON.stringify(result.value)));
    return canonicalJson(again) === canonicalJson(result.value) ? 'environment' : 'not read back as it was';
  }
  const error: unknown = result.reason;
  if (!isJidokaError(error)) return String(error);
  if (error.mend.length <= 10 || error.message.length >= 600) return `${error.message} | ${error.mend}`;
  return error.code === 'environment-invalid' ? 'refused' : error.code;
}

it('is an environment that holds to its bounds, or refused with a place and a mend, whatever strangers write', async () => {
  const counts = { environment: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(repository, fc.constantFrom('', 'a/b'), async (files, directory) => {
      const forge = { list: async () => Object.keys(files), read: async (_: unknown, path: string) => files[path] ?? null };
      const [result] = await Promise.allSettled([readEnvironment({ ...sampleSeed.repository, directory }, forge, sha256)]);
      const outcome = outcomeOf(result);
      expect(['environment', 'refused']).toContain(outcome);
      counts[outcome === 'refused' ? 'refused' : 'environment'] += 1;
    }),
    { numRuns: 1500 },
  );
  expect(Math.min(counts.environment, counts.refused)).toBeGreaterThan(100);
}, 30_000);

it('asks the forge for files that are there, and for nothing else', async () => {
  const asked: string[] = [];
  const files: Readonly<Record<string, string>> = { '.nvmrc': '22', 'package-lock.json': '{}', 'src/.nvmrc': '18' };
  const forge = {
    list: async () => Object.keys(files),
    read: async (_: unknown, path: string) => {
      asked.push(path);
      return files[path] ?? null;
    },
  };
  await readEnvironment(sampleSeed.repository, forge, sha256);
  expect(asked).toEqual(['.nvmrc']);
});

it('never repeats a secret that stands where a parser or a reader stumbles', async () => {
  const secret = ['ghp', 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC1d'].join('_');
  const texts = [
    `environment: *${secret}\n`,
    `environment: }${secret}\n`,
    `environment: { ${secret}: 1 }\n`,
    `environment: { tools: { "${secret}": 1, node: "${secret}\\n" } }\n`,
  ];
  for (const content of texts) {
    const forge = { list: async () => ['.jidoka/factory.yaml'], read: async () => content };
    const refusal: unknown = await readEnvironment(sampleSeed.repository, forge, sha256).catch((error: unknown) => error);
    expect(isJidokaError(refusal) && refusal.message).toMatch(/^\.jidoka\/factory\.yaml:1:\d+: /);
    expect(isJidokaError(refusal) && JSON.stringify([refusal.message, refusal.mend, refusal.data])).not.toContain(secret);
  }
});

it('never repeats a secret in what it lists as refused', async () => {
  const secret = ['ghp', 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC1d'].join('_');
  const forge = { list: async () => ['.devcontainer.json'], read: async () => `{ "${secret}": 1 }` };
  const { refused } = await readEnvironment(sampleSeed.repository, forge, sha256);
  expect(refused).toHaveLength(1);
  expect(JSON.stringify(refused)).not.toContain(secret);
});
