import type { Driver, Talk, TurnEnd, Wire } from './driver.ts';
import type { AgentOrder, Harness, Reader } from './harness/harness.ts';
import { hearLines } from './session/hear-lines.ts';

/** Drives an agent by the stream of its own command line: a process for each prompt, which goes on with the session. */
export function nativeDriver(harness: Harness): Driver {
  const { name, files, skills } = harness;
  const given = skills === undefined ? {} : { skills };
  return { name, resumes: true, files, ...given, open: (order, wire) => openTalk(harness, order, wire) };
}

function openTalk(harness: Harness, order: AgentOrder, wire: Wire): Talk {
  let session: string | null = null;
  return {
    takeUp: async (former) => void (session = former),
    recalls: async () => session !== null,
    say: async (prompt) => {
      const reader = harness.reader();
      const former = session;
      let isThere = false;
      const knowing: Wire = {
        ...wire,
        tell: (event) => {
          if (event.type === 'session.started') session = event.session;
          isThere ||= event.type === 'session.started' || event.type === 'message' || event.type === 'tool.started';
          wire.tell(event);
        },
      };
      const end = await turn({ reader, wire: knowing, start: harness.start(order, former), prompt });
      // It was to go on with a session and did not come to a word: the next prompt begins another.
      if (former !== null && !isThere) session = null;
      return end;
    },
    end: async () => undefined,
  };
}

interface Turn {
  readonly reader: Reader;
  readonly wire: Wire;
  readonly start: ReturnType<Harness['start']>;
  readonly prompt: string;
}

async function turn({ reader, wire, start, prompt }: Turn): Promise<TurnEnd> {
  const conversation = await wire.converse(start, wire.enough);
  // Not waited for: one that does not read while it writes would wait for us, and we for it.
  void conversation.write(new TextEncoder().encode(prompt)).then(() => conversation.end());
  await hearLines(conversation.output, wire, (line) => {
    for (const event of reader.read(line)) wire.tell(event);
  });
  const { exit, stderr } = await conversation.result;
  for (const event of reader.readLast(stderr)) wire.tell(event);
  return { exit, stderr };
}
