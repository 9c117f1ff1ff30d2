export { claudeDouble, type ClaudeDouble, type HoldPoint } from './claude-double.ts';
export { scriptedAgent, type AgentDeed, type AgentScript } from './scripted-agent.ts';
