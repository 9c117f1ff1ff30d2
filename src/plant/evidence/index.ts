export { evidenceFolders } from './evidence-folders.ts';
