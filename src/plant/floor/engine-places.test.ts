import { expect, test } from 'vitest';
import { enginePlaces, engineSocket, usualEngines } from './engine-places.ts';

test('an engine that is named is looked for there alone', () => {
  expect(enginePlaces({ DOCKER_HOST: 'tcp://10.0.0.7:2376', CONTAINER_HOST: 'unix:///run/other.sock' })).toEqual(['tcp://10.0.0.7:2376']);
  expect(enginePlaces({ DOCKER_HOST: '', CONTAINER_HOST: 'unix:///run/other.sock' })).toEqual(['unix:///run/other.sock']);
  expect(enginePlaces({ DOCKER_HOST: '' })).toEqual(usualEngines({}));
});

test('unnamed, the system is looked through first, then what is the user’s own', () => {
  expect(enginePlaces({ XDG_RUNTIME_DIR: '/run/user/1000', HOME: '/root' })).toEqual([
    '/var/run/docker.sock',
    '/run/user/1000/docker.sock',
    '/run/user/1000/podman/podman.sock',
    '/run/podman/podman.sock',
    '/root/.docker/run/docker.sock',
  ]);
  expect(enginePlaces({})).toEqual(['/var/run/docker.sock', '/run/podman/podman.sock']);
});

test('a socket may be named as a path or in the ways of the engines', () => {
  const places = ['/run/one.sock', 'unix:///run/one.sock', 'unix:/run/one.sock', 'tcp://10.0.0.7:2376', 'docker'];
  expect(places.map(engineSocket)).toEqual(['/run/one.sock', '/run/one.sock', '/run/one.sock', null, null]);
});
