import { createServer } from 'node:http';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answeringEngines, socketsOf } from './engines.ts';
import { parseDistributions, readMachine } from './machine.ts';
import type { MachineState } from './machine.ts';
import { mendOf } from './mend.ts';

const fine: MachineState = {
  apparmor: false,
  clone: true,
  most: 10_000,
  container: 'no',
  distributions: ['debian'],
  root: false,
  engines: [],
};
const nothing = { bubblewrap: false, namespaces: [] };
const missing = { bubblewrap: true, namespaces: [] };

describe('the mend', () => {
  test.each([
    [['debian'], 'Run `sudo apt-get install -y bubblewrap`: '],
    [['ubuntu', 'debian'], 'Run `sudo apt-get install -y bubblewrap`: '],
    [['linuxmint', 'ubuntu', 'debian'], 'Run `sudo apt-get install -y bubblewrap`: '],
    [['fedora'], 'Run `sudo dnf install -y bubblewrap`: '],
    [['rocky', 'rhel', 'centos', 'fedora'], 'Run `sudo dnf install -y bubblewrap`: '],
    [['manjaro', 'arch'], 'Run `sudo pacman -S --noconfirm bubblewrap`: '],
    [['alpine'], 'Run `sudo apk add bubblewrap`: '],
    [['opensuse-tumbleweed', 'opensuse', 'suse'], 'Run `sudo zypper install -y bubblewrap`: '],
    [['nixos'], 'Run `nix-env -iA nixos.bubblewrap`: '],
  ])('on %j begins with the one command that installs bubblewrap there', (distributions, start) => {
    expect(mendOf({ ...fine, distributions }, missing).startsWith(start)).toBe(true);
  });

  test('on a system that it does not know names the ways of others too', () => {
    expect(mendOf({ ...fine, distributions: ['plan9'] }, missing)).toMatch(/dnf install bubblewrap.*apk add bubblewrap/);
  });

  test('of root needs no sudo', () => {
    expect(mendOf({ ...fine, root: true, apparmor: true, clone: false }, missing)).not.toContain('sudo');
  });

  test.each([
    ['AppArmor is in the way', { apparmor: true }, nothing, /^Run `[^`]*bwrap-userns-restrict`.*apparmor_restrict_unprivileged_userns=0/],
    ['namespaces are switched off', { most: 0 }, nothing, /^Run `sudo sysctl -w user\.max_user_namespaces=15000`/],
    ['namespaces are for root', { clone: false }, nothing, /^Run `sudo sysctl -w kernel\.unprivileged_userns_clone=1`/],
    [
      'it is a container',
      { container: 'yes' },
      nothing,
      /^This is a container: .*seccomp=unconfined --security-opt systempaths=unconfined`/,
    ],
    ['AppArmor confines it, a container', { container: 'confined by AppArmor' }, nothing, /--security-opt apparmor=unconfined`/],
    ['tools are missing', {}, { ...nothing, namespaces: ['ip'] }, /ip \(.*iproute2\)/],
    ['Docker answers', { engines: ['Docker'] }, missing, /Docker answers here: `--floor container`/],
    ['nothing is known', {}, nothing, /root/],
  ] as const)('where %s says what to do', (_, state, lacking, expected) => {
    expect(mendOf({ ...fine, ...state }, lacking)).toMatch(expected);
  });

  test('joins all that is in the way to one command', () => {
    expect(mendOf({ ...fine, apparmor: true }, missing)).toMatch(
      /^Run `sudo apt-get install -y bubblewrap && sudo apt-get install -y apparmor-profiles && sudo ln [^`]* && sudo apparmor_parser [^`]*`: bubblewrap is missing and AppArmor/,
    );
  });

  test('ends with how to do without, and at what price', () => {
    for (const state of [fine, { ...fine, most: 0 }])
      expect(mendOf(state, missing)).toMatch(/`--floor host`; such runs are marked, and can never merge by themselves\.$/);
  });
});

describe('this machine', () => {
  test('tells its distribution as os-release writes it', () => {
    expect(parseDistributions('PRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nID_LIKE=debian\n')).toEqual(['ubuntu', 'debian']);
    expect(parseDistributions('ID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9"\n')).toEqual(['rocky', 'rhel', 'centos', 'fedora']);
    expect(parseDistributions('')).toEqual([]);
  });

  test('is asked once, whatever it is', async () => {
    expect(await readMachine({})).toMatchObject({ root: process.getuid?.() === 0, clone: expect.any(Boolean) });
  });

  test('names an engine only where one answers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jidoka-engines-'));
    const env = { XDG_RUNTIME_DIR: folder };
    await mkdir(join(folder, 'podman'));
    const server = createServer((request, response) => response.writeHead(request.url === '/_ping' ? 200 : 404).end());
    server.listen(join(folder, 'podman/podman.sock'));
    await once(server, 'listening');
    expect(await answeringEngines(env)).toContain('Podman');
    server.close();
    await once(server, 'close');
    const none = createServer((_, response) => response.writeHead(500).end()).listen(join(folder, 'docker.sock'));
    await once(none, 'listening');
    expect(await answeringEngines({ DOCKER_HOST: `unix://${folder}/docker.sock` })).toEqual([]);
    none.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('looks for engines where they are told to be', () => {
    const path = '/run/user/7/podman/podman.sock';
    expect(socketsOf({ DOCKER_HOST: `unix://${path}` })).toEqual([{ engine: 'Podman', path }]);
    // Nothing stands in for an engine that is named, and over the network none is asked.
    expect(socketsOf({ DOCKER_HOST: 'tcp://10.0.0.1:2375' })).toEqual([]);
  });
});
