import { gitClientContract } from '../../../kit/egress/index.ts';
import { openEgress } from './index.ts';

gitClientContract('by git of this machine', ({ model, git }) => {
  const upstreams = { registries: () => Promise.resolve([]), get: () => Promise.reject(new Error('No package is asked for here.')) };
  const egress = openEgress({ upstreams, model, git, path: process.env['PATH'] ?? '' });
  return Promise.resolve({ egress, end: () => Promise.resolve() });
});
