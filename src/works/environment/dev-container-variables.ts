const ofHost = /\$\{(?:localEnv:|env:|localWorkspaceFolder)/;
const ofContainer = /\$\{(?:containerEnv:|containerWorkspaceFolder|devcontainerId)/;

/** Why a text of a development container stands for something else than itself; null where it does not. */
export function notPlain(text: string): string | null {
  if (ofHost.test(text)) return 'It asks for the environment or a folder of the host.';
  return ofContainer.test(text) ? 'What it asks for is known only within a container that was started for an editor.' : null;
}

/** A script that finds the folder of the workspace, where it asks for it by the name that these files have for it. */
export function knowingFolder(script: string): string {
  const name = '${containerWorkspaceFolder}';
  // Within single quotes the shell would not put it in.
  if (!script.includes(name) || script.includes("'")) return script;
  return `workspace_folder=$PWD; ${script.replaceAll(name, '${workspace_folder}')}`;
}
