import { lookUp, shown, type Refusal } from './found.ts';

const opensWall = 'It opens the wall around the workspace.';
const ofFloor = 'Where the tree comes from and where it stands is a matter of the floor.';
const fromOutside = 'It brings what lies outside of the workspace into it.';
const features =
  'Features are programs from elsewhere that run as root while an image is built; use an image that has them, or install them in a setup command.';
const services = 'The factory starts no services beside a workspace.';
const userOfFloor = 'Commands run as the user of the floor.';
const ofEditor = 'It belongs to a session of an editor, not to the setup.';

const reasons: Readonly<Record<string, string>> = {
  initializeCommand: 'It runs on the host, outside of every wall.',
  runArgs: opensWall,
  privileged: opensWall,
  capAdd: opensWall,
  securityOpt: opensWall,
  mounts: fromOutside,
  workspaceMount: ofFloor,
  workspaceFolder: ofFloor,
  features,
  overrideFeatureInstallOrder: features,
  dockerComposeFile: services,
  service: services,
  runServices: services,
  secrets: 'A setup has no secrets.',
  containerUser: userOfFloor,
  remoteUser: userOfFloor,
  postStartCommand: ofEditor,
  postAttachCommand: ofEditor,
  forwardPorts: 'Ports of a workspace are opened one at a time, by whoever tests.',
  appPort: 'Ports of a workspace are opened one at a time, by whoever tests.',
  context: 'How an image is built is not taken from here.',
};

/** What is honoured, and what says nothing that a command could notice. */
const heeded: ReadonlySet<string> = new Set(
  [
    ['image', 'build', 'dockerFile', 'containerEnv', 'remoteEnv', 'onCreateCommand', 'updateContentCommand', 'postCreateCommand'],
    ['$schema', 'name', 'customizations', 'settings', 'extensions', 'hostRequirements', 'portsAttributes', 'otherPortsAttributes'],
    ['shutdownAction', 'overrideCommand', 'updateRemoteUserUID', 'userEnvProbe', 'waitFor', 'init'],
  ].flat(),
);

/** What a development container asks for and does not get; a key that is switched off asks for nothing. */
export function refusedKeys(container: Readonly<Record<string, unknown>>): readonly Refusal[] {
  return Object.entries(container)
    .filter(([key, value]) => !heeded.has(key) && asksForSomething(value))
    .map(([key]) => ({ what: shown(key), why: lookUp(reasons, key) ?? 'The factory does not know it.' }));
}

/** Beside the file that an image is built from. */
export function refusedBuildKeys(build: Readonly<Record<string, unknown>>): readonly Refusal[] {
  return Object.entries(build)
    .filter(([key, value]) => key !== 'dockerfile' && asksForSomething(value))
    .map(([key]) => ({ what: `build.${shown(key)}`, why: 'How an image is built is not taken from here.' }));
}

function asksForSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
