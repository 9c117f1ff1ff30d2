export { deliver, type DeliveryNeeds } from './deliver.ts';
export { evidenceFiles } from './evidence-files.ts';
