import type { Role } from '../../station/role.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { own } from './resolve-slot.ts';

type Named = Pick<GatewayConfig, 'roles' | 'slots'>;

/**
 * By which name a station asks for its model: that which its role names in the line, else what the owner gave the role, else the slot of
 * the role's own name, else what he gave all other roles under `default`; which counts for a station without a role too; null where nobody said.
 *
 * @example
 * slotOfRole({ name: 'coder', model: null }, { roles: { coder: 'auto', default: 'small' }, slots }); // 'auto'
 */
export function slotOfRole(role: Pick<Role, 'name' | 'model'> | null, { roles = {}, slots }: Named): string | null {
  if (role === null) return own(roles, 'default') ?? null;
  const ofItsName = own(slots, role.name) === undefined ? undefined : role.name;
  return role.model ?? own(roles, role.name) ?? ofItsName ?? own(roles, 'default') ?? null;
}
