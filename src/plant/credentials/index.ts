export { openCredentials, type CredentialsDatabase } from './credentials.ts';
