import { parseRunId, type RunId, type Sha256 } from '../base/ids.ts';
import { decide } from '../verdict/decide.ts';
import type { EvidenceBundle } from './bundle.ts';
import { verifyChain } from './chain.ts';
import type { EventBody, LedgerEvent } from './event.ts';
import { standingFacts } from './standing.ts';
import { bundleFiles, derive, sealOf, type Derived } from './seal.ts';

export type Verification =
  | {
      readonly kind: 'intact';
      readonly run: string;
      readonly verdict: string;
      readonly head: string;
      readonly events: number;
      readonly files: number;
    }
  | { readonly kind: 'broken'; readonly link: string; readonly message: string };

/** What the verifier needs of its host: a hash and a UTF-8 decoder, for core has neither. */
export interface VerifierHost {
  readonly sha256: Sha256;
  readonly decode: (bytes: Uint8Array) => string;
}

interface Opened extends VerifierHost {
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A broken link, thrown inside this file only and caught at its one door. */
class Broken extends Error {
  readonly link: string;
  constructor(link: string, message: string) {
    super(message);
    this.link = link;
  }
}

/**
 * Checks a bundle with nothing but its files: the seal, the chain, the bundle and the verdict derived again from the
 * events, and every file's hash. Names the first broken link. `head` is the anchor from outside: the commit that
 * delivered the change, the evidence ref or `jidoka show` name it. Without an anchor the check shows that the bundle
 * agrees with itself.
 */
export function verifyEvidence(files: Opened['files'], options: { readonly head?: string }, host: VerifierHost): Verification {
  try {
    return walk({ files, ...host }, options.head);
  } catch (error) {
    if (error instanceof Broken) return { kind: 'broken', link: error.link, message: error.message };
    throw error;
  }
}

function walk(opened: Opened, anchor: string | undefined): Verification {
  const seal = readSeal(opened);
  const events = readLedger(opened);
  const run = parseRunId(seal.run);
  const head = checkChain(run, [...events, seal], opened.sha256);
  if (anchor !== undefined && anchor !== head)
    throw new Broken('anchor', `The bundle's head is ${head}, not the ${anchor} it was anchored at.`);
  const derived = deriveAgain(run, events);
  checkDocuments(opened, derived, seal);
  checkVerdict(derived.bundle, events);
  const counted = checkFiles(opened, derived.bundle);
  return { kind: 'intact', run, verdict: derived.bundle.summary.verdict, head, events: events.length + 1, files: counted };
}

type Sealed = Extract<EventBody, { type: 'evidence.sealed' }>;

function readSeal(opened: Opened): LedgerEvent & { readonly body: Sealed } {
  const event = parse(bundleFiles.seal, text(opened, bundleFiles.seal));
  if (!isEvent(event) || event.body.type !== 'evidence.sealed')
    throw new Broken(bundleFiles.seal, 'seal.json does not hold a sealing event.');
  return { ...event, body: event.body };
}

function readLedger(opened: Opened): LedgerEvent[] {
  const lines = text(opened, bundleFiles.ledger).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    const event = parse(`${bundleFiles.ledger} line ${index + 1}`, line);
    if (isEvent(event)) return event;
    throw new Broken(`${bundleFiles.ledger} line ${index + 1}`, 'The line is not a ledger event.');
  });
}

function checkChain(run: RunId, events: readonly LedgerEvent[], sha256: Sha256): string {
  const chain = verifyChain(run, events, sha256);
  if (chain.kind === 'intact') return chain.head;
  const last = chain.runSeq === events.length;
  throw new Broken(last ? bundleFiles.seal : `${bundleFiles.ledger} line ${chain.runSeq}`, `The chain breaks: ${chain.message}.`);
}

function deriveAgain(run: RunId, events: readonly LedgerEvent[]): Derived {
  try {
    return derive(run, events);
  } catch (cause) {
    throw new Broken(
      bundleFiles.ledger,
      `No bundle can be derived from the events: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
}

function checkDocuments(opened: Opened, derived: Derived, seal: { readonly body: Sealed }): void {
  const expected = sealOf(derived, opened.sha256);
  const sealed = { [bundleFiles.bundle]: seal.body.bundle, [bundleFiles.report]: seal.body.report };
  for (const [name, digest] of Object.entries(sealed)) {
    const found = opened.sha256(bytes(opened, name));
    if (found !== digest)
      throw new Broken(name, `${name} was changed after it was sealed: its sha256 is ${found}, the seal says ${digest}.`);
  }
  if (expected.ledgerHead !== seal.body.ledgerHead)
    throw new Broken(bundleFiles.seal, 'The seal names another ledger head than the events have.');
  if (expected.bundle !== seal.body.bundle && !sameData(derived.bundle, text(opened, bundleFiles.bundle)))
    throw new Broken(bundleFiles.bundle, 'bundle.json says something else than the events it claims to be derived from.');
}

/** A bundle by another version may be laid out otherwise; what both versions know must agree. */
function sameData(derived: EvidenceBundle, written: string): boolean {
  const other = JSON.parse(written) as Partial<EvidenceBundle>;
  const same = (key: 'summary' | 'diff' | 'validation' | 'originalTask' | 'ledger'): boolean =>
    JSON.stringify(other[key]) === JSON.stringify(derived[key]);
  return other.version !== derived.version && (['summary', 'diff', 'validation', 'originalTask', 'ledger'] as const).every(same);
}

function checkVerdict(bundle: EvidenceBundle, events: readonly LedgerEvent[]): void {
  const facts = standingFacts(events);
  const again = decide(bundle.originalTask, { facts, change: bundle.diff === null ? 'absent' : 'present' });
  if (again.verdict === bundle.summary.verdict && again.reason.code === bundle.summary.reason.code) return;
  throw new Broken(
    'verdict',
    `The facts give ${again.verdict} (${again.reason.code}), the bundle says ${bundle.summary.verdict} (${bundle.summary.reason.code}).`,
  );
}

function checkFiles(opened: Opened, bundle: EvidenceBundle): number {
  for (const { path, sha256: digest, label } of bundle.files) {
    const found = opened.sha256(bytes(opened, path));
    if (found !== digest) throw new Broken(path, `${path} (${label}) was changed: its sha256 is ${found}, the ledger says ${digest}.`);
  }
  const known = new Set<string>([...Object.values(bundleFiles), ...bundle.files.map((file) => file.path)]);
  const stray = [...opened.files.keys()].find((path) => !known.has(path));
  if (stray !== undefined) throw new Broken(stray, `${stray} is in the folder, but no event names it.`);
  return known.size;
}

function bytes({ files }: Opened, name: string): Uint8Array {
  const content = files.get(name);
  if (content === undefined) throw new Broken(name, `${name} is missing from the bundle.`);
  return content;
}

function text(bundle: Opened, name: string): string {
  return bundle.decode(bytes(bundle, name));
}

function parse(link: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Broken(link, `${link} is not valid JSON.`);
  }
}

function isEvent(value: unknown): value is LedgerEvent {
  if (typeof value !== 'object' || value === null || !('body' in value) || !('hash' in value)) return false;
  const { body } = value;
  return typeof body === 'object' && body !== null && 'type' in body;
}
