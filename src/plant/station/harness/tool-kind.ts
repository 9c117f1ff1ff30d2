import type { ToolKind } from '../../../core/station/session-event.ts';
import { deskName, deskTool } from './harness.ts';

/** Names of tools, as harnesses call them; lower case, without what they add in front. */
const kinds: Readonly<Record<string, ToolKind>> = {
  read: 'read',
  read_file: 'read',
  read_many_files: 'read',
  view_image: 'read',
  notebookread: 'read',
  edit: 'edit',
  multiedit: 'edit',
  notebookedit: 'edit',
  write: 'edit',
  write_file: 'edit',
  replace: 'edit',
  patch: 'edit',
  apply_patch: 'edit',
  file_change: 'edit',
  grep: 'search',
  grep_search: 'search',
  search_file_content: 'search',
  glob: 'search',
  list: 'search',
  ls: 'search',
  list_directory: 'search',
  toolsearch: 'search',
  bash: 'execute',
  run_shell_command: 'execute',
  command_execution: 'execute',
  exec_command: 'execute',
  webfetch: 'fetch',
  web_fetch: 'fetch',
  websearch: 'fetch',
  web_search: 'fetch',
  google_web_search: 'fetch',
  task: 'subagent',
  agent: 'subagent',
  invoke_agent: 'subagent',
  todowrite: 'think',
  update_plan: 'think',
  update_topic: 'think',
  enter_plan_mode: 'switch-mode',
  exitplanmode: 'switch-mode',
};

/** What a tool of a harness does, by its name. */
export function toolKind(name: string): ToolKind {
  if (isDesk(name)) return 'report';
  const plain = name.toLowerCase();
  return Object.hasOwn(kinds, plain) ? (kinds[plain] ?? 'other') : 'other';
}

/** Names and titles under which harnesses show the desk's tool; whole ones, for a file may be called so in part. */
const deskNames = new RegExp(`^(?:mcp[._]+)?${deskName}[._]+${deskTool}$|^${deskTool} \\(${deskName} MCP Server\\)$`, 'i');

export function isDesk(name: string): boolean {
  return deskNames.test(name);
}
