import { acpDriver } from './acp/acp-driver.ts';
import { acpAgents } from './acp/agents.ts';
import { configuredAgent, type AcpConfiguration } from './acp/configured.ts';
import type { Driver } from './driver.ts';
import { claudeCode } from './harness/claude-code.ts';
import { codex } from './harness/codex.ts';
import { gemini } from './harness/gemini.ts';
import { opencode } from './harness/opencode.ts';
import { nativeDriver } from './native.ts';

/** Every way to drive an agent that has a name: by its own stream, the preset, or over the Agent Client Protocol. */
export const namedDrivers: readonly Driver[] = [...[claudeCode, codex, gemini, opencode].map(nativeDriver), ...acpAgents.map(acpDriver)];

/**
 * The driver of a name; null where there is none.
 *
 * @example
 * driverNamed('codex')?.name; // 'codex'
 */
export function driverNamed(name: string): Driver | null {
  return namedDrivers.find((driver) => driver.name === name) ?? null;
}

/**
 * The driver of any other agent that speaks the Agent Client Protocol, by what its owner says of it.
 *
 * @example
 * configuredDriver({ args: ['--acp'], env: { OPENAI_BASE_URL: '{openai}', OPENAI_API_KEY: '{key}' } });
 */
export function configuredDriver(configuration: AcpConfiguration): Driver {
  return acpDriver(configuredAgent(configuration));
}
