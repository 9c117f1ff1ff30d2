/** What is wrong with a file of settings, and at which of its keys. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  /** `key`: the name of the last member of the path is wrong; `value`: what stands there is; `absence`: it lacks something. */
  readonly at: 'key' | 'value' | 'absence';
  readonly message: string;
  readonly mend: string;
}
