import type { Json } from '../../../../core/base/json.ts';
import { type ModelCall, saidTo, type Tool } from '../call.ts';
import type { Action } from '../scenario/step.ts';
import { filled, filledCommand, filledEdit, withDemanded } from './fill-arguments.ts';
import { memberOf, nameInText, toolBySuffix, toolFor } from './find-tool.ts';
import { patchOf, patchOfNew } from './patch.ts';
import { editCommand, readCommand, writeCommand } from './shell-words.ts';
import { placed } from './whereabouts.ts';

/** An action in the words of the tools that a request offers. */
export type Translation =
  | { readonly kind: 'call'; readonly tool: Tool; readonly input: Json; readonly reads: string | null }
  /** This has to be answered before the action can be done. */
  | { readonly kind: 'before'; readonly tool: Tool; readonly input: Json; readonly reads: string | null }
  | { readonly kind: 'cannot'; readonly why: string };

export interface Ground {
  readonly call: ModelCall;
  readonly cwd: string | null;
  /** What the conversation's tools showed of a file; null where it was not read. */
  shown(file: string): string | null;
}

/** Translates an action; each agent gets it in its own tools, and in its shell where it has no other. */
export function translated(action: Action, ground: Ground): Translation {
  if (action.run !== undefined) return shell(action.run, ground);
  if (action.read !== undefined) return reading(action.read, ground);
  if (action.write !== undefined) return writing(action.write, ground);
  if (action.edit !== undefined) return editing(action.edit, ground);
  if (action.report !== undefined) return calling('report', action.report, ground);
  if (action.call !== undefined) return calling(action.call.tool, action.call.with, ground);
  return { kind: 'cannot', why: 'the step has no action' };
}

function shell(command: string, { call }: Ground): Translation {
  const tool = toolFor('shell', call);
  const input = tool === null ? null : filledCommand(tool, command);
  return made(tool, input) ?? { kind: 'cannot', why: 'the request offers no shell' };
}

function reading(file: string, ground: Ground): Translation {
  const tool = toolFor('read', ground.call);
  const input = tool === null ? null : filled(tool, { path: placed(file, ground.cwd) }, `Read ${file}`);
  const translation = made(tool, input) ?? shell(readCommand(file), ground);
  return translation.kind === 'call' ? { ...translation, reads: file } : translation;
}

function writing({ file, text }: { file: string; text: string }, ground: Ground): Translation {
  const tool = toolFor('write', ground.call);
  const input = tool === null ? null : filled(tool, { path: placed(file, ground.cwd), content: text }, `Write ${file}`);
  const own = made(tool, input);
  if (own !== null) return own;
  const patch = text.endsWith('\n') ? patching(patchOfNew(file, text), ground) : null;
  return patch ?? shell(writeCommand(file, text), ground);
}

function editing(edit: { file: string; old: string; new: string }, ground: Ground): Translation {
  const shown = ground.shown(edit.file);
  // Most agents refuse to edit what was not read, and a patch is made of what was read.
  if (shown === null) {
    const before = reading(edit.file, ground);
    if (before.kind === 'call') return { ...before, kind: 'before' };
  }
  const tool = toolFor('edit', ground.call);
  const { file, old, new: next } = edit;
  const input = tool === null ? null : filledEdit(tool, { path: placed(file, ground.cwd), old, new: next }, `Edit ${file}`);
  const patch = shown === null ? null : patchOf(edit, shown);
  return made(tool, input) ?? (patch === null ? null : patching(patch, ground)) ?? shell(editCommand(file, old, next), ground);
}

/** By a tool for patches, or by the command of that name where the agent says that its shell has one. */
function patching(patch: string, ground: Ground): Translation | null {
  const tool = toolFor('patch', ground.call);
  if (tool?.input === 'text') return made(tool, patch);
  if (tool !== null) return made(tool, withDemanded(tool, {}, patch));
  if (!/`apply_patch`/.test(ground.call.system)) return null;
  // In this form it is known to the agent itself, and needs no program of that name.
  return patch.includes('\nPATCH\n') ? null : shell(`apply_patch <<'PATCH'\n${patch}PATCH`, ground);
}

function calling(suffix: string, input: Readonly<Record<string, Json>>, ground: Ground): Translation {
  const { call } = ground;
  const tool = toolBySuffix(suffix, call);
  if (tool !== null)
    return { kind: 'call', tool, input: { ...input, ...pick(withDemanded(tool, input, suffix), ['riskLevel']) }, reads: null };
  const name = nameInText(suffix, saidTo(call));
  const caller = toolBySuffix('tool_call', call);
  // Some agents never offer a tool that was found: they take its name in another one.
  if (name !== null && caller !== null && wasSearched(call)) return made(caller, { name, arguments: input }) ?? { kind: 'cannot', why: '' };
  const search = toolFor('search', call);
  const query = search === null ? null : filled(search, { query: name === null ? suffix : `select:${name}` }, suffix);
  if (search === null || query === null) return { kind: 'cannot', why: `the request offers no tool whose name ends in "${suffix}"` };
  const most = memberOf(query, 'max_results') === null ? {} : { max_results: 5 };
  return { kind: 'before', tool: search, input: { ...query, ...most }, reads: null };
}

function wasSearched({ turns }: ModelCall): boolean {
  return turns.some(({ parts }) => parts.some((part) => part.kind === 'call' && /tool.?search/i.test(part.name)));
}

function pick(from: Readonly<Record<string, Json>>, names: readonly string[]): Readonly<Record<string, Json>> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function made(tool: Tool | null, input: Json): Extract<Translation, { kind: 'call' }> | null {
  return tool === null || input === null ? null : { kind: 'call', tool, input, reads: null };
}
