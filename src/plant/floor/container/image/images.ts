import { z } from 'zod';
import { JidokaError } from '../../../../core/base/error.ts';
import { nameOf } from '../engine/engine.ts';
import type { Engine } from '../engine/engine.ts';
import { asked, askedFor, engineFault, statusOf } from '../engine/fault.ts';

/** An image that the engine has. */
export interface Image {
  readonly id: string;
  /** By which it is found elsewhere too; its id where it never left this engine. */
  readonly digest: string;
  readonly env: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
}

/** The image, pulled where the engine has none of the name. Throws `usage` where it cannot be had, `floor-unreachable`. */
export async function haveImage(engine: Engine, name: string, log: (message: string) => void): Promise<Image> {
  const there = await lookAtImage(engine, name);
  if (there !== null) return there;
  log(`The image ${name} is not on ${nameOf(engine)} yet; pulling it.`);
  await pull(engine, name);
  const pulled = await lookAtImage(engine, name);
  if (pulled === null) throw notHad(engine, name, 'it was pulled, and is not there');
  return pulled;
}

const Inspected = z.object({
  Id: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
  Config: z.object({
    Env: z.array(z.string()).nullish(),
    Volumes: z.record(z.string(), z.unknown()).nullish(),
  }),
});

/** Looks at an image by its name or id; null where the engine has none. Throws `floor-unreachable`. */
async function lookAtImage(engine: Engine, name: string): Promise<Image | null> {
  const found = await askedFor(engine, `looking at the image ${name}`, () => engine.api.getImage(name).inspect());
  if (found === null) return null;
  const { Id, RepoDigests, Config } = Inspected.parse(found);
  return {
    id: Id,
    digest: RepoDigests?.[0] ?? Id,
    env: Object.fromEntries((Config.Env ?? []).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])),
    volumes: Object.keys(Config.Volumes ?? {}),
  };
}

async function pull(engine: Engine, name: string): Promise<void> {
  try {
    const stream = await engine.api.pull(name);
    await new Promise<void>((resolve, reject) => {
      engine.api.modem.followProgress(stream, (error, said: readonly { readonly error?: string }[]) => {
        const wrong = error?.message ?? said?.find((line) => line.error !== undefined)?.error;
        if (wrong === undefined) resolve();
        else reject(Object.assign(new Error(wrong), { statusCode: 500 }));
      });
    });
  } catch (error) {
    if (statusOf(error) === null) throw engineFault(engine, error, `pulling the image ${name}`);
    throw notHad(engine, name, engineFault(engine, error, 'pulling it').message);
  }
}

function notHad({ kind, where }: Engine, name: string, why: string): JidokaError {
  return new JidokaError('usage', `The image ${name} cannot be had: ${why}`, {
    mend: `Pull or build it on the engine (\`${kind} pull ${name}\`), or name one that is there; \`${kind} images\` lists them (${where}).`,
  });
}

const Listed = z.array(z.object({ Id: z.string(), Created: z.number(), Labels: z.record(z.string(), z.string()).nullish() }));

/** Images that carry these labels, any value where one is '', the newest first. Throws `floor-unreachable`. */
export async function listImages(
  engine: Engine,
  labels: Readonly<Record<string, string>>,
): Promise<readonly { readonly id: string; readonly labels: Readonly<Record<string, string>>; readonly made: string }[]> {
  const wanted = Object.entries(labels);
  // Podman finds none for more than one label; the rest is looked at here.
  const label = wanted.slice(0, 1).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const found = await asked(engine, 'listing images', () => engine.api.listImages({ filters: JSON.stringify({ label }) }));
  return Listed.parse(found)
    .filter(({ Labels }) => wanted.every(([name, value]) => (value === '' ? Labels?.[name] !== undefined : Labels?.[name] === value)))
    .toSorted((left, right) => right.Created - left.Created)
    .map(({ Id, Created, Labels }) => ({ id: Id, labels: Labels ?? {}, made: new Date(Created * 1000).toISOString() }));
}

export interface CommitOrder {
  readonly repo: string;
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Podman takes a bare name for one of a registry. */
const prefixes = { docker: '', podman: 'localhost/' } as const;

const Committed = z.object({ Id: z.string() });

/** Makes an image of what a container has become; nobody sees it before it is whole. Throws `disk-full`, `workspace-failed`, `floor-unreachable`. */
export async function commitContainer(engine: Engine, container: string, { repo, tag, labels }: CommitOrder): Promise<string> {
  const changes = Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`);
  const commit = (): Promise<unknown> =>
    engine.api
      .getContainer(container)
      .commit({ _query: { container, repo: `${prefixes[engine.kind]}${repo}`, tag, pause: true, changes }, _body: { Labels: labels } });
  const made = await asked(engine, `making the image ${repo}:${tag}`, commit, Infinity);
  const { Id } = Committed.parse(made);
  // Podman tells the bare digest here, and nowhere else.
  return Id.includes(':') ? Id : `sha256:${Id}`;
}

/** Removes an image that no container was made of; false where one was. Throws `floor-unreachable`. */
export async function removeImage(engine: Engine, id: string): Promise<boolean> {
  return asked(engine, `removing the image ${id}`, () =>
    engine.api
      .getImage(id)
      .remove()
      .then(
        () => true,
        (error: unknown) => {
          if (statusOf(error) === 404) return true;
          if (statusOf(error) === 409) return false;
          throw error;
        },
      ),
  );
}
