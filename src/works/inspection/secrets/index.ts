export { scanSecrets, secretsFact } from './scan-secrets.ts';
