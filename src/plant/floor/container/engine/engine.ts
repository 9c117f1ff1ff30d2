import type Dockerode from 'dockerode';

/** A container engine that answered, and how to speak to it. */
export interface Engine {
  readonly kind: 'docker' | 'podman';
  /** Without what a distribution adds: '20.10.24'. */
  readonly version: string;
  /** Where it is reached: 'unix:///var/run/docker.sock', 'tcp://10.0.0.7:2376'. */
  readonly where: string;
  /** Names it in references, also where another machine reads them. */
  readonly host: string;
  /** Socket of this machine that it listens on; null where it is reached otherwise. */
  readonly socket: string | null;
  readonly api: Dockerode;
}

/** Shortest text that says which engine it is: 'docker 20.10.24'. */
export function nameOf({ kind, version }: Pick<Engine, 'kind' | 'version'>): string {
  return `${kind} ${version}`;
}
