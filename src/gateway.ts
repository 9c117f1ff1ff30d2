import { placeOfKey } from './core/gateway/config/key-reference.ts';
import { JidokaError } from './core/base/error.ts';
import { redact } from './core/base/redact.ts';
import type { GatewayDoor, GatewaySetting, OpenGateway } from './core/ports/gateway/gateway-door.ts';
import { systemClock } from './plant/clock/index.ts';
import { fileRecorder, memoryBudgets, memoryKeys, newToken, readProviderKeys, slotTable, startGateway } from './plant/gateway/index.ts';

/** Who calls with the owner's key. */
const owner = { line: 'own', fleet: null, run: 'own', stage: null, station: 'own' } as const;

/** Starts a model gateway, with one key for its owner. Throws `port-taken`, and `usage` for a key or a record that cannot be had. */
export async function openGateway({ config, env, listen, key, record, log }: GatewaySetting): Promise<OpenGateway> {
  const clock = systemClock();
  const now = (): number => Date.parse(clock.now());
  const grant = { caller: owner, slots: null, caps: null, limits: {}, expiresAt: null };
  const token = key === null ? newToken() : await ownKey(key, env);
  const virtualKeys = memoryKeys({ given: [{ token, grant }], now });
  const keys = await readProviderKeys(config, env);
  const failed = (why: string): void => log(`calls are no longer taken down: ${why}`);
  const recorder = record === null ? null : await fileRecorder({ file: record, failed });
  const budgets = memoryBudgets({ rules: config.budgets ?? [], now });
  const fault = (error: unknown): void => log(redact(`fault: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
  const gateway = await startGateway({ config, keys, virtualKeys, budgets, recorder, listen, clock, fault });
  return { url: gateway.url, token, slots: slotTable(config, keys), close: () => gateway.close() };
}

/** Tells what each slot resolves to, with the keys as they are now. */
export async function describeSlots(...[config, env]: Parameters<GatewayDoor['describe']>): ReturnType<GatewayDoor['describe']> {
  return slotTable(config, await readProviderKeys(config, env));
}

async function ownKey(reference: string, env: GatewaySetting['env']): Promise<string> {
  const mend = 'Say where it lies, "env:NAME" or "file:PATH": 16 letters, digits and dashes or more, in one line.';
  if (!/^(?:env|file):./.test(reference)) throw new JidokaError('usage', 'The key of the gateway is given by its place.', { mend });
  const place = placeOfKey(reference);
  const found = (await readProviderKeys({ providers: { own: { key: reference, vendor: 'own', region: 'own' } } }, env)).get('own');
  if (found?.kind === 'key' && /^[\w-]{16,200}$/.test(found.key)) return found.key;
  const where = place.kind === 'env' ? place.name : place.path;
  const why = found?.kind === 'missing' ? found.why : `${where} holds a key of another form`;
  throw new JidokaError('usage', `The key of the gateway cannot be had: ${why}.`, { mend });
}
