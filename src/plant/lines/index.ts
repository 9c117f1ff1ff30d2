export { builtInLine } from './built-in-line.ts';
