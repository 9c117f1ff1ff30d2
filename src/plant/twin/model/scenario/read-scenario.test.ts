import { describe, expect, it } from 'vitest';
import { isJidokaError } from '../../../../core/base/error.ts';
import { politeScenario, readScenario } from './read-scenario.ts';

function fault(text: string): string {
  try {
    readScenario(text, 'a.yaml');
    return 'read';
  } catch (error) {
    return isJidokaError(error) ? `${error.code}: ${error.message}` : String(error);
  }
}

describe('a scenario', () => {
  it('may be one script, in YAML or JSON', () => {
    const yaml = readScenario('name: a\nsteps:\n  - say: Hello.\n', 'a.yaml');
    expect(yaml).toEqual(readScenario('{"name":"a","scripts":[{"steps":[{"say":"Hello."}]}]}', 'a.json'));
    expect(politeScenario().scripts[0]?.steps[0]?.say).toMatch(/no scenario/);
  });

  it.each([
    ['steps: [', /^scenario-invalid: a\.yaml:1: /],
    ['', /a\.yaml:1: the file: .*expected object/],
    ['steps: []', /a\.yaml:1: steps: /],
    ['name: a\nsteps:\n  - say: b\n  - sya: b\n', /a\.yaml:4: steps\.1: Unrecognized key: "sya"/],
    ['steps:\n  - run: a\n    read: b\n', /a\.yaml:2: steps\.0: several actions of one answer go into `together`/],
    ['steps:\n  - times: 2\n', /a\.yaml:2: steps\.0: a step says or does something/],
    ['steps:\n  - edit: { file: a, old: "", new: b }\n', /a\.yaml:2: steps\.0\.edit\.old: /],
    ['steps: [{ say: a }]\nfaults:\n  - fault: boom\n', /a\.yaml:3: faults\.0\.fault: .*"rate-limit"/],
    ['steps: [{ say: a }]\nfaults:\n  - fault: { kind: server, status: 200 }\n', /a\.yaml:3: faults\.0\.fault\.status: /],
    ['scripts:\n  - steps: [{ say: a }]\n    when: { protocol: smtp }\n', /a\.yaml:3: scripts\.0\.when\.protocol: /],
  ])('that says %j is refused with its place', (text, message) => {
    expect(fault(text)).toMatch(message);
  });
});
