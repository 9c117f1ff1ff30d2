import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import type { Outlook } from '../../kit/floor/index.ts';
import type { EngineUnderTest } from './engine.ts';

/** How this machine sees what is in containers of an engine of its own. */
export function containerOutlook({ api }: Pick<EngineUnderTest, 'api'>): Outlook {
  const containerOf = async (name: string): Promise<string | null> => {
    const [found] = await api.listContainers({ all: true, filters: { label: [`jidoka.name=${name}`] } });
    return found?.Id ?? null;
  };
  const find = async (own: number, name: string): Promise<number | null> => {
    const container = await containerOf(name);
    if (container === null) return null;
    const { State } = await api.getContainer(container).inspect();
    return hostPidIn(readlinkSync(`/proc/${State.Pid}/ns/pid`), own);
  };
  return {
    async pidOf(own, { name }) {
      const pid = await find(own, name);
      if (pid === null) throw new Error(`no process of ${name} calls itself ${own}`);
      return pid;
    },
    keeperOf: ({ pid }, { name }) => find(pid, name),
    stands: async ({ name }) => (await containerOf(name)) !== null,
  };
}

/** The process of a namespace that calls itself `own` there; null where there is none that runs. */
function hostPidIn(namespace: string, own: number): number | null {
  const found = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      if (readlinkSync(`/proc/${name}/ns/pid`) !== namespace) return false;
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      const [, names = ''] = /^NSpid:\s*(.*)$/m.exec(status) ?? [];
      return !/^State:\s*[ZX]/m.test(status) && Number(names.split(/\s+/).at(-1)) === own;
    } catch {
      return false; // it ended meanwhile
    }
  });
  return found === undefined ? null : Number(found);
}
