import { describe, expect, it } from 'vitest';
import { redact } from '../../../core/base/redact.ts';
import { scanSecrets, secretsFact } from './scan-secrets.ts';

const patchOf = (path: string, lines: readonly string[]): string =>
  `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n@@ -4,0 +5,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;
const random = ['q8Zr2', 'Lw9Tx', '4Vb7N', 'k1Yp6', 'Hs3Dg', '5Jf0'].join('');
const github = ['ghp', 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zAbC1d'].join('_');

describe('scanSecrets', () => {
  it('names the kind, the file and the line of a token, and never its value', () => {
    const { findings } = scanSecrets(patchOf('src/a.js', ['const a = 1;', `const token = '${github}';`]));
    expect(findings).toEqual([
      { rule: 'secret-github', file: 'src/a.js', line: 6, message: 'an added line holds what looks like a secret (github)' },
    ]);
    expect(JSON.stringify(findings)).not.toContain(github);
  });

  it('finds a private key that spreads over lines', () => {
    const { findings } = scanSecrets(
      patchOf('deploy.pem', ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEpAIBAAKCAQEA', '-----END RSA PRIVATE KEY-----']),
    );
    expect(findings).toMatchObject([{ rule: 'secret-private-key', line: 5 }]);
  });

  it.each([
    `const apiKey = '${random}';`,
    `DB_PASSWORD=${random}`,
    `  "client_secret": "${random}",`,
    `//registry.example.org/:_authToken=${random}`,
    `url = 'https://deploy:${random}@example.org/x.git'`,
    `headers: { Authorization: 'Bearer ${random}' }`,
  ])('finds a random value in a telling place: %s', (line) => {
    expect(scanSecrets(patchOf('src/a.js', [line])).findings).toHaveLength(1);
  });

  it.each([
    "const password = 'correct-horse-battery-staple';",
    'const token = process.env.GITHUB_TOKEN_FOR_RELEASE_2;',
    "const tokenUrl = 'https://example.org/oauth2/v1/token';",
    "url = 'http://user:pass@localhost:8080/'",
    "url = 'postgres://postgres:postgres@localhost:5432/test1'",
    '//registry.example.org/:_authToken=${NPM_TOKEN}',
    "headers: { Authorization: 'Bearer test-token-1' }",
    "secretName: 'my-app-database-credentials-v2'",
    "passwordField: 'input[name=password1]'",
    'const tokens = tokenizer.tokenizeTheWholeDocument2(text);',
    `"integrity": "sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg=="`,
    "const sha = '2c30b97f0a1b2c3d4e5f60718293a4b5c6d7e8f9';",
    '  token: abcdefghijklmnopqrstuvwxyz0123',
  ])('leaves the everyday alone: %s', (line) => {
    expect(scanSecrets(patchOf('src/a.js', [line])).findings).toEqual([]);
  });

  it('flags a made-up token in a fixture only where it has the shape of a token', () => {
    expect(scanSecrets(patchOf('test/fixtures/a.json', [`{ "token": "${github}" }`])).findings).toHaveLength(1);
    expect(scanSecrets(patchOf('test/fixtures/a.json', ['{ "token": "fake-token-for-tests-1" }'])).findings).toEqual([]);
  });

  it('looks only for shapes in a lockfile', () => {
    const { findings, linesScanned } = scanSecrets(patchOf('package-lock.json', [`"access-token": "${random}",`, `"x": "${github}"`]));
    expect(findings).toMatchObject([{ rule: 'secret-github', line: 6 }]);
    expect(linesScanned).toBe(2);
  });

  it('flags every added line in which redaction knows a token by its shape', () => {
    const line = `curl https://x/${github}`;
    expect(redact(line)).not.toBe(line);
    expect(scanSecrets(patchOf('a.sh', [line])).findings).toHaveLength(1);
  });
});

describe('secretsFact', () => {
  it('holds for clean lines, breaks for a token, and is unknown without a patch', () => {
    expect(secretsFact(patchOf('a.js', ['a'])).outcome).toBe('holds');
    expect(secretsFact(patchOf('a.js', [`'${github}'`]))).toMatchObject({ outcome: 'broken', code: 'secret-added' });
    expect(secretsFact('').outcome).toBe('unknown');
  });
});
