import type { HostEnvironment } from './environment.ts';

/** The place of the engine of containers that an environment names; null where it names none. */
export function namedEngine(env: HostEnvironment): string | null {
  return [env['DOCKER_HOST'], env['CONTAINER_HOST']].find((named) => named !== undefined && named !== '') ?? null;
}

/** Sockets at which engines of containers listen when nobody says otherwise, in the order to try them. */
export function usualEngines(env: HostEnvironment): readonly string[] {
  const { XDG_RUNTIME_DIR: own = '', HOME: home = '' } = env;
  return [
    '/var/run/docker.sock',
    ...(own === '' ? [] : [`${own}/docker.sock`, `${own}/podman/podman.sock`]),
    '/run/podman/podman.sock',
    ...(home === '' ? [] : [`${home}/.docker/run/docker.sock`]),
  ];
}

/** Where an engine is looked for: at the one place that is named, for nothing else stands in for it; else at all usual ones. */
export function enginePlaces(env: HostEnvironment): readonly string[] {
  const named = namedEngine(env);
  return named === null ? usualEngines(env) : [named];
}

/** The socket of this machine that a place stands for: '/run/one.sock', 'unix:///run/one.sock'; null for what is elsewhere. */
export function engineSocket(place: string): string | null {
  if (place.startsWith('/')) return place;
  return place.startsWith('unix:') ? place.slice('unix:'.length).replace(/^\/+/, '/') : null;
}
