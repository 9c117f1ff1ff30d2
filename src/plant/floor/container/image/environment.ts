/** Variables that the floor settles itself, or that belong to the engine. */
const settled = /^(path|home|tmpdir|lang|ci|no_color|hostname|term|container|xdg_cache_home|git_.*|npm_config_.*)$/i;

/** What the image says that its programs need: where a tool chain is, but nothing that the floor settles itself. */
export function commandEnvironment(image: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(image).filter(([name]) => !settled.test(name)));
}
