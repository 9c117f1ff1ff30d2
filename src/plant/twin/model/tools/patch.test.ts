import { describe, expect, it } from 'vitest';
import { patchOf, patchOfNew } from './patch.ts';

const shown = 'Output:\nlet a = b;\nlet c = d;\n';

describe('a patch', () => {
  it('is made of whole lines, whatever part of them an edit names', () => {
    expect(patchOf({ file: 'a.js', old: 'b', new: 'x' }, shown)).toBe(
      '*** Begin Patch\n*** Update File: a.js\n@@\n-let a = b;\n+let a = x;\n*** End Patch\n',
    );
    expect(patchOf({ file: 'a.js', old: 'b;\nlet c', new: 'x;\nlet $&' }, shown)).toContain(
      '-let a = b;\n-let c = d;\n+let a = x;\n+let $& = d;\n',
    );
    expect(patchOf({ file: 'a.js', old: 'let c = d;\n', new: 'e\nf\n' }, shown)).toContain('@@\n-let c = d;\n+e\n+f\n***');
  });

  it('is not made of what is not there once, or would take the end of a line away', () => {
    expect(patchOf({ file: 'a.js', old: 'let', new: 'x' }, shown)).toBeNull();
    expect(patchOf({ file: 'a.js', old: 'nothing', new: 'x' }, shown)).toBeNull();
    expect(patchOf({ file: 'a.js', old: 'let a = b;\n', new: '' }, shown)).toBeNull();
  });

  it('makes a new file', () => {
    expect(patchOfNew('a/b', 'c\n\nd\n')).toBe('*** Begin Patch\n*** Add File: a/b\n+c\n+\n+d\n*** End Patch\n');
  });
});
