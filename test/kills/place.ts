import { saying } from '../../kit/scenario/index.ts';
import { openScene, type Scene, type SceneOptions } from '../scenarios/scene.ts';

/** A scene with one project that owes one update, as small as a project can be. */
export async function openPlace(options: SceneOptions = {}): Promise<{ readonly scene: Scene; readonly template: string }> {
  const scene = await openScene([saying('plain', { '1.0.0': 'hello', '1.1.0': 'hello' })], options);
  const { path } = await scene.project({ dependencies: { plain: '1.0.0' }, expects: { plain: 'hello' } });
  return { scene, template: path };
}
