import { expect, it } from 'vitest';
import { unmetTools } from './index.ts';

const unmet = (tools: Readonly<Record<string, string>>, node = 'v20.11.0') => unmetTools(tools, { node, npm: '10.2.4' });

const ranges = '20, v20, 20.11, 20.x, 20.11.0, v20.11.0, >=18, ^20.1, 18 || 20, >=18 <21, ~20.11, prefix:20';
const words = 'lts/*, lts, lts/iron, lts/Iron, lts-iron, lts/-1, node, latest, current, stable, system, *';

it.each(`${ranges}, ${words}`.split(', '))('Node.js 20.11.0 is what %s asks for', (asked) => {
  expect(unmet({ node: asked })).toEqual([]);
});

it.each(['22', 'v20.11.1', '20.12', '>=22', '^18', '20.11.0-rc.1', 'lts/jod', 'lts/krypton'])(
  'Node.js 20.11.0 is not what %s asks for',
  (asked) => {
    expect(unmet({ node: asked })).toEqual([
      { tool: 'node', asked, found: 'v20.11.0', why: `node ${asked} is asked for, and the floor has v20.11.0.` },
    ]);
  },
);

it.each(['lts/unheard-of', 'lts/constructor', 'ref:main', 'path:../node', 'iojs', ';'])(
  'nobody can say whether %s is met, so it is not',
  (asked) => {
    expect(unmet({ node: asked })).toMatchObject([{ asked, why: expect.stringContaining('no version that can be compared') }]);
  },
);

it('takes no line between two long-term lines for one', () => {
  expect(unmet({ node: 'lts/*' }, '23.1.0')).toHaveLength(1);
  expect(unmet({ node: 'lts/*' }, '22.1.0')).toEqual([]);
});

it('compares npm, too', () => {
  expect(unmet({ npm: '10' })).toEqual([]);
  expect(unmet({ npm: '11' })).toMatchObject([{ tool: 'npm', found: '10.2.4' }]);
  expect(unmet({ npm: 'lts' })).toMatchObject([{ why: expect.stringContaining('no version that can be compared') }]);
});

it('says of which tools the floor says nothing', () => {
  expect(unmet({ python: '3.12', node: '20', constructor: '1' })).toEqual([
    { tool: 'python', asked: '3.12', found: null, why: 'python 3.12 is asked for, and the floor does not say which it has.' },
    { tool: 'constructor', asked: '1', found: null, why: 'constructor 1 is asked for, and the floor does not say which it has.' },
  ]);
});

it('does not take a floor’s word for a version that is none', () => {
  expect(unmet({ node: '*' }, 'none')).toMatchObject([{ why: 'node * is asked for, and the floor says only "none".' }]);
});
