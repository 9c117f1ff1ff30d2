/** One way a secret looks. What the group `keep` matches is not part of the secret. */
export interface SecretShape {
  readonly kind: string;
  readonly pattern: RegExp;
  /** True where the shape alone tells a secret; false where the words around it do and its value may be a stand-in. */
  readonly certain: boolean;
  /** One of these stands in every match: a text without any of them need not be searched. Empty where the pattern itself is as quick. */
  readonly marks: readonly string[];
}

// Every pattern is linear: it either starts with a literal, or is tied by a lookbehind to the start of a run of its
// own characters, and nothing after an open repetition can make it fail and start over.
// A removed line of a diff puts a dash before a token that stands at the start of its line.
const start = '(?:(?<![A-Za-z0-9_-])|(?<=^-))';

/** A token that its own prefix gives away. What looks behind itself is tried at every character, so texts without the prefix are passed over. */
function token(kind: string, marks: readonly string[], body: string): SecretShape {
  return { kind, pattern: new RegExp(`${start}(?:${body})`, 'gm'), certain: true, marks };
}

/** A value that only its place gives away: a header, a setting, the user part of a URL. */
function placed(kind: string, place: string, value: string, flags = 'g'): SecretShape {
  return { kind, pattern: new RegExp(`(?<keep>${place})(?:${value})`, flags), certain: false, marks: [] };
}

/** Known secrets, the more telling place before the bare token; `private-key` blocks are found by {@link redact} itself. */
export const secretShapes: readonly SecretShape[] = [
  placed('url-credentials', '://', '[^\\s/:@?#"\'`<>\\\\[\\]]{0,200}:[^\\s/?#"\'`<>\\\\]+(?=@)'),
  placed('npm-auth', '_(?:authToken|auth|password)"?[ \\t]{0,8}[=:][ \\t]{0,8}["\']?', '[A-Za-z0-9+/=_~.-]{4,}'),
  placed('bearer', 'authorization["\']?[ \\t]{0,8}[:=][ \\t]{0,8}["\'`]?(?:bearer|token|bot)[ \\t]{1,8}', '[A-Za-z0-9._~+/=-]{6,}', 'gi'),
  placed('basic', 'authorization["\']?[ \\t]{0,8}[:=][ \\t]{0,8}["\'`]?basic[ \\t]{1,8}', '[A-Za-z0-9+/=_-]{6,}', 'gi'),
  placed(
    'api-key',
    '(?:x-api-key|x-goog-api-key|private-token|x-auth-token)["\']?[ \\t]{0,8}[:=][ \\t]{0,8}["\'`]?',
    '[A-Za-z0-9._~+/=-]{8,}',
    'gi',
  ),
  placed('bearer', '\\bbearer[ \\t]{1,8}', '(?=[A-Za-z._~+/-]{0,80}\\d)[A-Za-z0-9._~+/-]{20,}={0,2}', 'gi'),
  placed(
    'aws-secret',
    'aws_?secret_?(?:access_?)?key["\']?[ \\t]{0,8}[:=][ \\t]{0,8}["\'`]?',
    '[A-Za-z0-9/+=]{40}(?![A-Za-z0-9/+=])',
    'gi',
  ),
  token(
    'github',
    ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    'gh[pousr]_[A-Za-z0-9_]{30,}(?:\\.[A-Za-z0-9_-]{10,}){0,2}|github_pat_[A-Za-z0-9_]{22,}',
  ),
  token('gitlab', ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'glsoat-'], 'gl(?:pat|dt|rt|ptt|cbt|soat)-[A-Za-z0-9_.-]{20,}'),
  token('npm', ['npm_'], 'npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])'),
  token('aws', ['AKIA', 'ASIA', 'ABIA', 'ACCA'], '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9+/=])'),
  token('slack', ['xox', 'xapp-'], 'xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{20,}'),
  {
    kind: 'slack-webhook',
    pattern: /(?<keep>hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/]{20,}/g,
    certain: true,
    marks: [],
  },
  token(
    'google',
    ['AIza', 'ya29.', 'GOCSPX-'],
    'AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])|ya29\\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{24,}',
  ),
  token('stripe', ['sk_', 'rk_', 'whsec_'], '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,}'),
  // Of a model gateway, for one run.
  token('jidoka', ['jk-'], 'jk-[0-9a-f]{48}(?![0-9a-f])'),
  token('anthropic', ['sk-ant-'], 'sk-ant-[A-Za-z0-9_-]{16,}'),
  token('openai', ['sk-'], 'sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|sk-(?:or-v1-)?[A-Za-z0-9]{32,}'),
  token(
    'model-key',
    ['gsk_', 'xai-', 'hf_', 'r8_', 'pplx-'],
    'gsk_[A-Za-z0-9]{32,}|xai-[A-Za-z0-9]{32,}|hf_[A-Za-z0-9]{30,}|r8_[A-Za-z0-9]{30,}|pplx-[A-Za-z0-9]{32,}',
  ),
  token('sendgrid', ['SG.'], 'SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,}'),
  token('linear', ['lin_'], 'lin_(?:api|oauth|wh)_[A-Za-z0-9]{32,}'),
  token('atlassian', ['ATATT3'], 'ATATT3[A-Za-z0-9_=-]{40,}'),
  token('sentry', ['sntry'], 'sntry[su]_[A-Za-z0-9+/=_-]{30,}'),
  token(
    'host-key',
    ['dop_v1_', 'dckr_pat_', 'pypi-AgEI', 'vercel_', 'fo1_'],
    'dop_v1_[0-9a-f]{64}|dckr_pat_[A-Za-z0-9_-]{20,}|pypi-AgEI[A-Za-z0-9_-]{40,}|vercel_[A-Za-z0-9]{24,}|fo1_[A-Za-z0-9_-]{40,}',
  ),
  token('jwt', ['eyJ'], 'eyJ[A-Za-z0-9_-]{8,}\\.eyJ[A-Za-z0-9_-]{8,}(?:\\.[A-Za-z0-9_-]*)?'),
];

/** Whether a text has to be searched for a shape: quick, and true wherever there is one. */
export function mayHold(text: string, { marks }: SecretShape): boolean {
  return marks.length === 0 || marks.some((mark) => text.includes(mark));
}
