import type { Role } from '../../station/role.ts';
import type { GatewayConfig } from './gateway-config.ts';
import { own } from './resolve-slot.ts';

/** What an owner says of roles, and the slots that he has. */
export type RoleSlots = Pick<GatewayConfig, 'roles'> & Partial<Pick<GatewayConfig, 'slots'>>;

/**
 * By which name a station asks for its model: that which its role names in the line, else what the owner gave roles of that
 * name, else the slot that is called as the role is, else what he gave all others under `default`; null where nobody said.
 *
 * @example
 * slotOfRole({ name: 'coder', model: null, … }, { roles: { coder: 'auto', default: 'small' } }); // 'auto'
 */
export function slotOfRole(
  role: Pick<Role, 'name' | 'model'> | null,
  { roles = {}, slots = {} }: RoleSlots,
): string | null {
  const ofItsName = (name: string): string | undefined => own(roles, name) ?? (Object.hasOwn(slots, name) ? name : undefined);
  const ofRole = role === null ? null : (role.model ?? ofItsName(role.name));
  return ofRole ?? own(roles, 'default') ?? null;
}
