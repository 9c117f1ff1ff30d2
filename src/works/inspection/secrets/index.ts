export { secretsFact } from './scan-secrets.ts';
export { secretsIn } from './secrets-in.ts';
