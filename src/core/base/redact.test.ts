import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

// Put together here, so that the file itself holds nothing that looks like a secret.
const alnum = (length: number): string => 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA'.repeat(8).slice(0, length);
const jwt = ['eyJ' + alnum(20), 'eyJ' + alnum(40), alnum(43)].join('.');
const keyBlock = (name: string): string => `-----BEGIN ${name}-----\n${'MIIEpAIBAAKCAQEA'.repeat(12)}\n-----END ${name}-----`;

const secrets: Readonly<Record<string, readonly string[]>> = {
  github: ['ghp_' + alnum(36), 'gho_' + alnum(36), 'ghs_' + alnum(36), 'github_pat_' + alnum(22) + '_' + alnum(59)],
  gitlab: ['glpat-' + alnum(20)],
  npm: ['npm_' + alnum(36)],
  aws: [['AKIA', 'IOSFODNN7EXAMPLE'].join('')],
  slack: [['xoxb', '123456789012', alnum(24)].join('-'), 'xapp-1-' + alnum(30)],
  google: ['AIza' + alnum(35), 'ya29.' + alnum(40), 'GOCSPX-' + alnum(28)],
  stripe: ['sk_live_' + alnum(24), 'rk_test_' + alnum(24), 'whsec_' + alnum(32)],
  jidoka: ['jk-' + 'f0'.repeat(24)],
  anthropic: ['sk-ant-api03-' + alnum(90)],
  openai: ['sk-proj-' + alnum(60), 'sk-' + alnum(48)],
  sendgrid: [`SG.${alnum(22)}.${alnum(43)}`],
  linear: ['lin_api_' + alnum(40)],
  jwt: [jwt],
  'private-key': [keyBlock('RSA PRIVATE KEY'), keyBlock('OPENSSH PRIVATE KEY'), keyBlock('PGP PRIVATE KEY BLOCK')],
};
const all = Object.entries(secrets).flatMap(([kind, values]) => values.map((value) => ({ kind, value })));

describe('redact', () => {
  it.each(all)('hides a $kind token wherever it stands in a line', ({ kind, value }) => {
    for (const [before, after] of [
      ['', ''],
      ['token=', ' ok'],
      ['"', '",'],
      ['+', ''],
      ['-', ''],
      ['x ', '\n'],
      ['https://host/', '?a=1'],
    ] as const) {
      expect(redact(`line one\n${before}${value}${after}`)).toBe(`line one\n${before}[redacted:${kind}]${after}`);
    }
  });

  it.each([
    ['Authorization: Bearer abcdef123456', 'Authorization: Bearer [redacted:bearer]'],
    ['"authorization": "bearer abcdef123456"', '"authorization": "bearer [redacted:bearer]"'],
    ["curl -H 'Authorization: Basic dXNlcjpwYXNz'", "curl -H 'Authorization: Basic [redacted:basic]'"],
    ['authorization: token abcdef123456', 'authorization: token [redacted:bearer]'],
    ['x-api-key: 0123456789abcdef', 'x-api-key: [redacted:api-key]'],
    ['//registry.example.org/:_authToken=abc-def-123', '//registry.example.org/:_authToken=[redacted:npm-auth]'],
    ['//registry.example.org/:_password="c2VjcmV0"', '//registry.example.org/:_password="[redacted:npm-auth]"'],
    ['_auth = dXNlcjpwYXNz', '_auth = [redacted:npm-auth]'],
    ['git clone https://me:hunter2@example.org/x.git', 'git clone https://[redacted:url-credentials]@example.org/x.git'],
    ['postgres://app:p@ss:w0rd@db:5432/app', 'postgres://[redacted:url-credentials]@db:5432/app'],
    ['redis://:hunter2@cache:6379', 'redis://[redacted:url-credentials]@cache:6379'],
  ])('keeps the place and hides the value: %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it.each([
    `"integrity": "sha512-${'v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg'}=="`,
    '"resolved": "https://registry.example.org/@babel/core/-/core-7.26.0.tgz",',
    'commit 2c30b97f0a1b2c3d4e5f60718293a4b5c6d7e8f9',
    'http://localhost:8080/path?mail=a@b.example',
    'see http://127.0.0.1:5432, or write to me@example.org',
    'git+ssh://git@github.com/a/b.git#semver:^1',
    '//registry.example.org/:_authToken=${NPM_TOKEN}',
    'class="sk-fading-circle sk-fading-circle-with-a-long-name"',
    'a bearer of authentication-information-in-words',
    'Authorization: Bearer ${token}',
    'const npm_lifecycle_event = process.env.npm_lifecycle_event',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  ])('leaves what is no secret alone: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('hides a key block that was cut short, and keeps what follows it', () => {
    expect(redact(`-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(40)}\n[cut] and more`)).toBe('[redacted:private-key][cut] and more');
  });

  it('hides a key block written into one line of JSON', () => {
    expect(redact(JSON.stringify({ key: keyBlock('PRIVATE KEY') }))).toBe('{"key":"[redacted:private-key]"}');
  });

  it('changes nothing when done twice, and lets no token through, whatever surrounds it', () => {
    const glue = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(' ', '\n', '-', '://', 'u:', '@', '[', ']', '=', '.', 'Bearer ', '_authToken=', '[redacted:jwt]'),
    );
    const piece = fc.oneof(glue, fc.constantFrom(...all.map((secret) => secret.value)));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const once = redact(pieces.join(''));
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 1500 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.array(glue), fc.array(glue), (secret, before, after) => {
        expect(redact(`${before.join('')} ${secret.value} ${after.join('')}`)).not.toContain(secret.value);
      }),
      { numRuns: 1500 },
    );
  });

  it('leaves text without any token, hashes and lock lines alone', () => {
    const hex = fc.stringMatching(/^[0-9a-f]{32,128}$/);
    const base64 = fc.stringMatching(/^[A-Za-z0-9+/]{86}==$/);
    fc.assert(
      fc.property(hex, base64, fc.nat(), (hash, integrity, number) => {
        const line = `"node_modules/a": { "version": "1.0.${number}", "integrity": "sha512-${integrity}", "hash": "${hash}" }`;
        expect(redact(line)).toBe(line);
      }),
    );
  });

  it.each([
    ['eyJ'],
    ['eyJ-'],
    ['--eyJ'],
    ['eyJaaaaaaaa.'],
    ['ghp_'],
    ['://'],
    ['://a:b'],
    ['://a:'],
    ['@'],
    ['bearer '],
    ['authorization: '],
    ['_auth='],
    ['-----BEGIN PRIVATE KEY-----'],
    ['-----END '],
    ['-----BEGIN PRIVATE KEY----------END '],
    ['A'],
    ['sk-'],
    ['SG.aaaaaaaaaaaaaaaa.'],
    ['\n-'],
    ['aws_secret_key='],
  ])('takes time in proportion to the text for a text made of %j', (unit) => {
    const steps = (length: number): number => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const started = process.cpuUsage();
      redact(text);
      const used = process.cpuUsage(started);
      return used.user + used.system;
    };
    steps(20_000);
    // A quadratic expression needs minutes for 2 MB of its worst text; the linear ones need well below a second.
    expect(steps(2_000_000)).toBeLessThan(5_000_000);
  });
});
