import { capture } from '../../spawn/spawn.ts';

/** Which Landlock the kernel has, from 1; 0 for none. Asked by perl, which has to make the wall too. */
export async function landlockAbi(perl: string): Promise<number> {
  const argv = [perl, '-e', 'print syscall(444, 0, 0, 1)'] as const;
  const { code, stdout } = await capture({ argv, cwd: '/', env: {}, user: null });
  return code === 0 ? Math.max(0, Number(stdout)) : 0;
}
