export { ownLogins, type OwnLoginsOptions } from './logins.ts';
