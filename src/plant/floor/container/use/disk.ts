import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import { asked } from '../engine/fault.ts';

/** The types of the client do not know this option of the engine. */
const weighed: object = { size: true };

const Sized = z.object({ SizeRw: z.number().nullish() });

/** What a container has written, its image not counted, in bytes. The engine looks at every file for that. */
export async function diskBytesOf(engine: Engine, container: string): Promise<number> {
  const look = (): Promise<unknown> => engine.api.getContainer(container).inspect(weighed);
  const found = await asked(engine, `weighing the container ${container.slice(0, 12)}`, look, Infinity);
  return Sized.parse(found).SizeRw ?? 0;
}
