export { secretsFact } from './scan-secrets.ts';
