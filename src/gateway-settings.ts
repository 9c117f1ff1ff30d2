import { JidokaError } from './core/base/error.ts';
import type { GatewayConfig } from './core/gateway/config/gateway-config.ts';
import { parseGateway } from './works/gateway/index.ts';

interface OwnersFile {
  readonly path: string;
  readonly text: string;
}

/** Reads what the owner's file says of a model gateway; null where it says nothing. Throws `gateway-invalid`. */
export function gatewayIn({ path, text }: OwnersFile): GatewayConfig | null {
  return parseGateway(text, path);
}

/** Reads the settings of a model gateway from the file of its owner. Throws `gateway-invalid`. */
export function readGatewaySettings(file: OwnersFile): GatewayConfig {
  const config = gatewayIn(file);
  if (config !== null) return config;
  throw new JidokaError('gateway-invalid', `${file.path} has no "gateway:".`, {
    mend: 'Add "gateway:" with "providers:", "models:" and "slots:", as schemas/gateway.schema.json has them.',
  });
}
