/** Folders of evidence on this machine. */
export interface EvidenceStore {
  /** Writes a bundle's files as one folder, whole or not at all; an equal folder is left. Returns its absolute path. */
  write(run: string, files: ReadonlyMap<string, Uint8Array>, out?: string): Promise<string>;
  /** The folder a run's evidence has, or would have. */
  place(run: string): string;
}
