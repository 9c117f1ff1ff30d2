export { apiClient, type ApiClient, type FollowOptions } from './client.ts';
export { routeTable } from './route-table.ts';
export { startApi, type Api, type ApiSetting } from './start-api.ts';
