import type { Role } from '../../station/role.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { own } from './resolve-slot.ts';

/**
 * By which name a station asks for its model: that which its role names in the line, else what the owner gave roles of that
 * name, else what he gave all others under `default`; null where nobody said.
 *
 * @example
 * slotOfRole({ name: 'coder', model: null, … }, { roles: { coder: 'auto', default: 'small' } }); // 'auto'
 */
export function slotOfRole(role: Pick<Role, 'name' | 'model'> | null, { roles = {} }: Pick<GatewayConfig, 'roles'>): string | null {
  const ofRole = role === null ? null : (role.model ?? own(roles, role.name));
  return ofRole ?? own(roles, 'default') ?? null;
}
