export { databaseName, findDaemon, tokenOf, type Daemon } from './daemon-file.ts';
export { follow } from './follow.ts';
export { type Report, startDaemon, type StartOrder } from './start.ts';
export { serveUntilStopped } from './serve.ts';
export { stopOrders, type StopOrders } from './stop-orders.ts';
export { stopDaemon, type Stopped } from './stop.ts';
export { runDaemon, type DaemonSetting, type StartApi } from './run-daemon.ts';
