export { agentDesk, type AgentNeeds } from './agent-desk.ts';
