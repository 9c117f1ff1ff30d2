import { describe, expect, it } from 'vitest';
import { floorEnvironment, floorSettings } from './floor-settings.ts';

const none = { floor: null, image: null, limits: null };
const usage = (message: string) => expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) });

describe('the floor of a factory', () => {
  it('is said by an option, else by the environment', () => {
    expect(floorSettings(none, { JIDOKA_FLOOR: 'sandbox' }).kind).toBe('sandbox');
    expect(floorSettings({ ...none, floor: 'host' }, { JIDOKA_FLOOR: 'sandbox' }).kind).toBe('host');
    expect(floorSettings(none, { JIDOKA_FLOOR: '', JIDOKA_LIMITS: '', JIDOKA_REGION: '' })).toEqual(floorSettings(none, {}));
  });

  it.each(['ssh:build.example', 'ssh:ada@build.example:2222', 'ssh:ada@[::1]:22'])('goes to the machine of %s', (floor) => {
    expect(floorSettings({ ...none, floor }, {})).toMatchObject({ kind: 'ssh', host: floor.slice('ssh:'.length) });
  });

  it.each(['ssh', 'ssh:', 'ssh:-oProxyCommand=x', 'ssh:a b', 'ssh:ada@', 'ssh:build.example:ssh'])('%s names no machine', (floor) => {
    expect(() => floorSettings({ ...none, floor }, {})).toThrow(usage('floor'));
  });

  it.each(['basement', 'host:here', 'Sandbox', 'auto'])('%s is none', (floor) => {
    expect(() => floorSettings({ ...none, floor }, {})).toThrow(usage(`There is no floor "${floor}"`));
  });

  it('has an image where it is container; as an option for another it is a mistake', () => {
    const env = { JIDOKA_FLOOR_IMAGE: 'node:22', JIDOKA_DOCKER: '/run/podman.sock' };
    expect(floorSettings({ ...none, floor: 'container' }, env)).toMatchObject({ image: 'node:22', engine: '/run/podman.sock' });
    expect(floorSettings({ ...none, floor: 'container', image: 'node:24' }, env).image).toBe('node:24');
    expect(() => floorSettings({ ...none, floor: 'sandbox', image: 'node:24' }, env)).toThrow(usage('the floor is sandbox'));
    expect(floorSettings({ ...none, floor: 'sandbox' }, env).kind).toBe('sandbox');
  });

  it('is decided by another process in the same way', () => {
    const floor = floorSettings(
      { floor: 'ssh:ada@build.example:22', image: null, limits: 'memory=1.5g,cpus=0.5,processes=64,disk=512m' },
      { JIDOKA_REGION: 'eu', JIDOKA_DOCKER: '/run/d.sock' },
    );
    expect(floorSettings(none, floorEnvironment(floor))).toEqual(floor);
    const preset = floorSettings(none, { JIDOKA_FLOOR_IMAGE: 'node:22' });
    expect(floorSettings(none, floorEnvironment(preset))).toEqual(preset);
    const plain = floorSettings(none, { JIDOKA_FLOOR: 'host' });
    expect(floorEnvironment(plain)).toEqual({ JIDOKA_FLOOR: 'host' });
  });
});

describe('limits', () => {
  const limits = (text: string) => floorSettings({ ...none, limits: text }, {}).limits;

  it('are read with units, and what is left out is left to the floor', () => {
    const all = { memoryBytes: 4 * 1024 ** 3, cpus: 2, processes: 512, diskBytes: 10 * 1024 ** 3 };
    expect(limits('memory=4g,cpus=2,processes=512,disk=10g')).toEqual(all);
    expect(limits(' memory=512MiB , cpus=0.5 ')).toEqual({ memoryBytes: 512 * 1024 ** 2, cpus: 0.5 });
    expect(limits('disk=1048576')).toEqual({ diskBytes: 1_048_576 });
    expect(floorSettings(none, { JIDOKA_LIMITS: 'cpus=1' }).limits).toEqual({ cpus: 1 });
  });

  it.each([
    ['memory=lots', 'memory=lots cannot be understood'],
    ['memory=-1', 'memory=-1'],
    ['memory=0', 'memory=0'],
    ['cpus=2g', 'cpus=2g'],
    ['processes=1.5', 'processes=1.5'],
    ['disk=99999999999t', 'disk=99999999999t'],
    ['ram=4g', '"ram=4g" is none of the limits memory, cpus, processes, disk'],
    ['4g', '"4g" is none'],
    ['cpus=1,cpus=2', 'cpus was given twice'],
    [',', 'limits nothing'],
  ])('"%s" are refused with the value', (text, message) => {
    expect(() => limits(text)).toThrow(usage(message));
  });
});
