export { agentStation, type AgentStationOptions } from './agent-station.ts';
export { agentStations } from './agent-stations.ts';
export { modelStation, type ModelStationOptions } from './model/model-station.ts';
export { capabilities } from './capabilities.ts';
export type { AcpConfiguration } from './acp/agents.ts';
export { configuredDriver, driverNamed, namedDrivers } from './drivers.ts';
