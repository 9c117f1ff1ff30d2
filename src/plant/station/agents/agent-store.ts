import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { JidokaError } from '../../../core/base/error.ts';
import type { AddedAgent, AgentOrder, AgentStore, InstalledAgent, KnownAgent } from '../../../core/ports/stations/agents.ts';
import { catalogue as whole, type AgentRecord } from './catalogue/index.ts';
import { findAgent } from './find-agent.ts';
import { clearDrafts, install } from './install.ts';
import { readInstalled, readOne } from './installed.ts';
import { loginOf } from './login.ts';
import { partsOf, pinOf, recordOf, type Pin } from './spec.ts';
import type { AgentStoreOptions } from './store-options.ts';

/** A slow registry and half a gigabyte. */
const installMs = 20 * 60_000;

/**
 * Opens the store of agents. Opening touches nothing; folders are made when the first agent is added.
 *
 * @example
 * const agents = agentStore({ folder: '/home/ada/.jidoka/agents', drafts: '/home/ada/.jidoka/agents-drafts', … });
 * await agents.add({ spec: 'codex@0.169.0', say: console.error });
 * await agents.find('codex'); // { agent: 'codex', path: '/home/ada/.jidoka/agents/codex@0.169.0/…', version: '0.169.0', from: 'factory' }
 */
export function agentStore(options: AgentStoreOptions): AgentStore {
  const catalogue = options.catalogue ?? whole;
  const closing = new AbortController();
  const alone = <T>(name: string, work: () => Promise<T>): Promise<T> =>
    options.lock(join(options.drafts, `${name}.lock`), work, { ms: installMs, code: 'agent-invalid' });
  return {
    known: catalogue.map(shown),
    add: async (order) => {
      const pin = pinOf(order.spec, catalogue);
      if (pin.note !== '') order.say(pin.note);
      await makeFolders(options);
      return await alone(pin.record.name, () => addPin(pin, order, { options, signal: closing.signal }));
    },
    list: () => readInstalled(options.folder),
    remove: async (spec) => {
      const { name, version } = partsOf(spec);
      await makeFolders(options);
      return await alone(recordOf(name, catalogue).name, () => remove(name, version, options));
    },
    find: async (name) => await findAgent(recordOf(name, catalogue), options),
    login: async (name) => await loginOf(recordOf(name, catalogue), options.env),
    close: async () => closing.abort(),
  };
}

/** What is everybody's to know of an agent. */
function shown({
  platformPackages: _packages,
  native: _native,
  versionArguments: _arguments,
  quiet: _quiet,
  login: _login,
  ...known
}: AgentRecord): KnownAgent {
  return known;
}

async function makeFolders({ folder, drafts }: AgentStoreOptions): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Whoever commands run as reads what is installed, whatever mask the factory was started with.
  await chmod(folder, 0o755);
  await mkdir(drafts, { recursive: true, mode: 0o700 });
}

interface Around {
  readonly options: AgentStoreOptions;
  readonly signal: AbortSignal;
}

async function addPin(pin: Pin, { say }: AgentOrder, { options, signal }: Around): Promise<AddedAgent> {
  const { record, version } = pin;
  await clearDrafts(record.name, options);
  const there = await readOne(options.folder, `${record.name}@${version}`);
  if (there !== null) return { how: 'there', agent: there };
  say(`${record.title} ${version} takes about ${record.megabytes} MB (${record.licence}; npm package ${record.package}).`);
  return { how: 'installed', agent: await install(pin, { options, say, signal }) };
}

async function remove(name: string, version: string | null, options: AgentStoreOptions): Promise<readonly InstalledAgent[]> {
  await clearDrafts(name, options);
  const all = await readInstalled(options.folder);
  const gone = all.filter(({ agent, version: its }) => agent === name && (version === null || its === version));
  if (gone.length === 0) {
    throw new JidokaError('agent-unknown', `${name}${version === null ? '' : `@${version}`} is not installed here.`, {
      mend: 'See what is: jidoka station list.',
    });
  }
  for (const { agent, version: its } of gone) {
    const place = `${agent}@${its}`;
    const away = join(options.drafts, `${place}-removed`);
    // Gone at once for whoever looks, however long it takes to delete.
    await rename(join(options.folder, place), away);
    await rm(away, { recursive: true, force: true });
  }
  return gone;
}
