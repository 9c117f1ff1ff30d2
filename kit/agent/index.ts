export { scriptedAgent, type AgentDeed, type AgentScript } from './scripted-agent.ts';
