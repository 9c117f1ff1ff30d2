import { z } from 'zod';
import type { Complaint } from '../../core/base/complaint.ts';
import { JidokaError } from '../../core/base/error.ts';
import { redact } from '../../core/base/redact.ts';
import { gatewayComplaints } from '../../core/gateway/config/config-rules.ts';
import { secretComplaints } from '../../core/gateway/config/secret-rules.ts';
import { GatewayConfig } from '../../core/gateway/config/gateway-config.ts';
import { complaintOf, readYaml } from '../yaml/index.ts';

const charactersAllowed = 256 * 1024;

/** The parts of an owner's file; the others are read elsewhere. */
const OwnersFile = z.strictObject({ environment: z.unknown().optional(), gateway: GatewayConfig.optional() });
const kind = { schema: OwnersFile, noun: 'the file', example: 'schemas/gateway.schema.json' };

/**
 * Reads the `gateway` part of the factory file of its owner; null where it has none. Throws `gateway-invalid` for the first thing that
 * is wrong, as `file:line:column` with what to write instead, and never with a value that may be a key.
 *
 * It names keys and where they are sent. Whoever calls this takes the text from the owner, not from a repository that is worked on.
 *
 * @example
 * parseGateway(text, '.jidoka/factory.yaml')?.slots['coder']; // 'careful'
 */
export function parseGateway(text: string, file: string): GatewayConfig | null {
  const yaml = readYaml(text, charactersAllowed);
  if (yaml.kind === 'fault') throw fault(file, yaml.place, yaml);
  const parsed = OwnersFile.safeParse(yaml.value ?? {}, { reportInput: true });
  const complaints = complaintsOf(parsed);
  const placed = complaints.map((complaint) => ({ ...complaint, place: yaml.placeOf(complaint) }));
  const [first] = placed.toSorted((left, right) => rank(left) - rank(right) || left.place.offset - right.place.offset);
  if (first !== undefined) throw fault(file, first.place, first);
  return parsed.data?.gateway ?? null;
}

function complaintsOf({ data, error }: z.ZodSafeParseResult<z.infer<typeof OwnersFile>>): readonly Complaint[] {
  if (error !== undefined) return error.issues.map((issue) => complaintOf(issue, kind));
  const gateway = data.gateway ?? empty;
  return [...secretComplaints(gateway), ...gatewayComplaints(gateway)].map(within);
}

const empty: GatewayConfig = { providers: {}, models: {}, slots: {} };

function within(complaint: Complaint): Complaint {
  return { ...complaint, path: ['gateway', ...complaint.path] };
}

interface Told {
  readonly message: string;
  readonly mend: string;
}

function fault(file: string, { line, column }: { readonly line: number; readonly column: number }, { message, mend }: Told): JidokaError {
  // A key that stands where it should not is quoted by whoever stumbles over it.
  return new JidokaError('gateway-invalid', `${file}:${line}:${column}: ${redact(message)}`, {
    mend: redact(mend),
    data: { file, line, column },
  });
}

/** A misspelt key is unknown and leaves another one missing: the first says it better. */
function rank({ at }: Complaint): number {
  return at === 'absence' ? 1 : 0;
}
